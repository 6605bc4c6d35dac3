"""How many messages a queue held at the end of each minute, for its gauges in CloudWatch.

Between two changes a queue stays as it is, so it is looked at when the first operation of a new
minute comes, as it was at the end of each minute before. Nothing polls; one comparison for each
operation is what it costs.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.cloud.queues.places import Places

MINUTE = 60
RETENTION_MINUTES = 15 * 24 * 60
# "A queue stays active for up to six hours from the last activity"; CloudWatch gets no data after.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html
ACTIVE_MINUTES = 6 * 60


@dataclass(frozen=True)
class Depth:
    """The messages of a queue at one instant; `oldest` is when the oldest came (epoch seconds)."""

    visible: int = 0
    hidden: int = 0
    delayed: int = 0
    oldest: float | None = None

    @classmethod
    def of(cls, places: Places) -> Depth:
        """What there is now."""
        return cls(places.waiting, places.hidden, places.delayed, places.oldest())


class Depths:
    """The depths of one queue; `due` is the instant at which the present minute ends."""

    def __init__(self, now: float) -> None:
        self._since = int(now) // MINUTE
        self._minutes: list[int] = []
        self._depths: list[Depth] = []
        self._begin(self._since)

    def catch_up(self, places: Places, now: float, retention: float) -> None:
        """Note what the queue held at the end of each minute until `now`.

        `places` must be as it was left by the last operation; it is settled on the way.
        """
        present = int(now) // MINUTE
        minute = self._present
        while minute < present:
            places.settle((minute + 1) * MINUTE, retention)
            self._note(minute, Depth.of(places))
            due = places.next_change(retention)
            minute = present if due is None else max(minute + 1, math.ceil(due / MINUTE) - 1)
        self._begin(present)

    def between(self, first: int, end: int) -> Iterator[tuple[int, Depth]]:
        """The depth at the end of each past minute of the queue from `first` until before `end`.

        A queue that has been empty for six hours reports nothing.
        """
        for minute in range(max(first, self._since), min(end, self._present)):
            step = bisect_right(self._minutes, minute) - 1
            depth = self._depths[step] if step >= 0 else Depth()
            since = self._minutes[step] if step >= 0 else self._since
            if depth != Depth() or minute - since < ACTIVE_MINUTES:
                yield minute, depth

    def _begin(self, minute: int) -> None:
        self._present = minute
        self.due = (minute + 1) * MINUTE

    def _note(self, minute: int, depth: Depth) -> None:
        if self._depths and self._depths[-1] == depth:
            return
        self._minutes.append(minute)
        self._depths.append(depth)
        if len(self._minutes) > RETENTION_MINUTES:
            del self._minutes[0], self._depths[0]
