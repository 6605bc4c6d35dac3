"""Submissions that are graded at the same time have processors of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from labkit.course.grading import processors
from labkit.course.grading.grade import Grader
from labkit.course.grading.limits import Limits
from labkit.course.grading.marks import Report
from labkit.course.grading.submissions import Submission

SHOW = [sys.executable, "-c", "import os; print(*os.sched_getaffinity(0))"]


@pytest.mark.parametrize(
    ("there", "count", "shares"),
    [
        ({0, 1, 2, 3}, 2, [{0, 2}, {1, 3}]),
        ({0, 1, 2}, 2, [{0, 2}, {1}]),
        ({4, 5}, 1, [{4, 5}]),
        ({4, 5}, 3, [{4}, {5}, {4}]),
    ],
)
def test_processors_are_shared_out(
    monkeypatch: pytest.MonkeyPatch, there: set[int], count: int, shares: list[set[int]]
):
    """Each has its own as far as they go, and all are used."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: there)
    assert processors.shares(count) == shares


def test_what_a_submission_starts_keeps_to_its_own(monkeypatch: pytest.MonkeyPatch):
    """Two at once run on the shares of two; the grader itself goes on with all processors."""
    both = threading.Barrier(2)

    def grade_one(self: Grader, submission: Submission) -> Report:
        both.wait(30)
        said = subprocess.run(SHOW, capture_output=True, text=True, check=True).stdout
        return Report(submission.student, (), (said.strip(),))

    monkeypatch.setattr(Grader, "grade_one", grade_one)
    before = os.sched_getaffinity(0)
    class_ = [Submission(name, "", {}) for name in ("s01", "s02")]
    grader = Grader((), Limits(), sandboxed=False)
    found = [set(map(int, each.notes[0].split())) for each in grader.grade(class_, jobs=8)]
    assert sorted(map(sorted, found)) == sorted(map(sorted, processors.shares(2)))
    assert os.sched_getaffinity(0) == before
