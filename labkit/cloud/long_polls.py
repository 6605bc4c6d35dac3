"""What a long poll of one of the lab's pages asks for: what came after a number, or to wait."""

from __future__ import annotations

from urllib.parse import parse_qs

from labkit.cloud.messages import NotUsable

LONGEST_WAIT = 60.0  # seconds; a reader that wants to wait longer asks again


def long_poll(query: str) -> tuple[int, float]:
    """What `after=n&wait=seconds` asks for; raises NotUsable for anything else.

    >>> long_poll("after=2&wait=1.5")
    (2, 1.5)
    """
    asked = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    try:
        after, wait = int(asked.get("after", "0")), float(asked.get("wait", "0"))
    except ValueError:
        raise NotUsable("'after' is a number of arrivals and 'wait' is seconds.") from None
    if not (after >= 0 and 0 <= wait <= LONGEST_WAIT):
        raise NotUsable(f"'after' is at least 0 and 'wait' is 0 to {LONGEST_WAIT:.0f} seconds.")
    return after, wait
