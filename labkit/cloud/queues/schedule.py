"""Messages in the order in which they fall due, with removal at any time.

A queue keeps three: hidden messages by the end of their visibility timeout, delayed ones by the
end of their delay, and all of them by their enqueue time for the retention period. A heap gives
the soonest; a removed or postponed entry stays in the heap until it surfaces or until more than
half of the heap is stale, so that memory follows the number of messages that are really there.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator

from labkit.cloud.queues.message import LabMessage

# Below this size a heap is not worth compacting.
SMALL = 64


class Schedule:
    """Messages by the instant, in seconds since the epoch, at which each falls due."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, LabMessage]] = []
        self._valid: dict[str, tuple[float, int, LabMessage]] = {}
        self._order = itertools.count()

    def __len__(self) -> int:
        return len(self._valid)

    def __contains__(self, message: LabMessage) -> bool:
        return message.id in self._valid

    def put(self, message: LabMessage, due: float) -> None:
        """Schedule `message` for `due`, instead of what was scheduled for it before."""
        entry = (due, next(self._order), message)
        self._valid[message.id] = entry
        heapq.heappush(self._heap, entry)
        self._compact()

    def discard(self, message: LabMessage) -> bool:
        """Take `message` out; say whether it was in."""
        found = self._valid.pop(message.id, None) is not None
        self._compact()
        return found

    def first(self) -> float | None:
        """The earliest due instant, or None when nothing is scheduled."""
        while self._heap and not self._is_valid(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> Iterator[LabMessage]:
        """Take out and yield what is due at `now`, soonest first."""
        while (due := self.first()) is not None and due <= now:
            message = heapq.heappop(self._heap)[2]
            del self._valid[message.id]
            yield message

    def clear(self) -> None:
        """Take everything out."""
        self._heap.clear()
        self._valid.clear()

    def _is_valid(self, entry: tuple[float, int, LabMessage]) -> bool:
        return self._valid.get(entry[2].id) is entry

    def _compact(self) -> None:
        if len(self._heap) > 2 * len(self._valid) + SMALL:
            self._heap = list(self._valid.values())
            heapq.heapify(self._heap)
