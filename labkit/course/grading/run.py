"""Runs one submitted notebook in a session, and takes what that says for as long as it lives."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.course.grading import sandbox
from labkit.course.grading.limits import Limits
from labkit.course.grading.session import Order, write
from labkit.course.grading.steps import Step
from labkit.course.grading.watch import kill
from labkit.course.printable import printable

GRACE = 60.0  # seconds for a session to start and to end, beyond the notebook's own
GLANCE = 0.5  # seconds between two looks at whether grading was interrupted


@dataclass(frozen=True)
class Outcome:
    """What a session has said: of exercises, and of the notebook's end.

    `failure` is the grader's own, and not for the student to answer for.
    """

    exercises: tuple[dict[str, Any], ...]
    ended: str = ""
    failure: str = ""


def run(
    steps: tuple[Step, ...],
    *,
    student_id: str,
    files: Path,
    limits: Limits,
    sandboxed: bool,
    stopped: threading.Event,
) -> Outcome:
    """Run the steps of a restored notebook; `files` is the folder that came with it.

    Once `stopped` is set, the session is ended.
    """
    with _places(files, sandboxed=sandboxed) as (desk, home, seen), tempfile.TemporaryFile() as log:
        order = Order(steps, student_id, limits, sandboxed, desk, home, seen)
        command = [sys.executable, "-m", "labkit.course.grading.session"]
        if sandboxed:
            command = sandbox.session(command, files=files, limits=limits)
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=None if sandboxed else sandbox.environment(home.parent),
        )
        said, in_time = _said(process, write(order), limits.notebook_seconds + GRACE, stopped)
        if not in_time:
            return read_outcome(said, ended=f"it ran longer than {limits.notebook_seconds} s")
        log.seek(max(0, log.tell() - 2000))
        return read_outcome(said, log=log.read().decode(errors="replace"))


def read_outcome(said: str, *, ended: str = "", log: str = "") -> Outcome:
    """What a session has said before it came to its end, or was ended."""
    exercises = []
    for line in said.splitlines():
        try:
            fact = json.loads(line)
        except ValueError:  # cut off when the session was ended
            break
        if "ended" in fact:
            return Outcome(tuple(exercises), printable(fact["ended"]))
        exercises.append(printable(fact))
    if ended:
        return Outcome(tuple(exercises), ended)
    lines = log.strip().splitlines() or ["it said nothing"]
    return Outcome(tuple(exercises), "its session failed", f"The session failed: {lines[-1]}")


def _said(
    process: subprocess.Popen[str], order: str | None, seconds: float, stopped: threading.Event
) -> tuple[str, bool]:
    # What a session says, and whether it came to its end by itself.
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not stopped.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(order, GLANCE)[0], True
        order = None  # it has been sent
    # With all that is below it: of root's sandboxes, the inner one does not die with the outer.
    kill([process.pid], alone=False)
    return process.communicate()[0], False


@contextmanager
def _places(files: Path, *, sandboxed: bool) -> Iterator[tuple[Path, Path, Path]]:
    if sandboxed:
        yield sandbox.DESK, sandbox.HOME, sandbox.FILES
        return
    with tempfile.TemporaryDirectory(prefix="labkit-", ignore_cleanup_errors=True) as folder:
        desk, home = Path(folder, "desk"), Path(folder, "home")
        desk.mkdir()
        home.mkdir()
        yield desk, home, files.resolve()
