"""A session: one submitted notebook with a cloud, a desk and a kernel of its own.

    python -m labkit.course.grading.session < order.json > outcome.jsonl

It runs in a sandbox and is trusted; the student's code runs in sandboxes within it. Each line of
its output is the outcome of one exercise, written when it is known, and the last one says how the
notebook ended: what is earned stays earned, whatever comes after.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from labkit import targets
from labkit.cloud.worker_command import WORKER_COMMAND
from labkit.course import desk
from labkit.course.grading import sandbox, system_calls
from labkit.course.grading.counter import Counter
from labkit.course.grading.kernel import Kernel, KernelEnded, Ran, connection_file
from labkit.course.grading.limits import Limits
from labkit.course.grading.steps import CONNECT, Step
from labkit.course.grading.watch import Watch
from labkit.course.result import CheckResult

CHANGED = "labkit was changed in this notebook"


@dataclass(frozen=True)
class Order:
    """What a session is to do; the folders are those in which it works."""

    steps: tuple[Step, ...]
    student_id: str
    limits: Limits
    sandboxed: bool
    desk: Path
    home: Path
    files: Path


def main() -> None:
    """Run the notebook that standard input describes."""
    order = read(json.load(sys.stdin))
    if order.sandboxed:
        system_calls.deny()
    outcomes = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(**facts: Any) -> None:
        outcomes.write(json.dumps(facts) + "\n")
        outcomes.flush()

    with ExitStack() as stack:
        try:
            run(order, say, stack)
        except KernelEnded as reason:
            say(ended=str(reason))
        else:
            say(ended="")


def read(content: dict[str, Any]) -> Order:
    """The order in the JSON that `write` has made of it."""
    return Order(
        steps=tuple(Step(**step) for step in content["steps"]),
        student_id=content["student_id"],
        limits=Limits(**content["limits"]),
        sandboxed=content["sandboxed"],
        **{name: Path(content[name]) for name in ("desk", "home", "files")},
    )


def write(order: Order) -> str:
    """An order as JSON."""
    return json.dumps(asdict(order), default=str)


def run(order: Order, say: Any, stack: ExitStack) -> None:
    """Run every step, and say the outcome of each exercise.

    Raises `KernelEnded` where the notebook does not come to its end.
    """
    began = time.monotonic()
    endpoint, cloud = _start_cloud(order, stack)
    counter = Counter(
        order.desk / "desk", endpoint, order.student_id, seconds=order.limits.cell_seconds
    )
    stack.callback(counter.close)
    kernel = _start_kernel(order)
    stack.callback(kernel.close)
    watch = Watch([kernel.process.pid, cloud], order.limits, kernel.end, alone=order.sandboxed)
    stack.callback(watch.stop)
    kernel.wait()
    troubles: list[str] = []
    for number, step in enumerate(order.steps, start=1):
        left = began + order.limits.notebook_seconds - time.monotonic()
        if left <= 0:
            raise KernelEnded(f"it ran longer than {order.limits.notebook_seconds} s")
        seconds = min(order.limits.cell_seconds, left)
        if step.role == CONNECT:  # whatever the cells before it have set
            parameters = f"target = {endpoint!r}\nstudent_id = {order.student_id!r}"
            kernel.run(parameters, seconds=seconds)
        counter.expect(step.exercise)
        ran = kernel.run(step.source, seconds=seconds)
        if step.exercise:
            say(**outcome(step.exercise, ran, counter.record), troubles=troubles[-3:])
            troubles = []
        elif trouble := _trouble(ran):
            troubles.append(f"Code cell {number}: {trouble.rstrip('.')}.")


def outcome(exercise: str, ran: Ran, record: CheckResult | None) -> dict[str, Any]:
    """What a check cell has come to: the judge's record, and why it does not count if so."""
    lost = ""
    if record is not None and record.check != exercise:
        record = None
    if record is None:
        lost = (
            f"Its check cell failed: {trouble}."
            if (trouble := _trouble(ran))
            else f"Its check did not reach the grader: {CHANGED}."
        )
    elif ran.shown and ran.shown[-1] != asdict(record):
        lost = f"Its check showed another result than the grader's: {CHANGED}."
    result = asdict(record) if record is not None else None
    return {"exercise": exercise, "result": result, "lost": lost}


def _trouble(ran: Ran) -> str:
    return "it took too long and was interrupted" if ran.interrupted else ran.error


def _start_cloud(order: Order, stack: ExitStack) -> tuple[str, int]:
    if order.sandboxed:
        os.environ[WORKER_COMMAND] = json.dumps(sandbox.worker())
        os.environ["TMPDIR"] = str(sandbox.CLOUD)
    endpoint, stop = targets.start_cloud()
    stack.callback(stop)
    (process,) = psutil.Process().children()  # nothing else has been started yet
    return endpoint, process.pid


def _start_kernel(order: Order) -> Kernel:
    connection = connection_file(order.desk)
    settings = {
        "connection": str(connection),
        "files": str(order.files),
        "limits": asdict(order.limits),
    }
    seat = [sys.executable, "-m", "labkit.course.grading.seat", json.dumps(settings)]
    command = [*sandbox.seat(), *seat] if order.sandboxed else seat
    environment = sandbox.environment(order.home) | {desk.VARIABLE: str(order.desk / "desk")}
    return Kernel(
        command,
        connection,
        order.limits,
        alone=order.sandboxed,
        env=environment,
        cwd=None if order.sandboxed else order.home,
        start_new_session=True,
    )


if __name__ == "__main__":
    main()
