"""Lambda's data plane: finds the function, gives it a worker, and returns what came of it.

Every invocation goes the same way: catalogue (which function), reserved concurrency, pool (which
worker), worker, Outcome.
"""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labkit.cloud.functions import invoke_api
from labkit.cloud.functions.catalogue import Catalogue
from labkit.cloud.functions.code_folders import CodeFolders
from labkit.cloud.functions.configuration import Configuration
from labkit.cloud.functions.credentials import RoleSessions, lasts
from labkit.cloud.functions.errors import Throttled
from labkit.cloud.functions.events import deliver
from labkit.cloud.functions.invocation import Invocation
from labkit.cloud.functions.naming import FunctionName
from labkit.cloud.functions.outcome import Outcome
from labkit.cloud.functions.pool import Pool
from labkit.cloud.functions.records import Event
from labkit.cloud.functions.worker import Worker
from labkit.cloud.messages import Request, Response

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

IDLE_KEPT = 16  # workers of all functions together; the one that has been idle for longest goes


class Functions:
    """All functions of the cloud, as far as they run."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.catalogue = Catalogue(account_id=cloud.account_id, region=cloud.region)
        self._sessions = RoleSessions()
        self._pools: dict[tuple[str, str], Pool] = {}
        self._retired: set[Worker] = set()
        self._changes = 0
        self._code = CodeFolders(cloud)
        self._in_flight: Counter[str] = Counter()
        self._work: set[asyncio.Task[Any]] = set()
        self._idle: dict[Worker, Pool] = {}  # the one that is idle for longest first
        self.stand_in = False

    async def invoke(
        self,
        function_arn: str,
        payload: bytes,
        *,
        qualifier: str | None = None,
        client_context: str | None = None,
        request_id: str | None = None,
    ) -> Outcome:
        """Run a function and wait for it (RequestResponse).

        `payload` is JSON text, `client_context` too. Raises FunctionNotFound or Throttled. An
        invocation that has begun runs to its end even when its caller no longer waits.
        """
        name = self.catalogue.name(function_arn, qualifier)
        function = self.catalogue.find(name)
        self._check_concurrency(name)
        invocation = Invocation(
            request_id=request_id or str(uuid.uuid4()),
            payload=payload or b"{}",
            function_arn=name.arn,
            trace_id=_trace_id(self._cloud.clock.now()),
            client_context=client_context,
        )
        run = self._run(name, function, invocation)
        return await asyncio.shield(self._start(run, f"invocation {invocation.request_id}"))

    async def invoke_async(
        self, function_arn: str, payload: bytes, *, qualifier: str | None = None
    ) -> str:
        """Accept an event for a function (Event); it runs in the background.

        Returns the request id. Raises FunctionNotFound.
        """
        return self.accept(function_arn, payload, qualifier=qualifier)

    def accept(
        self,
        function_arn: str,
        payload: bytes,
        *,
        qualifier: str | None = None,
        client_context: str | None = None,
    ) -> str:
        """`invoke_async` for callers inside moto, which cannot wait."""
        name = self.catalogue.name(function_arn, qualifier)
        self.catalogue.find(name)
        event = Event(name.arn, payload, str(uuid.uuid4()), self._cloud.clock.now(), client_context)
        self._start(deliver(self._cloud, event), f"event {event.request_id}")
        return event.request_id

    async def handle(self, request: Request) -> Response | None:
        """Answer Invoke and InvokeAsync; None for any other request."""
        return await invoke_api.handle(self._cloud, request)

    def collect(self, log_group: str | None) -> None:
        """Write to a log group (None: to all) what running functions have printed so far."""
        for pool in self._pools.values():
            for worker in pool.workers:
                if worker.alive and log_group in (None, worker.log.stream.group):
                    worker.log.collect()

    def drop(self, function_arn: str) -> None:
        """Let no worker of a changed or deleted function serve another invocation."""
        self._changes += 1
        for key in [key for key in self._pools if key[0] == function_arn]:
            pool = self._pools.pop(key)
            self._retired |= {worker for worker in pool.workers if worker.alive}
            pool.retire()

    async def reset(self) -> None:
        """End all workers and forget everything."""
        workers = set(self._retired)
        for pool in self._pools.values():
            workers |= pool.workers
        self._pools.clear()
        work = tuple(self._work)
        for worker in workers:
            worker.kill()
        await self._cloud.tasks.cancel(*work)
        await asyncio.gather(*(worker.end() for worker in workers))
        self._retired.clear()
        self._idle.clear()
        self._in_flight.clear()
        self._sessions.clear()
        await self._code.reset()

    async def stop(self) -> None:
        """End all workers."""
        await self.reset()

    def _check_concurrency(self, name: FunctionName) -> None:
        reserved = self.catalogue.reserved_concurrency(name)
        if reserved is not None and self._in_flight[name.unqualified_arn] >= reserved:
            raise Throttled()

    async def _run(self, name: FunctionName, function: Any, invocation: Invocation) -> Outcome:
        self._in_flight[name.unqualified_arn] += 1
        try:
            while True:
                pool = await self._pool(name, function)
                worker = await pool.take()
                if worker is not None:
                    break
                function = self.catalogue.find(name)
            try:
                return await worker.run(invocation)
            finally:
                pool.give_back(worker)
                self._retired.discard(worker)
                self._limit_idle(pool, worker)
        finally:
            self._in_flight[name.unqualified_arn] -= 1

    async def _pool(self, name: FunctionName, function: Any) -> Pool:
        """The pool of a function version as it is now, even if it changes while we unpack."""
        while True:
            key = (name.unqualified_arn, str(function.version))
            if key in self._pools:
                return self._pools[key]
            changes = self._changes
            configuration = self.catalogue.configuration(function)
            task_root, *layer_folders = [
                await self._code.unpacked(code)
                for code in (configuration.code, *configuration.layers)
            ]
            if self._changes != changes:
                function = self.catalogue.find(name)
            elif key not in self._pools:
                self._pools[key] = self._new_pool(configuration, task_root, layer_folders)

    def _new_pool(self, configuration: Configuration, task_root: Path, layers: list[Path]) -> Pool:

        def make() -> Worker:
            now = self._cloud.clock.now()
            return Worker(
                self._cloud,
                configuration,
                self._sessions.credentials(configuration, now=now),
                task_root=task_root,
                layers=layers,
                folder=self._cloud.folder / "workers" / secrets.token_hex(8),
                on_death=died,
                stand_in=self.stand_in,
            )

        def died(worker: Worker) -> None:
            pool.lost(worker)
            self._idle.pop(worker, None)
            self._retired.discard(worker)

        def usable(worker: Worker) -> bool:
            return worker.alive and lasts(worker.credentials, now=self._cloud.clock.now())

        pool = Pool(make, usable)
        return pool

    def _limit_idle(self, pool: Pool, worker: Worker) -> None:
        """Keep no more idle workers than the machine has memory for."""
        self._idle.pop(worker, None)
        if worker in pool.idle:
            self._idle[worker] = pool
        if len(self._idle) > IDLE_KEPT:
            longest = next(iter(self._idle))
            self._idle.pop(longest).lost(longest)

    def _start(self, work: Any, name: str) -> asyncio.Task[Any]:
        task = self._cloud.tasks.start(work, name=name)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task


def _trace_id(now: float) -> str:
    """A trace header that is not sampled, as without X-Ray.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    """
    root = f"1-{int(now):08x}-{secrets.token_hex(12)}"
    return f"Root={root};Parent={secrets.token_hex(8)};Sampled=0"
