"""All workers of all functions: pools by function version, renewed when a function changes."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labkit.cloud.functions.catalogue import Catalogue
from labkit.cloud.functions.code_folders import CodeFolders
from labkit.cloud.functions.configuration import Configuration, Setup
from labkit.cloud.functions.credentials import RoleSessions, lasts
from labkit.cloud.functions.naming import FunctionName
from labkit.cloud.functions.pool import Pool
from labkit.cloud.functions.worker import Worker

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

IDLE_KEPT = 16  # workers of all functions together; the one that has been idle for longest goes


class Fleet:
    """Finds a worker for an invocation; `stand_in` makes new ones use the Python runtime client."""

    def __init__(self, cloud: Cloud, catalogue: Catalogue) -> None:
        self.stand_in = False
        self._cloud = cloud
        self._catalogue = catalogue
        self._sessions = RoleSessions()
        self._code = CodeFolders(cloud)
        self._pools: dict[tuple[str, str], Pool] = {}
        self._changes = 0
        self._retired: set[Worker] = set()
        self._idle: dict[Worker, Pool] = {}  # the one that is idle for longest first

    def workers(self) -> set[Worker]:
        """Every worker, idle, busy or about to end."""
        return self._retired.union(*(pool.workers for pool in self._pools.values()))

    async def take(self, name: FunctionName, function: Any) -> tuple[Pool, Worker]:
        """A worker for one invocation of this function version, and where to give it back.

        Raises FunctionNotFound when the function is deleted while the invocation waits.
        """
        while True:
            pool = await self._pool(name, function)
            worker = await pool.take()
            if worker is not None:
                return pool, worker
            function = self._catalogue.find(name)

    def give_back(self, pool: Pool, worker: Worker) -> None:
        """Return a worker; of all idle ones no more are kept than the machine has memory for."""
        pool.give_back(worker)
        self._gone(worker)
        self._idle.pop(worker, None)
        if worker in pool.idle:
            self._idle[worker] = pool
        if len(self._idle) > IDLE_KEPT:
            longest = next(iter(self._idle))
            self._idle.pop(longest).lost(longest)

    def drop(self, function_arn: str) -> None:
        """Let no worker of a changed or deleted function serve another invocation."""
        self._changes += 1
        for key in [key for key in self._pools if key[0] == function_arn]:
            pool = self._pools.pop(key)
            self._retired |= pool.workers
            pool.retire()
        self._sweep()

    async def end(self) -> None:
        """End all workers and forget them; invocations must have been cancelled before."""
        await asyncio.gather(*(worker.end() for worker in self.workers()))
        self._pools.clear()
        self._retired.clear()
        self._idle.clear()
        self._sessions.clear()
        await self._code.reset()

    async def _pool(self, name: FunctionName, function: Any) -> Pool:
        """The pool of a function version as it is now, even if it changes while we unpack."""
        while True:
            key = (name.unqualified_arn, str(function.version))
            if key in self._pools:
                return self._pools[key]
            changes = self._changes
            configuration = Configuration.of(function)
            task_root, *layers = [await self._code.unpacked(code) for code in configuration.zips]
            if self._changes != changes:
                function = self._catalogue.find(name)
            elif key not in self._pools:
                self._pools[key] = self._new_pool(configuration, task_root, tuple(layers))

    def _gone(self, worker: Worker) -> None:
        """A worker that has left its pool has ended: nobody runs from its code any more."""
        if worker in self._retired:
            self._retired.remove(worker)
            self._sweep()

    def _sweep(self) -> None:
        """Remove the code that neither a function has nor a worker runs from."""
        running = {code for worker in self._retired for code in worker.zips}
        self._code.keep(self._catalogue.zips() | running)

    def _new_pool(
        self, configuration: Configuration, task_root: Path, layers: tuple[Path, ...]
    ) -> Pool:
        def make() -> Worker:
            setup = Setup(
                configuration,
                self._sessions.credentials(configuration, now=self._cloud.clock.now()),
                endpoint_url=self._cloud.functions_endpoint_url,
                task_root=task_root,
                layers=layers,
                folder=self._cloud.folder / "workers" / secrets.token_hex(8),
                cloud_folder=self._cloud.folder,
                stand_in=self.stand_in,
            )
            return Worker(self._cloud, setup, on_death=died)

        def died(worker: Worker) -> None:
            pool.lost(worker)
            self._idle.pop(worker, None)
            self._gone(worker)

        def usable(worker: Worker) -> bool:
            return worker.alive and lasts(worker.credentials, now=self._cloud.clock.now())

        pool = Pool(make, usable)
        return pool
