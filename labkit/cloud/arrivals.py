"""What arrived at the lab's inbox and webhooks: numbered, bounded, and awaited without polling."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice
from typing import Any

from labkit.cloud.clock import Clock, Signal

MOST_KEPT = 20_000
MOST_BYTES = 64 * 1024 * 1024


class Arrivals:
    """The latest arrivals, oldest first, with ids that count from 1.

    At most 20,000 of them and 64 MiB are kept; the oldest make room.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[tuple[dict[str, Any], int]] = deque()
        self._bytes = 0
        self.count = 0  # of all that came, also of what has made room
        self._arrival = Signal()

    def add(self, item: dict[str, Any], *, size: int) -> dict[str, Any]:
        """Keep `item`, which takes about `size` bytes, under the next id; return it with its id."""
        self.count += 1
        numbered = {"id": self.count, **item}
        self._kept.append((numbered, size))
        self._bytes += size
        while len(self._kept) > MOST_KEPT or (self._bytes > MOST_BYTES and len(self._kept) > 1):
            self._bytes -= self._kept.popleft()[1]
        self._arrival.ring()
        return numbered

    def clear(self) -> None:
        """Forget everything and count from 1 again."""
        self._kept.clear()
        self._bytes = self.count = 0

    async def after(self, number: int, *, wait: float) -> list[dict[str, Any]]:
        """The items with an id above `number`, after waiting up to `wait` real seconds for one."""
        try:
            async with asyncio.timeout(wait):
                while self.count <= number:
                    await self._clock.wait(self._arrival)
        except TimeoutError:
            pass  # nothing came: the answer is an empty list
        first = self.count - len(self._kept)  # the id before the oldest that is kept
        return [item for item, _ in islice(self._kept, max(0, number - first), None)]
