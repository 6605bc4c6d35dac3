"""The workbook: the notebooks with their solutions, and the exercises that stand in them.

There is one source. An exercise is two cells, which nbgrader's metadata mark:

    the answer    solution, grade_id "q2_1": holds the solution between nbgrader's markers
    its check     grade, locked, grade_id "q2_1-check", with the points

    timeout = ...
    ### BEGIN SOLUTION
    timeout = 30
    ### END SOLUTION
    timeout

Without what stands between the markers the cell still runs, and the answer is `...`: not attempted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from labkit.errors import NotebookError
from labkit.shipped import NOTEBOOKS

GLOSSARY = NOTEBOOKS / "glossary.md"  # beside the notebooks, which link to it

# https://nbgrader.readthedocs.io/en/stable/user_guide/creating_and_grading_assignments.html
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
BLANK = "# Your answer here."
CHECK_SUFFIX = "-check"

_REGION = re.compile(rf"^([ \t]*){BEGIN}[ \t]*\n(.*?)^[ \t]*{END}[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class ExerciseCells:
    """Where an exercise stands in a notebook: the indexes of its two cells, and its points."""

    id: str
    answer: int
    check: int
    points: int


def paths() -> list[Path]:
    """The notebooks of the course, in their order.

    Raises `NotebookError` where there are none, as in a place where their solutions are hidden.
    """
    found = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
    if not found:
        raise NotebookError("The workbook with its solutions is not here.")
    return found


def exercises(notebook: NotebookNode) -> list[ExerciseCells]:
    """The exercises of a notebook, in their order.

    Raises `NotebookError` for an answer without its check, and the other way round.
    """
    answers = dict(_graded(notebook, "solution"))
    checks = dict(_graded(notebook, "grade"))
    wanted = {f"{name}{CHECK_SUFFIX}" for name in answers}
    if odd := sorted(wanted ^ set(checks)):
        raise NotebookError(f"These answers and checks do not belong together: {', '.join(odd)}.")
    return [
        ExerciseCells(
            name,
            index,
            checks[name + CHECK_SUFFIX],
            notebook.cells[checks[name + CHECK_SUFFIX]].metadata["nbgrader"]["points"],
        )
        for name, index in answers.items()
    ]


def replace_solution(source: str, code: str) -> str:
    """The source of an answer cell with other code in the place of its solution.

    >>> replace_solution("x = ...\\n### BEGIN SOLUTION\\nx = 1\\n### END SOLUTION\\nx", "x = 2")
    'x = ...\\nx = 2\\nx'
    """
    return _REGION.sub(lambda found: _indent(code, found[1]), source)


def blank(source: str) -> str:
    """The source of an answer cell as the student gets it.

    >>> print(blank("x = ...\\n### BEGIN SOLUTION\\nx = 1\\n### END SOLUTION\\nx"))
    x = ...
    # Your answer here.
    x
    """
    return replace_solution(source, BLANK)


def solution(exercise_id: str) -> str:
    """The code between the markers of an exercise, as the workbook holds it.

    Raises `NotebookError` where there is no such exercise, or no workbook.
    """
    for path in paths():
        for answer in _read(path):
            if answer[0] == exercise_id:
                return answer[1]
    raise NotebookError(f"There is no exercise {exercise_id} in the workbook.")


@cache
def _read(path: Path) -> tuple[tuple[str, str], ...]:
    notebook = nbformat.read(path, as_version=4)
    found = []
    for cells in exercises(notebook):
        region = _REGION.search(notebook.cells[cells.answer].source)
        if region is None:
            raise NotebookError(f"{path.name}: {cells.id} has no solution between the markers.")
        found.append((cells.id, region[2].rstrip("\n")))
    return tuple(found)


def _graded(notebook: NotebookNode, role: str) -> Iterator[tuple[str, int]]:
    for index, cell in enumerate(notebook.cells):
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and marks.get(role):
            yield marks["grade_id"], index


def _indent(code: str, by: str) -> str:
    return "\n".join(by + line if line.strip() else line for line in code.splitlines())
