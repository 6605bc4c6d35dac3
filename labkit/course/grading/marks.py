"""The marks of one student: points of each exercise, and for each loss its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from labkit.course.grading.course import Assignment, Task
from labkit.course.result import CheckResult, Status


class Verdict(StrEnum):
    """How an exercise went; LOST was answered, but its points do not count."""

    PASSED = "passed"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not attempted"
    LOST = "lost"
    NOT_REACHED = "not reached"
    NOT_HANDED_IN = "not handed in"
    NOT_GRADED = "not graded"


VERDICTS = {
    Status.PASSED: Verdict.PASSED,
    Status.WRONG: Verdict.WRONG,
    Status.NOT_ATTEMPTED: Verdict.NOT_ATTEMPTED,
}


@dataclass(frozen=True)
class Mark:
    """The mark of one exercise; `earned` of its points, with what was said to the student."""

    exercise: str
    earned: int
    verdict: Verdict
    message: str = ""
    hint: str = ""
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """A graded submission. `failures` are what an instructor has to look at."""

    student: str
    marks: tuple[Mark, ...]
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def earned(self) -> int:
        """The points of all exercises."""
        return sum(mark.earned for mark in self.marks)

    def mark(self, exercise: str) -> Mark:
        """The mark of an exercise."""
        return next(mark for mark in self.marks if mark.exercise == exercise)


def marks(
    assignment: Assignment,
    outcomes: Iterable[dict[str, Any]],
    *,
    lost: dict[str, str],
    ended: str,
) -> list[Mark]:
    """The marks for what a session has said; `lost` are those that the restoring took away.

    `ended` is why the notebook did not come to its end, and the fate of what it did not reach.
    """
    known = {outcome["exercise"]: outcome for outcome in outcomes}
    return [
        _mark(task, known[task.id], lost.get(task.id, ""))
        if task.id in known
        else Mark(task.id, 0, Verdict.NOT_REACHED, f"The notebook ended before its check: {ended}.")
        for task in assignment.tasks
    ]


def without(tasks: Sequence[Task], verdict: Verdict, message: str) -> list[Mark]:
    """Marks for exercises of which there is nothing to judge."""
    return [Mark(task.id, 0, verdict, message) for task in tasks]


def from_data(data: dict[str, Any]) -> Report:
    """The report that `dataclasses.asdict` has made data of."""
    found = [
        Mark(**{**mark, "verdict": Verdict(mark["verdict"]), "troubles": tuple(mark["troubles"])})
        for mark in data["marks"]
    ]
    lists = {name: tuple(data[name]) for name in ("notes", "failures")}
    return Report(**{**data, **lists, "marks": tuple(found)})


def _mark(task: Task, outcome: dict[str, Any], lost: str) -> Mark:
    reason = outcome["lost"] or lost
    troubles = tuple(outcome["troubles"])
    if outcome["result"] is None:
        return Mark(task.id, 0, Verdict.LOST, reason, troubles=troubles)
    result = CheckResult(**{**outcome["result"], "status": Status(outcome["result"]["status"])})
    if reason:
        return Mark(task.id, 0, Verdict.LOST, reason, troubles=troubles)
    return Mark(
        task.id,
        task.points if result.passed else 0,
        VERDICTS[result.status],
        result.message,
        "" if result.passed else result.hint,
        () if result.passed else troubles,
    )
