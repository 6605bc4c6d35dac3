"""Runs notebooks headless with papermill, each on a local cloud of its own, and counts checks."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from tabulate import tabulate
from tqdm import tqdm
from traitlets.config import Config

from labkit.course import workbook
from labkit.course.result import MIME, CheckResult, from_data
from labkit.errors import NotebookError

CELL_SECONDS = 120
KERNEL_SECONDS = 120


@dataclass(frozen=True)
class Run:
    """One executed notebook: `seconds` of wall time, its checks, and what stopped it."""

    notebook: str
    seconds: float
    passed: int
    failed: tuple[str, ...]
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether every cell ran and every check passed."""
        return not self.error and not self.failed


def run(
    notebooks: Sequence[Path] = (),
    *,
    output: Path,
    parameters: Mapping[str, Any] | None = None,
) -> list[Run]:
    """Execute `notebooks` (all of them by default) into `output`, with a progress bar.

    Raises `NotebookError` for a notebook that does not exist and for a parameter that a notebook
    does not have; an error inside a notebook is in its `Run`.
    """
    paths = [Path(path) for path in notebooks] or workbook.paths()
    for path in paths:
        _require(path, parameters or {})
    output.mkdir(parents=True, exist_ok=True)
    results = []
    with tqdm(paths, unit="notebook", desc="workbook") as progress:
        for path in progress:
            progress.set_postfix_str(path.stem)
            results.append(_run(path, output / path.name, parameters or {}))
    return results


def table(results: Sequence[Run]) -> str:
    """One row a notebook: its name, seconds, and checks passed of all."""
    rows = [
        (
            result.notebook,
            f"{result.seconds:.1f}",
            f"{result.passed} of {result.passed + len(result.failed)}",
            _verdict(result.ok),
        )
        for result in results
    ]
    seconds = sum(result.seconds for result in results)
    passed = sum(result.passed for result in results)
    checks = passed + sum(len(result.failed) for result in results)
    rows.append(("all", f"{seconds:.1f}", f"{passed} of {checks}", _verdict(passed_all(results))))
    return tabulate(
        rows,
        headers=("notebook", "seconds", "checks passed", ""),
        colalign=("left", "right", "right", "left"),
        disable_numparse=True,
    )


def passed_all(results: Sequence[Run]) -> bool:
    """Whether there was something to run and all of it is in order."""
    return bool(results) and all(result.ok for result in results)


def advice(results: Sequence[Run]) -> str:
    """What went wrong where, one line a problem."""
    lines = []
    for result in results:
        lines += [f"{result.notebook}: check failed: {message}" for message in result.failed]
        if result.error:
            lines.append(f"{result.notebook}: {result.error}")
    return "\n".join(lines) if results else "No notebook was run."


def checks(notebook: nbformat.NotebookNode) -> Iterator[CheckResult]:
    """The results of all checks in an executed notebook, in order."""
    for cell in notebook.cells:
        yield from results_of(cell)


def results_of(cell: nbformat.NotebookNode) -> Iterator[CheckResult]:
    """The results of the checks in an executed cell, in order."""
    for shown in cell.get("outputs", ()):
        if MIME in shown.get("data", {}):
            yield from_data(shown["data"][MIME])


def _verdict(ok: bool) -> str:
    return "ok" if ok else "FAILED"


def _require(path: Path, parameters: Mapping[str, Any]) -> None:
    if not path.is_file():
        known = ", ".join(each.name for each in workbook.paths())
        raise NotebookError(f"There is no notebook {path}. The workbook has: {known}.")
    known_parameters = papermill.inspect_notebook(str(path))
    unknown = sorted(set(parameters) - set(known_parameters))
    if unknown:
        raise NotebookError(
            f"{path.name} has no parameter {', '.join(unknown)}. "
            f"It has: {', '.join(sorted(known_parameters)) or 'none'}."
        )


def execute(path: Path, output: Path, parameters: Mapping[str, Any] | None = None) -> str:
    """Execute one notebook into `output`; return what stopped it, or an empty text."""
    try:
        with tempfile.TemporaryDirectory(prefix="labkit-kernel-") as sockets:
            papermill.execute_notebook(
                path,
                output,
                parameters=dict(parameters or {}),
                progress_bar=False,
                cwd=path.parent,
                execution_timeout=CELL_SECONDS,
                start_timeout=KERNEL_SECONDS,
                config=_kernels(Path(sockets)),
            )
    except PapermillExecutionError as raised:
        return f"cell {raised.exec_count} raised {raised.ename}: {raised.evalue}"
    return ""


def _run(path: Path, output: Path, parameters: Mapping[str, Any]) -> Run:
    began = time.perf_counter()
    error = execute(path, output, parameters)
    results = list(checks(nbformat.read(output, as_version=4)))
    return Run(
        notebook=path.stem,
        seconds=time.perf_counter() - began,
        passed=sum(result.passed for result in results),
        failed=tuple(result.message for result in results if not result.passed),
        error=error,
    )


def _kernels(sockets: Path) -> Config:
    # Kernels are reached through sockets of the file system, where the platform has them: TCP
    # ports can clash, and other users of the machine could listen in.
    if os.name != "posix":
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "ip": str(sockets / "kernel")}})
