"""The log of one worker: the platform's lines and what the function prints, in order.

When an answer arrives, everything that the function printed before it is already in the worker's
file. Reading that file comes before the END line, so that no line is lost or late, and a function
that prints nothing waits for nothing.
"""

from __future__ import annotations

from sysconfig import get_path

from labkit.cloud.clock import Clock
from labkit.cloud.functions.configuration import Setup
from labkit.cloud.functions.log_stream import LogStream, Permission, stream_name
from labkit.cloud.functions.loglines import Report, platform_lines
from labkit.cloud.functions.outcome import Failure
from labkit.cloud.functions.output import LogEvent, OutputParser, tail
from labkit.cloud.functions.process import BOOTSTRAP, Output, runtime_library_folders

TAIL = 4096  # bytes of the log that LogType=Tail returns


class WorkerLog:
    """Writes a worker's log stream and remembers the part of the present invocation."""

    def __init__(self, clock: Clock, setup: Setup, *, permits: Permission) -> None:
        configuration = setup.configuration
        self.stream = LogStream(
            configuration.account_id,
            configuration.region,
            configuration.log_group,
            stream_name(clock.now(), configuration.version),
            permits,
        )
        self._clock = clock
        language = f"/var/lang/lib/{configuration.runtime}"
        self._places = {
            str(setup.task_root): "/var/task",
            str(BOOTSTRAP.parent): "/var/runtime",
            **{str(layer): "/opt" for layer in setup.layers},
            **dict.fromkeys(runtime_library_folders(), f"{language}/site-packages"),
            get_path("stdlib"): language,
        }
        self._lines = platform_lines(configuration)
        self._parser = OutputParser()
        self._output: Output | None = None
        self._messages: list[str] = []

    def init_start(self) -> None:
        """A worker begins to start."""
        now = self._clock.now()
        self._write([LogEvent(self._lines.init_start(now), now)])
        self._messages.clear()  # the tail begins after this line

    def read_from(self, output: Output) -> None:
        """The worker's process has started and writes to `output`."""
        self._output = output

    def init_failed(self, phase: str, init_ms: float, failure: Failure) -> None:
        """The worker did not get ready."""
        now, ended = self._clock.now(), (failure.status, failure.error_type)
        line = self._lines.init_failed(now, phase, init_ms, *ended)
        self._write([*self._printed(complete=True), LogEvent(line, now)])

    def start(self, request_id: str, *, cold: bool) -> None:
        """An invocation begins, after all that a cold start printed, which its tail has too."""
        if cold:
            self._write(self._printed(complete=True))
        else:
            self._messages.clear()
        now = self._clock.now()
        self._write([LogEvent(self._lines.start(now, request_id), now)])

    def end(self, report: Report, failure: Failure | None) -> None:
        """An invocation has ended."""
        events = self._printed(complete=True)
        now = self._clock.now()
        if failure is not None and failure.log_line:
            events.append(LogEvent(failure.log_line, now))
        if end := self._lines.end(now, report.request_id):
            events.append(LogEvent(end, now))
        self._write([*events, LogEvent(self._lines.report(now, report), now)])

    def collect(self) -> None:
        """Write down what the function has printed so far."""
        self._write(self._printed())

    def close(self) -> None:
        """The process is gone: write down what it left and read no more."""
        if self._output is not None:
            self._write(self._printed(complete=True))
            self._output.close()
            self._output = None

    def tail(self) -> bytes:
        """The end of the present invocation's log."""
        return tail(self._messages, size=TAIL)

    def as_on_lambda(self, text: str) -> str:
        """Paths as they are on AWS, and the same on every machine."""
        if "/" in text or "\\" in text:
            for here, there in self._places.items():
                text = text.replace(here, there)
        return text

    def _printed(self, *, complete: bool = False) -> list[LogEvent]:
        """The events of what the function has printed since the last look."""
        events: list[LogEvent] = []
        if self._output is not None:
            begin, left_out, end = self._output.read()
            if begin:
                events += self._parser.feed(begin)
            if left_out:
                events += self._parser.flush()
                events.append(LogEvent(f"[labkit] {left_out} bytes of output are left out.\n"))
            if end:
                events += self._parser.feed(end)
        if complete:
            events += self._parser.flush()
        return [self._on_our_clock(event) for event in events]

    def _on_our_clock(self, event: LogEvent) -> LogEvent:
        """An event of the worker, which has the machine's clock and the machine's paths."""
        time = event.time and event.time + self._clock.ahead
        return LogEvent(self.as_on_lambda(event.message), time)

    def _write(self, events: list[LogEvent]) -> None:
        self._messages += [event.message for event in events]
        self.stream.write(events, now=self._clock.now())
