"""What happens to a student's orders in the exercises of notebook 05."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from labkit.course import changes
from labkit.course.exercises.stream import q5_2
from labkit.course.result import Status
from labkit.lab import Lab
from labkit.names import Names

STUDENTS = ["", *(f"s{number:02}" for number in range(1, 30))]


@pytest.mark.parametrize("student", STUDENTS)
def test_a_day_has_every_kind_of_change_on_four_pages(student: str):
    """Twenty changes: with five records a page there are four pages, and each event occurs."""
    day = changes.day(student)
    assert Counter(change.event for change in day) == {"INSERT": 12, "MODIFY": 4, "REMOVE": 4}
    new = {change.order_id for change in day if change.event == "INSERT"}
    assert {change.order_id for change in day} == new


@pytest.mark.parametrize("student", STUDENTS)
def test_the_answers_of_a_day_can_be_told_apart(student: str, lab_of):
    """For every student the right sum passes, and no mistake happens to give the same."""
    day = changes.day(student)
    new = [change.total for change in day if change.event == "INSERT"]
    written = [change.total for change in day if change.event != "REMOVE"]
    lab = lab_of(student)
    assert q5_2.judge(lab, str(sum(new))).status is Status.PASSED
    assert "only changed" in q5_2.judge(lab, sum(written)).message
    assert "before the end" in q5_2.judge(lab, sum(new[:5])).message
    assert "before the end" in q5_2.judge(lab, sum(written[:10])).message


@pytest.mark.parametrize("student", STUDENTS)
def test_some_actions_change_nothing(student: str):
    """The same is put twice, what is gone is deleted again, and packed after that."""
    actions = changes.actions(student)
    pairs = set(pairwise(actions))
    assert actions[0] == "put"
    assert {("put", "put"), ("delete", "delete"), ("delete", "pack")} <= pairs


@pytest.fixture
def lab_of():
    """A lab of a student's, which needs no cloud."""
    return lambda student: Lab(None, "local", None, "us-east-1", Names.of(student), student)
