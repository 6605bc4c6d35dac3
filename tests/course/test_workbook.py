"""Exercises as they stand in the notebooks, and the blanks that students get."""

from __future__ import annotations

import nbformat
import pytest

from labkit.course import workbook
from labkit.course.exercises import EXERCISES
from labkit.errors import NotebookError

SOURCE = "x = ...\nif True:\n    ### BEGIN SOLUTION\n    x = 1\n    ### END SOLUTION\nx"


def read_all() -> list[nbformat.NotebookNode]:
    """The notebooks of the course."""
    return [nbformat.read(path, as_version=4) for path in workbook.paths()]


def test_the_notebooks_and_the_checks_have_the_same_exercises():
    """Each exercise stands in the notebook of its number, in order, with its check's points."""
    found = {}
    for number, notebook in enumerate(read_all()):
        cells = workbook.exercises(notebook)
        wanted = [f"q{number}_{index}" for index in range(1, len(cells) + 1)]
        assert [each.id for each in cells] == wanted
        found |= {each.id: each.points for each in cells}
        for each in cells:
            assert each.check == each.answer + 1
            assert notebook.cells[each.check].source.startswith(f"check.{each.id}(lab, ")
    assert found == {name: exercise.points for name, exercise in EXERCISES.items()}


def test_every_answer_begins_blank_and_ends_with_its_value():
    """Without the solution the answer is `...`, and the cell shows it."""
    for notebook in read_all():
        for cells in workbook.exercises(notebook):
            lines = workbook.blank(notebook.cells[cells.answer].source).splitlines()
            name = lines[0].removesuffix(" = ...")
            assert lines == [f"{name} = ...", workbook.BLANK, name]


def test_what_stands_between_the_markers_is_replaced():
    """Indentation stays; what is around the markers too."""
    assert workbook.blank(SOURCE) == "x = ...\nif True:\n    # Your answer here.\nx"
    assert workbook.replace_solution(SOURCE, "x = 2\n\ny = 3") == (
        "x = ...\nif True:\n    x = 2\n\n    y = 3\nx"
    )


def test_every_solution_can_be_shown():
    """`solution()` and the hints show code and words of the course itself."""
    for name, exercise in EXERCISES.items():
        assert workbook.solution(name) in repr(exercise.solution())
        assert repr(exercise.hint(1)).startswith(f"Hint 1 of {len(exercise.hints)}: ")
        assert "has hints 1 to" in repr(exercise.hint(len(exercise.hints) + 1))


def test_an_unknown_exercise_is_named():
    """There is no solution of what is no exercise."""
    with pytest.raises(NotebookError, match="no exercise q99_1"):
        workbook.solution("q99_1")


def test_an_answer_without_its_check_is_refused():
    """The two cells of an exercise belong together."""
    cell = nbformat.v4.new_code_cell(SOURCE)
    cell.metadata["nbgrader"] = {"solution": True, "grade": False, "grade_id": "q9_1"}
    with pytest.raises(NotebookError, match="q9_1-check"):
        workbook.exercises(nbformat.v4.new_notebook(cells=[cell]))
