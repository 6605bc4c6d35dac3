"""The invocations of one mapping that are under way.

Updating, disabling or deleting a mapping stops its polling at once, but lets what it has already
handed to the function run to its end, as AWS does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from labkit.cloud.clock import Clock, Signal
from labkit.cloud.tasks import Tasks


class InFlight:
    """Tasks that outlive their poller; `finished` rings whenever one ends."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._running: set[asyncio.Task[Any]] = set()
        self.finished = Signal()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Run `work` in the background under `name`."""
        task = self._tasks.start(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def fewer_than(self, limit: int, clock: Clock) -> None:
        """Wait until fewer than `limit` are under way."""
        while len(self._running) >= limit:
            await clock.wait(self.finished)

    async def cancel(self) -> None:
        """Give up all of them and wait until they have ended."""
        await self._tasks.cancel(*self._running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        self.finished.ring()
