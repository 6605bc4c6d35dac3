"""What instructors run headless: every notebook takes its target and a student as parameters."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from labkit.course import report, workbook
from labkit.course.validation import Plan, passed_all, validate


@pytest.mark.parametrize("path", workbook.paths(), ids=lambda path: path.stem)
def test_notebook_takes_target_and_student_as_parameters(path: Path):
    """Instructors point a notebook elsewhere with `-p target ...`."""
    cells = nbformat.read(path, as_version=4).cells
    [parameters] = [cell for cell in cells if "parameters" in cell.metadata.get("tags", ())]
    assert parameters.source.splitlines() == ['target = "local"', 'student_id = ""']


def test_the_whole_workbook_validates_for_a_student(tmp_path: Path):
    """With names and orders of a student's own every cell runs, and every check passes."""
    runs = validate([], Plan(tmp_path, {"student_id": "s01"}))
    assert passed_all(runs), report.advice(runs)
    assert all(run.passed for run in runs)
