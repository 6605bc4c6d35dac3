"""Notebooks as students hand them in: notebook 02, answered in one way or another."""

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


@cache
def _source() -> NotebookNode:
    path = next(path for path in workbook.paths() if path.stem == NAME)
    notebook = student_version(nbformat.read(path, as_version=4))
    # What is only looked at takes time and changes nothing.
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and not cell.source.startswith(("show.", "lab.close"))
    ]
    return notebook


def blank() -> NotebookNode:
    """The notebook as it is handed out."""
    return copy.deepcopy(_source())


def answered(**answers: str) -> NotebookNode:
    """The notebook with right answers; `answers` are other code, by the exercise.

    In other code, SOLUTION stands for the right one.
    """
    notebook = blank()
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


def hand_in(notebook: NotebookNode, folder: Path, *, name: str = f"{NAME}.ipynb") -> Path:
    """Put a notebook into a student's folder; return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / name)
    return folder / name
