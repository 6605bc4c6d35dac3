"""One worker: a process that serves one invocation after the other, as one sandbox of Lambda.

Worker.run:  start (cold only) -> START -> event out -> answer in -> END, REPORT -> Outcome

A start that fails is tried once more, as a part of the invocation and in its time.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from labkit.cloud.functions import outcome as outcomes
from labkit.cloud.functions.configuration import Setup
from labkit.cloud.functions.invocation import Invocation
from labkit.cloud.functions.loglines import Report
from labkit.cloud.functions.outcome import Failure, Outcome
from labkit.cloud.functions.runtime_api import Message
from labkit.cloud.functions.sandbox import Sandbox
from labkit.cloud.functions.worker_log import WorkerLog
from labkit.cloud.instants import iso_time

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

INIT_TIMEOUT = 10.0  # seconds


class Worker:
    """A future or a warm process of one function version."""

    def __init__(
        self,
        cloud: Cloud,
        setup: Setup,
        *,
        on_death: Callable[[Worker], None],
    ) -> None:
        self.credentials = setup.credentials
        self.log = WorkerLog(cloud.clock, setup, permits=self._may)
        self._cloud = cloud
        self._configuration = setup.configuration
        self._on_death = on_death
        self._busy = False
        self._new_sandbox = lambda: Sandbox(cloud, setup, self.log, on_death=self._died)
        self._sandbox = self._new_sandbox()

    @property
    def zips(self) -> tuple[bytes, ...]:
        """The zip files that it runs from."""
        return self._configuration.zips

    @property
    def is_cold(self) -> bool:
        """Whether its process has yet to be started."""
        return self._sandbox.is_cold

    @property
    def alive(self) -> bool:
        """Whether it can serve another invocation."""
        return self._sandbox.is_alive

    async def run(self, invocation: Invocation) -> Outcome:
        """Serve one invocation."""
        self._busy = True
        try:
            return await self._run(invocation)
        finally:
            self._busy = False
            if self._sandbox.return_code is not None:
                self._sandbox.clean_up()

    def kill(self) -> None:
        """Kill the process, with all that it started."""
        self._sandbox.kill()

    async def end(self) -> None:
        """Kill the process and wait until it is gone."""
        await self._sandbox.end()

    def _may(self, action: str, resource: str) -> bool:
        """Whether the function's role allows what Lambda does in its name."""
        role, session = self._configuration.role, self._configuration.name
        return not self._cloud.access.role_denial(role, action, resource, session=session)

    async def _run(self, invocation: Invocation) -> Outcome:
        began, timeout = time.perf_counter(), self._configuration.timeout
        answer, failure, init_ms = b"", None, None
        if cold := self.is_cold:
            self.log.init_start()
            failure = await self._start(invocation.request_id, "init", INIT_TIMEOUT)
            init_ms = None if failure else _milliseconds_since(began)
            began = time.perf_counter()
            if failure is not None:
                self._sandbox.clean_up()
                self._sandbox = self._new_sandbox()
                failure = await self._start(invocation.request_id, "invoke", timeout)
        self.log.start(invocation.request_id, cold=cold)
        if failure is None:
            said = await self._sandbox.ask(invocation, timeout - time.perf_counter() + began)
            answer, failure = self._read(said, invocation.request_id, timeout)
        duration_ms = _milliseconds_since(began)
        if failure is not None and failure.status == "timeout":
            duration_ms = min(duration_ms, self._configuration.timeout * 1000)
        memory_mb = self._sandbox.memory_mb()
        if memory_mb > self._configuration.memory_size or _ran_out(failure):
            memory_mb = self._configuration.memory_size
            failure = outcomes.out_of_memory(invocation.request_id)
        if failure is not None and failure.fatal:
            await self.end()
        report = Report(
            invocation.request_id,
            duration_ms=duration_ms,
            memory_size_mb=self._configuration.memory_size,
            max_memory_used_mb=memory_mb,
            init_ms=init_ms,
            status=failure.status if failure and failure.fatal else None,
            error_type=failure.error_type if failure else None,
        )
        self.log.end(report, failure)
        return Outcome(
            request_id=invocation.request_id,
            payload=failure.payload if failure else answer,
            function_error="Unhandled" if failure else None,
            executed_version=self._configuration.version,
            log_tail=self.log.tail(),
            log_stream=self.log.stream.name,
            duration_ms=duration_ms,
            cold=cold,
            memory_mb=memory_mb,
            trace=invocation.trace,
        )

    async def _start(self, request_id: str, phase: str, seconds: float) -> Failure | None:
        """Start the process; when it does not get ready, log and return the reason."""
        began = time.perf_counter()
        said = await self._sandbox.start(seconds)
        if said.kind == "ready":
            return None
        _, failure = self._read(said, request_id, seconds)
        assert failure is not None
        await self.end()
        self.log.init_failed(phase, _milliseconds_since(began), failure)
        return failure

    def _read(self, said: Message, request_id: str, timeout: float) -> tuple[bytes, Failure | None]:
        """The answer in a message, or the failure that it stands for."""
        if said.kind == "exit":
            return b"", outcomes.exited(request_id, self._sandbox.return_code or 0)
        if said.kind == "timeout":
            timestamp = iso_time(self._cloud.clock.now())
            return b"", outcomes.timed_out(request_id, timeout, timestamp=timestamp)
        if said.body is None:
            return b"", outcomes.response_too_large()
        if said.kind == "response":
            return said.body, None
        document = self.log.as_on_lambda(said.body.decode(errors="replace"))
        return b"", outcomes.reported(document, fatal=said.kind == "init")

    def _died(self) -> None:
        if not self._busy:
            self._sandbox.clean_up()
            self._on_death(self)


def _ran_out(failure: Failure | None) -> bool:
    """Whether an allocation failed; Lambda kills before it comes to that."""
    return failure is not None and failure.error_type == "MemoryError"


def _milliseconds_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
