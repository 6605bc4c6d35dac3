"""A class from its folder to its book, also when grading is interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.course.grading import whole_class
from labkit.course.grading.grade import INTERRUPTED, Grader
from labkit.course.grading.limits import Limits
from labkit.course.grading.marks import Report
from labkit.course.grading.submissions import Submission
from tests.course.grading.handed_in import blank, hand_in


def test_what_is_done_counts_when_grading_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The book has a report of everybody; who was not graded is named, and what runs is ended."""

    def grade_one(self: Grader, submission: Submission) -> Report:
        if submission.student == "s02":
            assert self.stopped.wait(30)
        return self.not_graded(submission, "graded" if submission.student == "s01" else "late")

    def interrupt(line: str) -> None:
        raise KeyboardInterrupt

    for student in ("s01", "s02", "s03"):
        hand_in(blank(), tmp_path / student)
    monkeypatch.setattr(Grader, "grade_one", grade_one)
    found = whole_class.grade(tmp_path, limits=Limits(), jobs=1, sandboxed=False, say=interrupt)
    assert [(each.student, each.failures) for each in found.reports] == [
        ("s01", ("graded",)),
        ("s02", (INTERRUPTED,)),
        ("s03", (INTERRUPTED,)),
    ]
