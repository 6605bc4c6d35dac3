"""An exercise: a question in a notebook, the check of its answer, hints and the solution.

    check.q2_1(lab, answer)    # one line: passed, wrong (and why), or not attempted
    check.q2_1.hint(1)         # a first hint; the next ones tell more
    check.q2_1.solution()      # one way to do it, from the workbook itself

An answer is a value that JSON can carry: a number, a text, a list, a dictionary; code and policies
are text and dictionaries as well. So it can be checked by another process than the student's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Set, ValuesView
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from labkit.course import desk, progress
from labkit.course.judgement import Mistake, judge
from labkit.course.result import CheckResult, Status
from labkit.course.text import Listing, Text
from labkit.errors import CheckFailed, NotebookError
from labkit.lab import Lab

Examination = Callable[..., str]

# nbgrader sets it while it grades or validates; it takes a cell that raises nothing for right.
NBGRADER = "NBGRADER_EXECUTION"


@dataclass(frozen=True)
class Exercise:
    """One exercise; `id` is the name by which the notebook calls it, `q` notebook `_` number.

    `examine(lab, *answers)` returns what it found in order, or raises `Mistake`.
    """

    id: str
    title: str
    points: int
    hints: tuple[str, ...]
    examine: Examination

    def __call__(self, lab: Lab, *answers: Any) -> CheckResult:
        if desk.is_open():
            return desk.ask(self.id, [pack(answer) for answer in answers])
        result = self.judge(lab, *answers)
        progress.record(result)
        if not result and NBGRADER in os.environ:
            raise CheckFailed(repr(result))
        return result

    def judge(self, lab: Lab, *answers: Any) -> CheckResult:
        """Check the answers, and write nothing down."""
        if any(map(_is_blank, answers)):
            message = "Not attempted yet. Put your answer in the place of `...`, run the cell, "
            return CheckResult(
                self.id,
                Status.NOT_ATTEMPTED,
                f"{message}then check again.",
                f"`check.{self.id}.hint(1)` helps you to begin.",
                self.points,
            )
        return judge(
            self.id,
            lambda: self.examine(lab, *(_readable(answer) for answer in answers)),
            points=self.points,
        )

    def hint(self, number: int = 1) -> Text:
        """Hint `number`, counted from 1; the later ones tell more."""
        if not 1 <= number <= len(self.hints):
            return Text(
                f"{self.id} has hints 1 to {len(self.hints)}. "
                f"To see how it can be done: check.{self.id}.solution()"
            )
        more = number < len(self.hints)
        rest = f"hint({number + 1}) tells more." if more else "This is the last hint."
        return Text(f"Hint {number} of {len(self.hints)}: {self.hints[number - 1]}\n\n{rest}")

    def solution(self) -> Listing | Text:
        """One way to solve it: the code that the workbook holds between its markers."""
        from labkit.course import workbook  # here, because reading notebooks takes long to import

        try:
            return Listing(workbook.solution(self.id))
        except NotebookError as error:
            return Text(str(error))


def exercise(*, points: int = 1, hints: tuple[str, ...]) -> Callable[[Examination], Exercise]:
    """Make an exercise of a function `qN_M(lab, answer)`; its docstring's first line is the title.

    >>> @exercise(points=2, hints=("Twice two.",))
    ... def q0_9(lab, answer):
    ...     'What is two and two?'
    ...     if answer != 4:
    ...         raise Mistake(f"{answer} is not the sum.")
    ...     return "Four."
    >>> q0_9(None, ...).status, q0_9(None, 5), q0_9(None, 4)
    (<Status.NOT_ATTEMPTED: 'not attempted'>, ✗ q0_9: 5 is not the sum., ✓ q0_9: Four.)
    >>> q0_9.hint(1)
    Hint 1 of 1: Twice two.
    <BLANKLINE>
    This is the last hint.
    """

    def decorate(examine: Examination) -> Exercise:
        title = (examine.__doc__ or "").strip().partition("\n")[0]
        return Exercise(examine.__name__, title, points, hints, examine)

    return decorate


def pack(answer: Any) -> dict[str, Any]:
    """An answer as JSON can carry it to another process, the blank one and what it cannot included.

    >>> pack(4), pack(...), pack(object())
    ({'value': 4}, {'blank': True}, {'type': 'object'})
    """
    if _is_blank(answer):
        return {"blank": True}
    try:
        return {"value": _plain(answer)}
    except _OfAnotherKind as other:
        return {"type": str(other)}


def unpack(packed: dict[str, Any]) -> Any:
    """An answer that `judge` takes as it would have taken the packed one.

    >>> unpack(pack(4)), unpack(pack(...)), type(unpack(pack(object()))).__name__
    (4, Ellipsis, 'object')
    """
    if packed.get("blank"):
        return ...
    if "type" in packed:
        return type(str(packed["type"]), (), {})()
    return packed["value"]


def _is_blank(answer: Any) -> bool:
    if isinstance(answer, dict):
        return any(map(_is_blank, answer.values()))
    if isinstance(answer, list | tuple):
        return any(map(_is_blank, answer))
    return answer is Ellipsis


class _OfAnotherKind(Exception):
    """The name of a type that JSON cannot carry."""


def _readable(answer: Any) -> Any:
    try:
        return _plain(answer)
    except _OfAnotherKind as other:
        raise Mistake(
            f"Your answer is, or holds, something of type {other}.",
            "Numbers, texts, lists and dictionaries are read, as the question says.",
        ) from None


def _plain(answer: Any) -> Any:
    try:
        return json.loads(json.dumps(answer, default=_of_another_library))
    except (TypeError, ValueError):  # such as a key that is no text
        raise _OfAnotherKind(type(answer).__name__) from None


def _of_another_library(value: Any) -> Any:
    if isinstance(value, Decimal):  # as DynamoDB's numbers are
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Set | ValuesView):  # the keys of a dictionary are a Set as well
        return list(value)
    if hasattr(value, "tolist"):  # one number, or many, of NumPy and pandas
        return value.tolist()
    raise _OfAnotherKind(type(value).__name__)
