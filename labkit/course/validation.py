"""Validates notebooks: runs them in parallel, each in a process and on a cloud of its own.

Those that take longest begin, so that all processors end at about the same time; on one target
they run in their order. A process that is not done in the notebook's time is ended, with its
kernel; what it had executed until then is saved.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import nbformat
from tqdm import tqdm

from labkit.course import execution, workbook
from labkit.course.execution import CELL_SECONDS, Run
from labkit.course.output import make_ready
from labkit.errors import NotebookError
from labkit.targets import require

NOTEBOOK_SECONDS = 600
LONG = "long"  # a cell with this tag takes as long as
LONG_CELL = 100  # cells without
TARGET, LOCAL = "target", "local"  # a parameter of every notebook, and its default: one for each
INTERRUPTED = "was not run, since another notebook had failed"


@dataclass(frozen=True)
class Plan:
    """How notebooks are run: where to, with which parameters, how many at once, for how long.

    `jobs` is the number of processors by default, and 1 where they share a target.
    """

    output: Path
    parameters: Mapping[str, Any]
    jobs: int = 0
    cell_seconds: float = CELL_SECONDS
    notebook_seconds: float = NOTEBOOK_SECONDS
    stop_at_first: bool = False

    @property
    def shared(self) -> bool:
        """Whether all notebooks run on one cloud."""
        return self.parameters.get(TARGET, LOCAL) != LOCAL


def validate(notebooks: Sequence[Path], plan: Plan) -> list[Run]:
    """Run the notebooks (all of the workbook by default), with a progress bar, in their order.

    Raises `NotebookError`, before anything runs, for what is no notebook, for two of one name, for
    a parameter that a notebook does not have, and for several at once on one target;
    `WorkspaceError` for an output that cannot be written; and what `connect` raises for a target
    that is none. An error inside a notebook is in its `Run`.
    """
    if plan.shared and plan.jobs > 1:
        raise NotebookError(
            f"On one target ({plan.parameters[TARGET]}) notebooks would take down what others have "
            "built, so they run one after the other. Leave out --jobs or the target."
        )
    paths = [Path(path) for path in notebooks] or workbook.paths()
    for path in paths:
        execution.require(path, plan.parameters)
    if len({path.name for path in paths}) < len(paths):
        raise NotebookError("Two of these notebooks have the same name, and so the same output.")
    if plan.shared:
        require(str(plan.parameters[TARGET]))
    make_ready(plan.output)
    done: dict[Path, Run] = {}
    with tqdm(total=len(paths), unit="notebook", desc="workbook") as progress:
        order = paths if plan.shared else sorted(paths, key=_effort, reverse=True)
        for path, run in _runs(order, plan):
            done[path] = run
            progress.set_postfix_str(f"{run.notebook}: {'ok' if run.ok else 'FAILED'}")
            progress.update()
    missing = {path: Run(path.stem, plan.output / path.name, 0, (), INTERRUPTED) for path in paths}
    return [(missing | done)[path] for path in paths]


def passed_all(runs: Sequence[Run]) -> bool:
    """Whether there was something to run and all of it is in order."""
    return bool(runs) and all(run.ok for run in runs)


def _runs(paths: Sequence[Path], plan: Plan) -> Iterator[tuple[Path, Run]]:
    context = _context()
    waiting, running = list(paths), []
    jobs = plan.jobs or (1 if plan.shared else os.cpu_count()) or 1
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(_Job(context, waiting.pop(0), plan))
            soonest = min(job.deadline for job in running)
            wait([job.answer for job in running], max(0, soonest - time.monotonic()))
            for job in [job for job in running if job.is_over()]:
                running.remove(job)
                run = job.finish()
                yield job.path, run
                if plan.stop_at_first and not run.ok:
                    return
    finally:
        for job in running:
            job.end()


def _context() -> BaseContext:
    # Processes that are forked from one which has the libraries start in no time.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload([execution.__name__])
    return context


def _effort(path: Path) -> int:
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    return sum(LONG_CELL if LONG in cell.metadata.get("tags", ()) else 1 for cell in code)


class _Job:
    """One notebook in a process of its own."""

    def __init__(self, context: BaseContext, path: Path, plan: Plan) -> None:
        self.path = path
        self.output = plan.output / path.name
        self.output.unlink(missing_ok=True)
        self.began = time.monotonic()
        self.seconds = plan.notebook_seconds
        self.deadline = self.began + plan.notebook_seconds
        self.answer, theirs = context.Pipe(duplex=False)
        arguments = (theirs, path, self.output, dict(plan.parameters), plan.cell_seconds)
        self.process: BaseProcess = context.Process(target=_work, args=arguments)
        self.process.start()
        theirs.close()

    def is_over(self) -> bool:
        """Whether it has answered, died, or run out of time."""
        return self.answer.poll() or time.monotonic() >= self.deadline

    def finish(self) -> Run:
        """Its run; what has been executed until now, if it is not done."""
        try:
            run = self.answer.recv() if self.answer.poll() else None
            error = f"it was not done in {self.seconds:g} s"
        except EOFError:
            run, error = None, "its process died"
        self.end()
        seconds = time.monotonic() - self.began
        return run or execution.finished(self.path, self.output, seconds, error)

    def end(self) -> None:
        """End its process; the kernel notices that its parent is gone, and the cloud the kernel."""
        self.process.terminate()
        self.process.join()
        self.answer.close()


def _work(
    answer: Connection, path: Path, output: Path, parameters: dict[str, Any], cell_seconds: float
) -> None:
    answer.send(execution.run(path, output, parameters, cell_seconds=cell_seconds))
