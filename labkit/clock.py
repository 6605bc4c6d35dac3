"""The lab's clock: read it, and turn it forward so that nobody waits for a timeout.

Only the local cloud's time can be turned. Whatever becomes due on the way (a hidden message, a
retry) happens at once, in the cloud, after `advance` has returned.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


class Clock:
    """The time of the local cloud."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def now(self) -> datetime:
        """The time that the cloud has, in UTC."""
        return _time_of(self._call("GET", "/_lab/clock"))

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> datetime:
        """Turn the clock forward and return the new time; it never goes back.

        lab.clock.advance(minutes=5)
        """
        ahead = seconds + 60 * minutes + 3600 * hours
        return _time_of(self._call("POST", "/_lab/clock", {"advance": ahead}))


def _time_of(answer: dict[str, float]) -> datetime:
    return datetime.fromtimestamp(answer["now"], UTC)
