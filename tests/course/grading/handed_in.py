"""Notebooks as students hand them in: 02 or another one, answered in one way or another."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from labkit.course import workbook
from labkit.course.release import student_version
from labkit.course.workbook import BLANK, CHECK_SUFFIX

NAME = "02_queue"


START = "00_start_here"
# What is only looked at takes time and changes nothing.
LOOKED_AT = {
    NAME: ("show.", "lab.close"),
    START: ("show.", "with show.", "seen", "mails", "calls", "lab.", "from labkit.pipe"),
}
SENT = "check.first_order(lab)"  # asks for what those cells have sent


@cache
def _source(name: str) -> NotebookNode:
    path = next(path for path in workbook.paths() if path.stem == name)
    notebook = student_version(nbformat.read(path, as_version=4))
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and not cell.source.startswith(LOOKED_AT[name])
    ]
    for cell in notebook.cells:
        cell.source = cell.source.removesuffix(SENT)
    return notebook


def blank(name: str = NAME) -> NotebookNode:
    """The notebook as it is handed out."""
    return copy.deepcopy(_source(name))


def answered(name: str = NAME, /, **answers: str) -> NotebookNode:
    """The notebook with right answers; `answers` are other code, by the exercise.

    In other code, SOLUTION stands for the right one.
    """
    notebook = blank(name)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            right = workbook.solution(marks["grade_id"])
            code = answers.get(marks["grade_id"], right).replace("SOLUTION", right)
            cell.source = cell.source.replace(BLANK, code)
    return notebook


def check_cell(notebook: NotebookNode, exercise: str) -> NotebookNode:
    """The check cell of an exercise."""
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise + CHECK_SUFFIX
    )


def hand_in(
    notebook: NotebookNode,
    folder: Path,
    *,
    name: str = f"{NAME}.ipynb",
    student_id: str | None = None,
) -> Path:
    """Put a notebook into a folder; return the file.

    It was worked on with a `student_id` that is the folder's name by default.
    """
    student_id = folder.name if student_id is None else student_id
    folder.mkdir(parents=True, exist_ok=True)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source = cell.source.replace('student_id = ""', f'student_id = "{student_id}"')
    nbformat.write(notebook, folder / name)
    return folder / name
