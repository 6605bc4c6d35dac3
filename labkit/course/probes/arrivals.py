"""How a check waits at the far end: for a mail in the inbox, for a request at a webhook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.course.probes.orders import PATIENCE

Arrival = dict[str, Any]


def find(
    read: Callable[..., list[Arrival]],
    matches: Callable[[Arrival], bool],
    *,
    after: int,
    seconds: float = PATIENCE,
) -> Arrival | None:
    """The first arrival after number `after` that matches; None when none comes in time."""
    while arrivals := read(after=after, wait=seconds):
        for arrival in arrivals:
            if matches(arrival):
                return arrival
        after = latest(arrivals)
    return None


def latest(arrivals: list[Arrival]) -> int:
    """The number of the last arrival; 0 when there is none.

    >>> latest([{"id": 1}, {"id": 2}]), latest([])
    (2, 0)
    """
    return arrivals[-1]["id"] if arrivals else 0
