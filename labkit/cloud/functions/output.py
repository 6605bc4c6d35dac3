"""What a function writes to its log, taken apart into events.

A worker's stdout and stderr and the frames of its runtime client go to one file, in the order in
which they were written. A printed line is one event. A frame (a `logging` record, or the error
that ended an invocation) is one event too, with its own time, however many lines it has: this is
AWS's telemetry framing, as `FramedTelemetryLogSink` of the runtime client writes it.

Nothing of this decides what an invocation returns: a handler that prints a forged frame deceives
only the readers of its own log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Frame type (text or JSON, and the level), length, time in microseconds, message; big-endian.
FRAME = re.compile(rb"\xa5\x5a\x00[\x02\x03\x0a\x0b\x0e\x0f\x12\x13\x16\x17\x1a\x1b]")
FRAME_HEADER = 16


@dataclass(frozen=True)
class LogEvent:
    """One event of a log; `time` is in seconds since the epoch, or None for a printed line."""

    message: str
    time: float | None = None


class OutputParser:
    """Turns a growing byte stream into events."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[LogEvent]:
        """The events that `data` completes."""
        data, self._rest = self._rest + data, b""
        events: list[LogEvent] = []
        position = 0
        while frame := FRAME.search(data, position):
            begin = frame.start()
            events += _lines(data[position:begin])
            message = begin + FRAME_HEADER
            end = message + int.from_bytes(data[begin + 4 : begin + 8], "big")
            if message > len(data) or end > len(data):
                self._rest = data[begin:]
                return events
            microseconds = int.from_bytes(data[begin + 8 : message], "big")
            events.append(LogEvent(_text(data[message:end]), microseconds / 1e6))
            position = end
        complete = data.rfind(b"\n") + 1
        if complete > position:
            events += _lines(data[position:complete])
            position = complete
        self._rest = data[position:]
        return events

    def flush(self) -> list[LogEvent]:
        """What is left: a last line without its newline, or a frame that was cut off."""
        rest, self._rest = self._rest, b""
        return _lines(rest)


def tail(messages: list[str], *, size: int) -> bytes:
    """The last `size` bytes of a log, as `LogType=Tail` returns them.

    What was logged without a newline, such as an error, is followed by the next message at once.
    """
    kept: list[bytes] = []
    total = 0
    for message in reversed(messages):
        kept.append(message.encode())
        total += len(kept[-1])
        if total >= size:
            break
    return b"".join(reversed(kept))[-size:]


def _lines(data: bytes) -> list[LogEvent]:
    *lines, last = data.split(b"\n")
    events = [LogEvent(_text(line + b"\n")) for line in lines]
    return [*events, LogEvent(_text(last))] if last else events


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
