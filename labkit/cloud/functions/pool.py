"""The workers of one function version: the warm one first, a new one when all are busy.

Lambda starts a sandbox for every concurrent invocation. A lab's machine is small, so that a
function has `LARGEST` workers here and further invocations wait in the order in which they came; no
function waits for another one's workers. Whoever has waited for `PATIENCE` gets a worker beyond
those, up to `MOST`: a function that sleeps, hangs or invokes itself keeps no processor busy. Once
started, a worker stays until it dies or its version changes.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable

from labkit.cloud.functions.worker import Worker

LARGEST = max(2, os.cpu_count() or 1)
MOST = max(16, LARGEST)
PATIENCE = 1.0  # seconds


class Pool:
    """Hands out workers, and takes them back."""

    def __init__(self, make: Callable[[], Worker], usable: Callable[[Worker], bool]) -> None:
        self.idle: list[Worker] = []
        self._make = make
        self._usable = usable
        self._all: set[Worker] = set()
        self._ending: set[Worker] = set()  # killed, and not gone yet
        self._queue: deque[asyncio.Future[Worker | None]] = deque()
        self._retired = False

    @property
    def workers(self) -> frozenset[Worker]:
        """All workers: idle, busy, and those whose process is about to end."""
        return frozenset(self._all | self._ending)

    async def take(self) -> Worker | None:
        """A worker to run one invocation; None when this pool has been retired meanwhile."""
        while self.idle:
            worker = self.idle.pop()
            if self._usable(worker):
                return worker
            self._drop(worker)
        if len(self._all) < LARGEST:
            return self._new()
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Worker | None] = loop.create_future()
        self._queue.append(turn)
        patience = loop.call_later(PATIENCE, self._grow_for, turn)
        try:
            return await turn
        finally:
            patience.cancel()

    def give_back(self, worker: Worker) -> None:
        """Return a worker after its invocation."""
        if self._retired or not self._usable(worker):
            self._drop(worker)
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(worker if worker in self._all else self._new())
                return
        if worker in self._all:
            self.idle.append(worker)

    def lost(self, worker: Worker) -> None:
        """Forget a worker that has died, or an idle one that is no longer wanted."""
        self._ending.discard(worker)
        if worker in self.idle:
            self.idle.remove(worker)
            self._drop(worker)

    def retire(self) -> None:
        """End the idle workers now and the busy ones after their invocation."""
        self._retired = True
        while self.idle:
            self._drop(self.idle.pop())
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)

    def _grow_for(self, turn: asyncio.Future[Worker | None]) -> None:
        if not turn.done() and len(self._all) < MOST:
            turn.set_result(self._new())

    def _new(self) -> Worker:
        worker = self._make()
        self._all.add(worker)
        return worker

    def _drop(self, worker: Worker) -> None:
        self._all.discard(worker)
        if worker.alive:
            self._ending.add(worker)
            worker.kill()
