"""One worker: a process that serves one invocation after the other, as one sandbox of Lambda.

    Worker.run:  start (cold only) -> START -> event out -> answer in -> END, REPORT -> Outcome

Everything that can end an invocation (answer, error, time-out, death of the process) settles the
same future; the first one wins.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.cloud.functions import outcome as outcomes
from labkit.cloud.functions.configuration import Configuration
from labkit.cloud.functions.environment import Credentials, Place, environment
from labkit.cloud.functions.log_stream import LogStream, stream_name
from labkit.cloud.functions.loglines import Report, iso_time, platform_lines
from labkit.cloud.functions.outcome import Failure, Outcome
from labkit.cloud.functions.output import LogEvent, OutputParser, tail
from labkit.cloud.functions.process import MEGABYTE, Process
from labkit.cloud.functions.runtime_api import Message, RuntimeApi

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

INIT_TIMEOUT = 10.0  # seconds; https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
TAIL = 4096  # bytes of the log that LogType=Tail returns
TASK_ROOT = "/var/task"


@dataclass(frozen=True)
class Invocation:
    """One event for a function. `client_context` is JSON text."""

    request_id: str
    payload: bytes
    function_arn: str
    trace_id: str
    client_context: str | None = None


class Worker:
    """A warm or a future process of one function version."""

    def __init__(
        self,
        cloud: Cloud,
        configuration: Configuration,
        credentials: Credentials,
        *,
        task_root: Path,
        folder: Path,
        on_death: Callable[[Worker], None],
        stand_in: bool = False,
    ) -> None:
        self._cloud = cloud
        self._configuration = configuration
        self.credentials = credentials
        self._task_root = task_root
        self._folder = folder
        self._on_death = on_death
        self._stand_in = stand_in
        self._lines = platform_lines(
            configuration.log_format,
            runtime=configuration.runtime,
            region=configuration.region,
            function_name=configuration.name,
            version=configuration.version,
        )
        self.log = LogStream(
            configuration.account_id,
            configuration.region,
            configuration.log_group,
            stream_name(cloud.clock.now(), configuration.version),
        )
        self._parser = OutputParser()
        self._api = RuntimeApi(self._heard)
        self._process: Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self._settled: asyncio.Future[Message] | None = None
        self._request_id = ""
        self._return_code: int | None = None
        self._started = False
        self._busy = False

    @property
    def pid(self) -> int | None:
        """The process id, once started."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """Whether it can serve another invocation."""
        return self._process is not None and self._return_code is None

    async def run(self, invocation: Invocation) -> Outcome:
        """Serve one invocation."""
        self._busy = True
        self._request_id = invocation.request_id
        try:
            return await self._run(invocation)
        finally:
            self._busy = False
            if self._return_code is not None:
                self._clean_up()

    def kill(self) -> None:
        """Kill the process, with all that it started."""
        if self.alive:
            assert self._process is not None
            self._process.kill()

    async def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self.kill()
        if self._watching is not None:
            await asyncio.wait([self._watching])

    def collect(self) -> None:
        """Write to the log what the function has printed so far."""
        if self.alive:
            self._write(self._printed())

    async def _run(self, invocation: Invocation) -> Outcome:
        request_id = invocation.request_id
        began = time.perf_counter()
        init_ms: float | None = None
        failure: Failure | None = None
        before: list[str] = []
        if self._process is None:
            failure = await self._start(request_id, before)
            init_ms = _milliseconds_since(began)
        start = self._lines.start(self._now(), request_id, self._configuration.version)
        self._write([LogEvent(start, self._now())])
        answer = b""
        if failure is None:
            began = time.perf_counter()
            self._settled = asyncio.get_running_loop().create_future()
            self._api.give(self._headers(invocation), invocation.payload)
            answer, failure = self._read(await self._hear(self._configuration.timeout), request_id)
            init_failed = False
        else:
            init_failed = True
        duration_ms = _milliseconds_since(began)
        if failure is not None and failure.status == "timeout":
            duration_ms = min(duration_ms, self._configuration.timeout * 1000)
        report = Report(
            request_id,
            duration_ms=duration_ms,
            billed_ms=math.ceil(duration_ms),
            memory_size_mb=self._configuration.memory_size,
            max_memory_used_mb=self._memory_mb(),
            init_ms=None if init_failed else init_ms,
            status=failure.status if failure and failure.fatal else None,
            error_type=failure.error_type if failure else None,
        )
        if failure is not None and failure.fatal:
            await self.end()
        messages = [*before, start, *self._write_end(report, failure)]
        return Outcome(
            request_id=request_id,
            payload=failure.payload if failure else answer,
            function_error="Unhandled" if failure else None,
            executed_version=self._configuration.version,
            log_tail=tail(messages, size=TAIL),
            log_stream=self.log.name,
            duration_ms=report.duration_ms,
            billed_ms=report.billed_ms,
            init_ms=init_ms,
            memory_mb=report.max_memory_used_mb,
        )

    async def _start(self, request_id: str, messages: list[str]) -> Failure | None:
        """Start the process; when it does not get ready, say why and log it."""
        began = time.perf_counter()
        self._write([LogEvent(self._lines.init_start(self._now()), self._now())])
        scratch = self._folder / "tmp"
        scratch.mkdir(parents=True)
        await self._api.listen()
        place = Place(
            runtime_api=self._api.address,
            endpoint_url=self._cloud.endpoint_url,
            task_root=str(self._task_root),
            scratch=str(scratch),
            log_stream=self.log.name,
        )
        self._settled = asyncio.get_running_loop().create_future()
        try:
            self._process = await Process.start(
                self._configuration.handler,
                environment(self._configuration, self.credentials, place),
                task_root=self._task_root,
                folder=self._folder,
                cloud_folder=self._cloud.folder,
                largest_file=self._configuration.ephemeral_storage * MEGABYTE,
                stand_in=self._stand_in,
            )
        except BaseException:
            self._api.close()
            raise
        self._watching = self._cloud.tasks.start(
            self._watch(self._process), name=f"worker {self.pid} of {self._configuration.name}"
        )
        said = await self._hear(INIT_TIMEOUT)
        if said.kind == "ready":
            self._memory_mb()
            return None
        _, failure = self._read(said, request_id)
        assert failure is not None
        await self.end()
        events = self._printed(complete=True)
        now = self._now()
        line = self._lines.init_failed(
            now, _milliseconds_since(began), failure.status, failure.error_type
        )
        events.append(LogEvent(line, now))
        self._write(events)
        messages += [event.message for event in events]
        return failure

    def _heard(self, message: Message) -> None:
        """Take what the worker says; what is not about the present invocation says nothing."""
        if message.kind in ("response", "error") and message.request_id != self._request_id:
            return
        if message.kind == "ready" and self._started:
            return
        self._started = self._started or message.kind == "ready"
        self._settle(message)

    def _settle(self, message: Message) -> None:
        if self._settled is not None and not self._settled.done():
            self._settled.set_result(message)

    async def _hear(self, seconds: float) -> Message:
        """The next thing that happens, at the latest that the time is up.

        The time is the machine's: moving the lab's clock makes no function slower.
        """
        assert self._settled is not None
        if self._return_code is not None:
            return Message("exit")
        timer = asyncio.get_running_loop().call_later(seconds, self._settle, Message("timeout"))
        try:
            return await self._settled
        finally:
            timer.cancel()
            self._settled = None

    def _read(self, said: Message, request_id: str) -> tuple[bytes, Failure | None]:
        """The answer in a message, or the failure that it stands for."""
        if said.kind == "exit":
            return b"", outcomes.exited(request_id, self._return_code or 0)
        if said.kind == "timeout":
            seconds = self._configuration.timeout if self._started else INIT_TIMEOUT
            return b"", outcomes.timed_out(request_id, seconds, timestamp=iso_time(self._now()))
        if said.body is None:
            return b"", outcomes.response_too_large()
        if said.kind == "response":
            return said.body, None
        document = self._on_task_root(said.body.decode(errors="replace"))
        return b"", outcomes.reported(document, fatal=said.kind == "init")

    async def _watch(self, process: Process) -> None:
        """Notice the death of the process at once."""
        self._return_code = await process.ended()
        self._settle(Message("exit"))
        if not self._busy:
            self._clean_up()
            self._on_death(self)

    def _clean_up(self) -> None:
        assert self._process is not None
        self._write(self._printed(complete=True))
        self._process.output.close()
        self._api.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _headers(self, invocation: Invocation) -> dict[str, str]:
        """The headers of an event; the deadline is on the machine's clock, as the worker's is."""
        deadline = self._now() - self._cloud.clock.ahead + self._configuration.timeout
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
            "Lambda-Runtime-Trace-Id": invocation.trace_id,
        }
        if invocation.client_context is not None:
            headers["Lambda-Runtime-Client-Context"] = invocation.client_context
        return headers

    def _printed(self, *, complete: bool = False) -> list[LogEvent]:
        """The events of what the function has printed since the last look."""
        if self._process is None:
            return []
        begin, left_out, end = self._process.output.read()
        if not begin:
            return self._parser.flush() if complete else []
        events = self._parser.feed(begin)
        if left_out:
            events += self._parser.flush()
            events.append(LogEvent(f"[labkit] {left_out} bytes of output are left out here.\n"))
        if end:
            events += self._parser.feed(end)
        if complete:
            events += self._parser.flush()
        return [self._as_on_lambda(event) for event in events]

    def _write_end(self, report: Report, failure: Failure | None) -> list[str]:
        """Log the end of an invocation; return the messages."""
        events = self._printed(complete=True)
        now = self._now()
        if failure is not None and failure.log_line:
            events.append(LogEvent(failure.log_line, now))
        if end := self._lines.end(now, report.request_id):
            events.append(LogEvent(end, now))
        events.append(LogEvent(self._lines.report(now, report), now))
        self._write(events)
        return [event.message for event in events]

    def _write(self, events: list[LogEvent]) -> None:
        self.log.write(events, now=self._now())

    def _as_on_lambda(self, event: LogEvent) -> LogEvent:
        """An event as on AWS: its time on the lab's clock, its paths below the task root."""
        at = event.time and event.time + self._cloud.clock.ahead
        return LogEvent(self._on_task_root(event.message), at)

    def _on_task_root(self, text: str) -> str:
        """Paths of the function's files as they are on AWS, and the same at every run."""
        return text.replace(str(self._task_root), TASK_ROOT)

    def _memory_mb(self) -> int:
        assert self._process is not None
        return self._process.peak_memory_mb(otherwise=self._configuration.memory_size)

    def _now(self) -> float:
        return self._cloud.clock.now()


def _milliseconds_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
