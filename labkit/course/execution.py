"""Executes one notebook with papermill, from a cold kernel, and reads what it shows.

The executed notebook is saved before each cell and at the end, so that it is there however the run
ends; if a cell was in the way, a link to it stands on top.
"""

from __future__ import annotations

import html
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.reader import NotJSONError
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import ERROR_MARKER_TAG
from traitlets.config import Config

from labkit.course import workbook
from labkit.course.kernel_manager import KernelManager
from labkit.course.result import MIME, CheckResult, from_data
from labkit.errors import NotebookError

ENGINE = "labkit"
CELL_SECONDS = 120
KERNEL_SECONDS = 120


class Engine(NBClientEngine):
    """papermill's engine, which saves before each cell, but not also after it.

    The next save has it all, and writing a notebook costs more than running most of its cells.
    """

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> None:
        """Run all cells."""
        complete, save = nb_man.cell_complete, nb_man.save

        def complete_unsaved(cell: NotebookNode, **where: Any) -> None:
            nb_man.save = lambda **_: None
            try:
                complete(cell, **where)
            finally:
                nb_man.save = save

        nb_man.cell_complete = complete_unsaved
        super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register(ENGINE, Engine)


@dataclass(frozen=True)
class Run:
    """One executed notebook: `seconds` of wall time, its checks, and what stopped it."""

    notebook: str
    output: Path
    seconds: float
    results: tuple[CheckResult, ...] = ()
    error: str = ""

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(result.passed for result in self.results)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The checks that did not pass."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def ok(self) -> bool:
        """Whether every cell ran and every check passed."""
        return not self.error and not self.failed


def run(
    path: Path,
    output: Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    cell_seconds: float = CELL_SECONDS,
) -> Run:
    """Execute one notebook into `output`, and say how it went; what stops it is in the `Run`."""
    began = time.perf_counter()
    error = execute(path, output, parameters, cell_seconds=cell_seconds)
    return finished(path, output, time.perf_counter() - began, error)


def execute(
    path: Path,
    output: Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    cell_seconds: float = CELL_SECONDS,
) -> str:
    """Execute one notebook into `output`; return what stopped it, or an empty text."""
    try:
        with tempfile.TemporaryDirectory(prefix="labkit-kernel-") as sockets:
            papermill.execute_notebook(
                path,
                output,
                parameters=dict(parameters or {}),
                engine_name=ENGINE,
                progress_bar=False,
                cwd=path.parent,
                execution_timeout=int(cell_seconds),
                start_timeout=KERNEL_SECONDS,
                config=kernels(Path(sockets)),
            )
    except PapermillExecutionError as raised:
        return f"cell {raised.exec_count} raised {raised.ename}: {raised.evalue}"
    except CellTimeoutError:
        return f"a cell was not done in {cell_seconds:g} s"
    except DeadKernelError:
        return "the kernel died"
    return ""


def finished(path: Path, output: Path, seconds: float, error: str) -> Run:
    """The run that left `output` behind, with a link to the cell that stopped it on top."""
    if not output.is_file():
        return Run(path.stem, output, seconds, error=error or "nothing was executed")
    try:
        notebook = nbformat.read(output, as_version=4)
    except NotJSONError:  # it was ended while it was saved
        cut_off = f"{output.name} is cut off"
        return Run(path.stem, output, seconds, error=f"{error}; {cut_off}" if error else cut_off)
    if error and _link_to_broken_cell(notebook, error):
        nbformat.write(notebook, output)
    return Run(path.stem, output, seconds, tuple(checks(notebook)), error)


def checks(notebook: NotebookNode) -> Iterator[CheckResult]:
    """The results of all checks in an executed notebook, in order."""
    for cell in notebook.cells:
        yield from results_of(cell)


def results_of(cell: NotebookNode) -> Iterator[CheckResult]:
    """The results of the checks in an executed cell, in order."""
    for shown in cell.get("outputs", ()):
        if MIME in shown.get("data", {}):
            yield from_data(shown["data"][MIME])


def require(path: Path, parameters: Mapping[str, Any]) -> None:
    """Raise `NotebookError` for what is no notebook, and for a parameter that it does not have."""
    if not path.is_file():
        known = ", ".join(each.name for each in workbook.paths())
        raise NotebookError(f"There is no notebook {path}. The workbook has: {known}.")
    try:
        # Halves of characters can be read, but neither run nor saved.
        nbformat.writes(nbformat.read(path, as_version=4)).encode()
    except Exception as error:  # nbformat raises what its JSON and schema libraries raise
        raise NotebookError(f"{path} is not a notebook: {str(error).splitlines()[0]}") from None
    # papermill itself would run on with only a warning
    known_parameters = papermill.inspect_notebook(str(path))
    if unknown := sorted(set(parameters) - set(known_parameters)):
        raise NotebookError(
            f"{path.name} has no parameter {', '.join(unknown)}. "
            f"It has: {', '.join(sorted(known_parameters)) or 'none'}."
        )


def kernels(sockets: Path) -> Config:
    """How kernels are ended and reached: by sockets in a folder, where the platform has them.

    TCP ports can clash, and other users of the machine could listen in.
    """
    settings: dict[str, dict[str, Any]] = {
        "NotebookClient": {"kernel_manager_class": KernelManager}
    }
    if os.name == "posix":
        settings["KernelManager"] = {"transport": "ipc", "ip": str(sockets / "kernel")}
    return Config(settings)


def _link_to_broken_cell(notebook: NotebookNode, error: str) -> bool:
    # papermill does so for a cell that raises, but not for one that a time-out has ended
    if any(ERROR_MARKER_TAG in cell.metadata.get("tags", ()) for cell in notebook.cells):
        return False
    begun = [
        index
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.metadata.get("papermill", {}).get("start_time")
    ]
    if not begun:
        return False
    for index, text in (
        (begun[-1], f'<span id="papermill-error-cell">The next cell: {html.escape(error)}</span>'),
        (0, f'<a href="#papermill-error-cell">Stopped: {html.escape(error)}</a>'),
    ):
        marker = nbformat.v4.new_markdown_cell(text)
        marker.metadata["tags"] = [ERROR_MARKER_TAG]
        notebook.cells.insert(index, marker)
    return True
