"""What instructors run headless: parameters, and the workbook twice in a row on one cloud."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import nbformat
import pytest

import labkit
from labkit import pipeline
from labkit.course import report, workbook
from labkit.course.validation import Plan, passed_all, validate

STUDENT = "s01"


@pytest.mark.parametrize("path", workbook.paths(), ids=lambda path: path.stem)
def test_notebook_takes_target_and_student_as_parameters(path: Path):
    """Instructors point a notebook elsewhere with `-p target ...`."""
    cells = nbformat.read(path, as_version=4).cells
    [parameters] = [cell for cell in cells if "parameters" in cell.metadata.get("tags", ())]
    assert parameters.source.splitlines() == ['target = "local"', 'student_id = ""']


def state(cloud: str) -> dict[str, int]:
    """How many resources of each kind of each service the cloud holds, what is empty left out."""
    with urllib.request.urlopen(f"{cloud}/moto-api/data.json") as answer:
        data = json.load(answer)
    return {
        f"{service}.{kind}": len(found)
        for service, kinds in data.items()
        for kind, found in kinds.items()
        if found
    }


@pytest.mark.timeout(400)
def test_solve_check_and_clean_up_twice_on_one_cloud(cloud: str, tmp_path: Path):
    """With a student's names the whole workbook passes, and leaves nothing behind; and again."""
    plan = Plan(tmp_path, {"target": cloud, "student_id": STUDENT}, jobs=1)
    before = state(cloud)
    for _ in range(2):
        runs = validate([], plan)
        assert passed_all(runs), report.advice(runs)
        assert all(run.passed for run in runs)
        with labkit.connect(cloud, student_id=STUDENT) as lab:
            assert not len(pipeline.remaining(lab))
        assert state(cloud) == before
