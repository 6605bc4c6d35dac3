"""What every exercise has in common: the blank answer, what answers may be, hints."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from labkit.course.exercise import exercise, pack, unpack
from labkit.course.exercises import EXERCISES
from labkit.course.result import CheckResult, Status


@exercise(points=3, hints=("First.", "Second."))
def q0_9(lab: Any, *answers: Any) -> str:
    """What did you answer?"""
    return repr(answers)


@pytest.mark.parametrize("answer", [..., {"a": ...}, [1, (2, ...)]])
def test_a_blank_is_not_attempted(answer: Any):
    """Who has not begun is not told to be wrong, wherever the `...` is."""
    result = q0_9(None, 1, answer)
    assert (result.status, result.points) == (Status.NOT_ATTEMPTED, 3)
    assert "check.q0_9.hint(1)" in result.hint


def test_code_in_a_result_looks_like_code():
    """In a notebook what stands between backticks is set as code; the text has the backticks."""
    result = q0_9(None, ...)
    shown = result._repr_mimebundle_()
    assert "place of <code>...</code>, run the cell" in shown["text/html"]
    assert "place of `...`, run the cell" in shown["text/plain"]
    odd = CheckResult("a<b", Status.WRONG, "Say `x < y`.", hint="One ` alone.")
    html = odd._repr_mimebundle_()["text/html"]
    assert "a&lt;b: Say <code>x &lt; y</code>.\n  Hint: One ` alone." in html


def test_no_formula_is_made_of_a_template():
    """MathJax reads what stands between two dollars; it is told to pass over checks and hints."""
    for shown in (q0_9(None, 1)._repr_mimebundle_()["text/html"], q0_9.hint(1)._repr_html_()):
        assert shown.startswith('<div class="mathjax_ignore tex2jax_ignore"')


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (3, "3"),
        (("a", 1), "['a', 1]"),
        (Decimal("2.50"), "2.5"),
        (Decimal("3"), "3"),
        (pd.Series([7]).sum(), "7"),
        (None, "None"),
        ({1}, "[1]"),
        ({"a": 1}.keys(), "['a']"),
        ({"a": 1}.values(), "[1]"),
        (pd.Series([7, 8]), "[7, 8]"),
        (pd.Series(["a", "a"]).unique(), "['a']"),
    ],
)
def test_an_answer_is_what_json_can_carry(answer: Any, seen: str):
    """Numbers of pandas and DynamoDB become numbers; tuples, sets and columns lists."""
    assert q0_9(None, answer).message == f"({seen},)"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (print, "builtin_function_or_method"),
        (b"x", "bytes"),
        ({"made": datetime(2010, 12, 1)}, "datetime"),
        ([{"code": b"x"}], "bytes"),
        ({(1, 2): 3}, "dict"),
    ],
)
def test_an_answer_of_another_kind_is_named(answer: Any, kind: str):
    """It is wrong, with the type that cannot be read, here as at a desk; nothing is raised."""
    for given in (answer, unpack(pack(answer))):
        result = q0_9(None, given)
        assert result.status is Status.WRONG
        assert result.message.endswith(f"something of type {kind}.")


def test_the_check_of_an_exercise_never_raises():
    """Without a lab, and with nonsense for an answer, every exercise says something."""
    for each in EXERCISES.values():
        assert each.judge(None, "nonsense").status is Status.WRONG


def test_hints_come_in_tiers():
    """One after the other, and after the last comes the solution."""
    assert repr(q0_9.hint()) == "Hint 1 of 2: First.\n\nhint(2) tells more."
    assert repr(q0_9.hint(2)) == "Hint 2 of 2: Second.\n\nThis is the last hint."
    assert "check.q0_9.solution()" in repr(q0_9.hint(3))


def test_every_exercise_has_a_title_points_and_three_hints():
    """The report names each by its title."""
    for each in EXERCISES.values():
        assert each.title.endswith("?")
        assert each.points >= 1
        assert len(each.hints) == 3  # as the notebooks promise
