"""The desk: answers go in at its counter, the judge's results come out and are on record."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from labkit.course import desk
from labkit.course.exercise import pack
from labkit.course.exercises import EXERCISES
from labkit.course.grading import counter as counters
from labkit.course.grading.counter import Counter
from labkit.course.result import CheckResult, Status
from labkit.errors import GradingError

SECONDS = 60.0


@pytest.fixture
def counter(cloud: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """An open counter, to which this process's checks go."""
    monkeypatch.setenv(desk.VARIABLE, str(tmp_path / "desk"))
    opened = Counter(tmp_path / "desk", cloud, "s01", seconds=SECONDS)
    yield opened
    opened.close()


def test_answers_are_judged_elsewhere(counter: Counter):
    """A check shows what the judge says, for the student's own names, and that is on record."""
    counter.expect("q2_1")
    shown = EXERCISES["q2_1"](None, "https://nowhere")
    assert shown.status is Status.WRONG
    assert "'practice-returns-s01'" in shown.message
    assert counter.record == shown


def test_blank_and_strange_answers(counter: Counter):
    """The judge tells them as the check in class does."""
    check = EXERCISES["q2_1"]
    assert check(None, ...).status is Status.NOT_ATTEMPTED
    assert check(None, object()) == check.judge(None, object())


def test_only_the_exercise_that_is_checked_is_on_record(counter: Counter):
    """A check that a student calls at another time is answered, and counts for nothing."""
    counter.expect("")
    assert EXERCISES["q2_1"](None, "x").status is Status.WRONG
    counter.expect("q2_2")
    assert EXERCISES["q2_1"](None, "x").status is Status.WRONG
    assert counter.record is None


def test_one_request_gets_one_answer(counter: Counter, tmp_path: Path):
    """A request that goes over several lines, one of which is another exercise's, asks for one."""
    inner = json.dumps({"exercise": "q2_1", "answers": [pack("x")]})
    request = f'{{"exercise": "q2_2", "answers": [{{"value": "y"}}], "more":\n{inner}\n}}\n'
    counter.expect("q2_2")
    with socket.socket(socket.AF_UNIX) as kernel:
        kernel.connect(str(tmp_path / "desk"))
        kernel.sendall(request.encode())
        with kernel.makefile("rb") as answer:
            assert json.loads(answer.readline())["check"] == "q2_2"
    for exercise in ("q2_2", "q2_1"):  # an answer too many would be taken for that of the next
        counter.expect(exercise)
        EXERCISES[exercise](None, ...)
        assert counter.record is not None
        assert (counter.record.check, counter.record.status) == (exercise, Status.NOT_ATTEMPTED)


def test_a_result_of_another_exercise_is_not_on_record(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
):
    """Whatever a judge says, an exercise is paid for by its own result alone."""
    other = CheckResult("q2_1", Status.PASSED, "Fine.", points=1)
    monkeypatch.setattr(counter, "_ask", lambda *_: other)
    counter.expect("q2_2")
    assert EXERCISES["q2_2"](None, "x") == other
    assert counter.record is None


@pytest.mark.parametrize(
    "request_line",
    [b"no JSON\n", b"[1]\n", b'{"exercise": "q2_1"}\n', b'{"exercise": "q9_9", "answers": []}\n'],
)
def test_what_is_no_answer_disturbs_nobody(counter: Counter, tmp_path: Path, request_line: bytes):
    """Whatever comes in, the next check is answered."""
    with socket.socket(socket.AF_UNIX) as kernel:
        kernel.connect(str(tmp_path / "desk"))
        kernel.sendall(request_line)
        with kernel.makefile("rb") as answer:
            said = answer.readline()
    assert not said or json.loads(said)["status"] == "wrong"
    assert EXERCISES["q2_1"](None, ...).status is Status.NOT_ATTEMPTED


def test_who_says_nothing_is_not_waited_for(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A connection that is only held is closed, and the next one served."""
    monkeypatch.setattr(counters, "PATIENCE", 0.2)
    with socket.socket(socket.AF_UNIX) as kernel:
        kernel.connect(str(tmp_path / "desk"))
        assert EXERCISES["q2_1"](None, ...).status is Status.NOT_ATTEMPTED


def test_an_answer_of_many_megabytes(counter: Counter):
    """It does not leave the notebook."""
    with pytest.raises(GradingError, match="longer than 1024 KB"):
        desk.ask("q2_1", [pack("x" * 2**21)])


def test_a_check_that_never_ends(cloud: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its time is over, it is told so, and a new judge takes the next answer."""
    monkeypatch.setenv(desk.VARIABLE, str(tmp_path / "desk"))
    counter = Counter(tmp_path / "desk", cloud, "", seconds=0.001)  # no judge is so quick
    try:
        counter.expect("q2_1")
        assert "did not end within" in EXERCISES["q2_1"](None, "x").message
        counter._seconds = SECONDS
        assert "is not the URL" in EXERCISES["q2_1"](None, "x").message
    finally:
        counter.close()
