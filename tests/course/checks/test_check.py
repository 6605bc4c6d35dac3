"""What every check has in common."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from labkit.course import checks
from labkit.course.checks._check import check
from labkit.course.exercises import EXERCISES
from labkit.course.judgement import Mistake
from labkit.errors import StageMissing
from labkit.lab import Lab

STAGES = [name for name in checks.__all__ if name not in EXERCISES]


@pytest.mark.parametrize("name", [name for name in STAGES if name != "first_order"])
def test_where_nothing_is_built_a_check_says_what_is_missing(lab: Lab, name: str):
    """A check of a stage that does not exist fails with a message, and does not raise."""
    result = getattr(checks, name)(lab)
    assert not result
    assert "no " in result.message or "does not exist" in result.message


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (Mistake("seen", "do"), "seen"),
        (StageMissing("Run notebook 02."), "Run notebook 02."),
        (ClientError({"Error": {"Code": "C", "Message": "M"}}, "Op"), "Op was refused with C: M"),
        (KeyError("QueueUrl"), "The check met what it cannot read: KeyError: 'QueueUrl'"),
    ],
)
def test_a_check_never_raises(raised: Exception, message: str):
    """Whatever happens inside is a failed result with a message."""

    @check("anything")
    def look(lab: Lab) -> str:
        raise raised

    result = look(None)
    assert (result.passed, result.message) == (False, message)


def test_every_check_has_a_docstring_and_an_export():
    """`check.` offers exactly the checks, each of which says what it looks at."""
    assert checks.__all__ == sorted(checks.__all__)
    assert all(getattr(checks, name).__doc__ for name in STAGES)


def test_every_exercise_is_exported():
    """`check.` offers every exercise under its id."""
    assert {name: getattr(checks, name) for name in EXERCISES} == EXERCISES
