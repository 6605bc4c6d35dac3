"""Lambda's data plane: finds the function, gives it a worker, and returns what came of it.

Every invocation goes the same way: catalogue (which function), reserved concurrency, pool (which
worker), worker, Outcome.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

from labkit.cloud import traces
from labkit.cloud.access.principals import LAMBDA
from labkit.cloud.functions import counts, invoke_api
from labkit.cloud.functions.catalogue import Catalogue
from labkit.cloud.functions.errors import Refused, RoleNotAssumed, Throttled
from labkit.cloud.functions.events import deliver
from labkit.cloud.functions.fleet import Fleet
from labkit.cloud.functions.invocation import Invocation
from labkit.cloud.functions.naming import FunctionName
from labkit.cloud.functions.outcome import Outcome
from labkit.cloud.functions.records import Event
from labkit.cloud.messages import Request, Response

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class Functions:
    """All functions of the cloud, as far as they run."""

    def __init__(self, cloud: Cloud) -> None:
        self.catalogue = Catalogue(account_id=cloud.account_id, region=cloud.region)
        self.fleet = Fleet(cloud, self.catalogue)
        self._cloud = cloud
        self._in_flight: Counter[str] = Counter()
        self._work: set[asyncio.Task[Any]] = set()

    async def invoke(
        self,
        function_arn: str,
        payload: bytes,
        *,
        client_context: str | None = None,
        request_id: str | None = None,
        trace: str = "",
    ) -> Outcome:
        """Run a function and wait for it (RequestResponse).

        `payload` is JSON text, `client_context` too; `trace` is the X-Ray header of who asks for
        it. Raises Refused: FunctionNotFound, Throttled or RoleNotAssumed. An invocation that has
        begun runs to its end even when its caller no longer waits.
        """
        name = self.catalogue.name(function_arn)
        function = self.catalogue.find(name)
        self._check_concurrency(name)
        invocation = Invocation(
            request_id=request_id or str(uuid.uuid4()),
            payload=payload or b"{}",
            function_arn=name.arn,
            trace=traces.next_step(trace, now=self._cloud.clock.now()),
            client_context=client_context,
        )
        self._in_flight[name.unqualified_arn] += 1
        counts.began(self._cloud.metrics, name, running=self._in_flight[name.unqualified_arn])
        run = self._start(
            self._run(name, function, invocation), f"invocation {invocation.request_id}"
        )
        run.add_done_callback(lambda _: self._in_flight.subtract([name.unqualified_arn]))
        ended = await asyncio.shield(run)
        if isinstance(ended, Refused):
            raise ended
        return ended

    def accept(
        self,
        function_arn: str,
        payload: bytes,
        *,
        client_context: str | None = None,
        trace: str = "",
    ) -> str:
        """Accept an event for a function (Event); it runs in the background.

        Returns the request id. Raises FunctionNotFound.
        """
        name = self.catalogue.name(function_arn)
        self.catalogue.find(name)
        now = self._cloud.clock.now()
        trace = traces.next_step(trace, now=now)
        event = Event(name.arn, payload, str(uuid.uuid4()), now, trace, client_context)
        self._start(deliver(self._cloud, event), f"event {event.request_id}")
        return event.request_id

    async def handle(self, request: Request) -> Response | None:
        """Answer Invoke and InvokeAsync; None for any other request."""
        return await invoke_api.handle(self._cloud, request)

    def collect(self, log_group: str | None) -> None:
        """Write to a log group (None: to all) what running functions have printed so far."""
        for worker in self.fleet.workers():
            if worker.alive and log_group in (None, worker.log.stream.group):
                worker.log.collect()

    async def reset(self) -> None:
        """End all workers and forget everything."""
        for worker in self.fleet.workers():
            worker.kill()
        await self._cloud.tasks.cancel(*self._work)
        await self.fleet.end()
        self._in_flight.clear()

    def _check_concurrency(self, name: FunctionName) -> None:
        reserved = self.catalogue.reserved_concurrency(name)
        if reserved is not None and self._in_flight[name.unqualified_arn] >= reserved:
            counts.throttled(self._cloud.metrics, name)
            raise Throttled()

    def _check_role(self, name: FunctionName, function: Any) -> None:
        arn = name.unqualified_arn
        if self._cloud.access.trust_denial(function.role, LAMBDA, source_arn=arn):
            raise RoleNotAssumed()

    async def _run(
        self, name: FunctionName, function: Any, invocation: Invocation
    ) -> Outcome | Refused:
        """What came of it; a refusal is the caller's to hear of, and no failure of the cloud's."""
        began_at = self._cloud.clock.now()
        try:
            pool, worker = await self.fleet.take(name, function)
            try:
                if worker.is_cold:  # a cold start, for which Lambda takes the role
                    self._check_role(name, function)
                outcome = await worker.run(invocation)
            finally:
                self.fleet.give_back(pool, worker)
        except Refused as refused:
            return refused
        counts.ended(self._cloud.metrics, name, outcome, began_at=began_at)
        return outcome

    def _start(self, work: Any, name: str) -> asyncio.Task[Any]:
        task = self._cloud.tasks.start(work, name=name)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task
