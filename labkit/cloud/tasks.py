"""Where all background work of the cloud lives, and the one way to stop it.

The cloud has one event loop and no threads of its own. Pollers, deliveries and workers are tasks
started here; `stop` cancels them and waits until each has cleaned up. A task that ends by an
unexpected error is logged with its traceback and its name, never silently lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

from labkit.cloud.activity import Activity

log = logging.getLogger("labkit.cloud")


class Tasks:
    """The running background tasks."""

    def __init__(self, activity: Activity | None = None) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._activity = activity or Activity()

    def start(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Run `work` in the background under `name`; it is part of nobody's request."""
        task = asyncio.get_running_loop().create_task(work, name=name, context=Context())
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    @staticmethod
    async def cancel(*tasks: asyncio.Task[Any]) -> None:
        """Cancel `tasks` and wait until each has ended."""
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Cancel everything that runs, until nothing does."""
        while self._running:
            await self.cancel(*self._running)

    def names(self) -> list[str]:
        """The names of what runs now, sorted."""
        return sorted(task.get_name() for task in self._running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        self._activity.rest()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s ended unexpectedly", task.get_name(), exc_info=error)
