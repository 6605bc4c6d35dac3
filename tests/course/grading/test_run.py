"""What a session says is taken for as long as it says something."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from pathlib import Path

import pytest

from labkit.course.grading import course, run, sandbox
from labkit.course.grading.kernel import Ran
from labkit.course.grading.limits import Limits
from labkit.course.grading.marks import Verdict, marks
from labkit.course.grading.run import Outcome, read_outcome
from labkit.course.grading.session import outcome
from labkit.course.printable import printable
from labkit.course.result import CheckResult, Status

JUDGED = {"exercise": "q2_1", "result": None, "lost": "So it was.", "troubles": []}


def test_what_was_judged_counts_when_the_session_is_ended():
    """A session that had to be killed, in the middle of a line, keeps what it had said before."""
    said = f'{json.dumps(JUDGED)}\n{{"exercise": "q2_'
    assert read_outcome(said, ended="it was late") == Outcome((JUDGED,), "it was late")


@pytest.mark.parametrize("interrupted", [True, False])
def test_a_session_ends_with_all_that_it_has_started(
    interrupted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What outlives the first of its processes would hold the pipe, and with it the grader."""
    said = json.dumps(JUDGED)
    command = ["sh", "-c", f"echo '{said}'; sleep 600; true"]
    monkeypatch.setattr(sandbox, "session", lambda *_, **__: command)
    monkeypatch.setattr(run, "GLANCE", 0.1)
    monkeypatch.setattr(run, "GRACE", 600 if interrupted else -0.8)
    stopped = threading.Event()
    timer = threading.Timer(0.2, stopped.set)
    if interrupted:
        timer.start()
    limits = Limits(notebook_seconds=1)
    found = run.run(
        (), student_id="", files=tmp_path, limits=limits, sandboxed=True, stopped=stopped
    )
    assert found == Outcome((JUDGED,), "it ran longer than 1 s")


def test_a_session_that_fails_is_the_graders_own():
    """Its last word is told to the instructor."""
    outcome = read_outcome("", log="Traceback ...\nOSError: no room\n")
    assert outcome.failure == "The session failed: OSError: no room"


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\ud800b", "a\x00b", "a\x9bb"])
def test_what_students_write_breaks_nothing(text: str):
    """Escape sequences and what is no text are replaced; lines and letters stay."""
    found = printable({"message": [text]})["message"][0]
    assert found.isprintable() and found.startswith("a?")
    assert printable("Grüße, 学生\n✓") == "Grüße, 学生\n✓"


def test_a_session_reports_an_exercise_by_its_own_result():
    """The record of another exercise is none, so the exercise is lost."""
    other = CheckResult("q2_1", Status.PASSED, "Fine.", points=1)
    found = outcome("q2_2", Ran(shown=[asdict(other)]), other)
    assert found["result"] is None and "did not reach the grader" in found["lost"]
    assert outcome("q2_1", Ran(shown=[asdict(other)]), other)["result"] == asdict(other)


def test_what_was_not_reached_says_why():
    """Each exercise without an outcome has the reason for which the notebook ended."""
    assignment = next(each for each in course.load() if each.name == "02_queue")
    found = marks(assignment, [JUDGED], lost={}, ended="it was late")
    assert found[0].verdict is Verdict.LOST
    assert {mark.verdict for mark in found[1:]} == {Verdict.NOT_REACHED}
    assert all("it was late" in mark.message for mark in found[1:])
