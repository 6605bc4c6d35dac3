"""Entries in the order in which they fall due, with removal at any time.

A queue keeps three: hidden messages by the end of their visibility timeout, delayed ones by the
end of their delay, and all of them by their enqueue time for the retention period; a table keeps
the items that expire, and the clock those who wait for it. A heap gives the soonest; a removed or
postponed entry stays in the heap until it surfaces or until more than half of the heap is stale, so
that memory follows the number of entries that are really there.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

# Below this size a heap is not worth compacting.
SMALL = 64

T = TypeVar("T", bound=Hashable)


class Schedule(Generic[T]):
    """Entries by the instant, in seconds since the epoch, at which each falls due."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, T]] = []
        self._valid: dict[T, tuple[float, int, T]] = {}
        self._order = itertools.count()

    def __len__(self) -> int:
        return len(self._valid)

    def __contains__(self, item: T) -> bool:
        return item in self._valid

    def put(self, item: T, due: float) -> None:
        """Schedule `item` for `due`, instead of what was scheduled for it before."""
        entry = (due, next(self._order), item)
        self._valid[item] = entry
        heapq.heappush(self._heap, entry)
        self._compact()

    def discard(self, item: T) -> bool:
        """Take `item` out; say whether it was in."""
        found = self._valid.pop(item, None) is not None
        self._compact()
        return found

    def first(self) -> float | None:
        """The earliest due instant, or None when nothing is scheduled."""
        while self._heap and not self._is_valid(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> Iterator[T]:
        """Take out and yield what is due at `now`, soonest first."""
        while (due := self.first()) is not None and due <= now:
            item = heapq.heappop(self._heap)[2]
            del self._valid[item]
            yield item

    def clear(self) -> None:
        """Take everything out."""
        self._heap.clear()
        self._valid.clear()

    def _is_valid(self, entry: tuple[float, int, T]) -> bool:
        return self._valid.get(entry[2]) is entry

    def _compact(self) -> None:
        if len(self._heap) > 2 * len(self._valid) + SMALL:
            self._heap = list(self._valid.values())
            heapq.heapify(self._heap)
