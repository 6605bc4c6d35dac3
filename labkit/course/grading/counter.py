"""The desk's counter: the socket at which a student's check cells hand in their answers.

What counts is what the judge said of that exercise while its check cell ran; the record is made
before the answer goes back, so nothing that the notebook does afterwards changes it.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from labkit.course.desk import LONGEST
from labkit.course.result import CheckResult, Status, from_data

PATIENCE = 5.0  # seconds for a kernel to say all of its request


class Counter:
    """Takes one request at a time; `records` has each result by the exercise it was asked for."""

    def __init__(self, path: Path, endpoint: str, student_id: str, *, seconds: float) -> None:
        self._command = [sys.executable, "-m", "labkit.course.grading.judge", endpoint, student_id]
        self._seconds = seconds
        self._judge = self._start_judge()
        self._checking = ""
        self.record: CheckResult | None = None
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(16)
        self._thread = threading.Thread(target=self._serve, name="counter", daemon=True)
        self._thread.start()

    def expect(self, exercise: str) -> None:
        """From now on only results of this exercise are recorded; none for an empty name."""
        self._checking, self.record = exercise, None

    def close(self) -> None:
        """Take no more answers, and end the judge."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread
        self._listener.close()
        self._end_judge()

    def _start_judge(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )

    def _end_judge(self) -> None:
        self._judge.kill()
        with self._judge:  # closes its pipes and waits for its end
            pass

    def _serve(self) -> None:
        while True:
            try:
                kernel, _ = self._listener.accept()
            except OSError:  # closed
                return
            with kernel:
                try:
                    request = json.loads(_read_line(kernel.recv, kernel, PATIENCE))
                    exercise = str(request["exercise"])
                    # JSON may go over many lines; the judge answers each line that it gets.
                    line = json.dumps(request).encode() + b"\n"
                except (OSError, ValueError, KeyError, TypeError, RecursionError):
                    continue
                result = self._ask(line, exercise)
                if exercise == result.check == self._checking:
                    self.record = result
                try:
                    kernel.settimeout(PATIENCE)
                    kernel.sendall(json.dumps(asdict(result)).encode() + b"\n")
                except OSError:
                    continue

    def _ask(self, line: bytes, exercise: str) -> CheckResult:
        pipe = self._judge.stdout
        assert pipe is not None and self._judge.stdin is not None
        try:
            self._judge.stdin.write(line)
            answer = _read_line(pipe.read, pipe, self._seconds)
            return from_data(json.loads(answer))
        except (OSError, ValueError) as error:
            self._end_judge()
            self._judge = self._start_judge()
            slow = isinstance(error, TimeoutError)
            return CheckResult(
                exercise,
                Status.WRONG,
                f"The check did not end within {self._seconds:.0f} s: does the cloud still answer?"
                if slow
                else "The check ended without a result.",
            )


def _read_line(read: object, source: object, seconds: float) -> bytes:
    # The other side may say nothing, or never come to the end of its line.
    line, deadline = b"", time.monotonic() + seconds
    while not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([source], [], [], left)[0]:
            raise TimeoutError
        piece = read(65536)  # type: ignore[operator]
        if not piece or len(line) > LONGEST:
            raise ValueError("This is not a line.")
        line += piece
    return line
