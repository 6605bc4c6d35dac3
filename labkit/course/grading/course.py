"""What is to be graded: the exercises of each notebook of the workbook, and its locked cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import nbformat

from labkit.course import workbook
from labkit.course.exercises import EXERCISES
from labkit.course.grading.submitted import Cell, Notebook, parse

CONNECT = re.compile(r"^lab = labkit\.connect\(", re.MULTILINE)


@dataclass(frozen=True)
class Task:
    """One exercise as the class's table shows it; `heading` is its notebook's."""

    id: str
    notebook: str
    heading: str
    title: str
    points: int


@dataclass(frozen=True)
class Assignment:
    """One notebook of the workbook: `name` is its file's without the ending."""

    name: str
    notebook: Notebook
    tasks: tuple[Task, ...]

    @cached_property
    def locked(self) -> tuple[Cell, ...]:
        """The cells that a student must not change: parameters, connect and the checks."""
        return tuple(cell for cell in self.notebook.cells if is_locked(cell))


def is_locked(cell: Cell) -> bool:
    """Whether a cell of the workbook is restored before grading."""
    return cell.kind == "code" and (cell.locked or is_parameters(cell) or is_connect(cell))


def is_parameters(cell: Cell) -> bool:
    """Whether papermill's parameters stand in the cell."""
    return "parameters" in cell.tags


def is_connect(cell: Cell) -> bool:
    """Whether the cell opens the notebook's lab."""
    return CONNECT.search(cell.source) is not None


def release() -> str:
    """The release of the course that this labkit grades."""
    return version("labkit")


def load(paths: Sequence[Path] = ()) -> list[Assignment]:
    """The notebooks of the workbook that have exercises, in their order."""
    assignments = []
    for path in paths or workbook.paths():
        content = nbformat.read(path, as_version=4)
        heading = _heading(content, otherwise=path.stem)
        tasks = tuple(
            Task(cells.id, path.stem, heading, EXERCISES[cells.id].title, cells.points)
            for cells in workbook.exercises(content)
        )
        if tasks:
            assignments.append(Assignment(path.stem, parse(content), tasks))
    return assignments


def _heading(notebook: nbformat.NotebookNode, *, otherwise: str) -> str:
    first = notebook.cells[0].source.partition("\n")[0]
    return first.removeprefix("# ") if first.startswith("# ") else otherwise
