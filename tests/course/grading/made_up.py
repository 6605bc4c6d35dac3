"""A class that was graded on paper."""

from __future__ import annotations

from labkit.course.grading.classbook import ClassBook
from labkit.course.grading.course import Task
from labkit.course.grading.marks import Mark, Report, Verdict

TASKS = (
    Task("q2_1", "02_queue", "2. The queue", "How long?", 1),
    Task("q2_2", "02_queue", "2. The queue", "Where to?", 2),
)


def report(student: str, *verdicts: Verdict, message: str = "", **more: tuple[str, ...]) -> Report:
    """The report of a student, with a verdict for each task."""
    marks = tuple(
        Mark(
            task.id,
            task.points if verdict is Verdict.PASSED else 0,
            verdict,
            message or f"It was {verdict}.",
            "" if verdict is Verdict.PASSED else "Look at `Attributes`.",
        )
        for task, verdict in zip(TASKS, verdicts, strict=True)
    )
    return Report(student, marks, **more)


def book(*reports: Report, shard: tuple[int, int] = (1, 1)) -> ClassBook:
    """The book of a class."""
    return ClassBook("0.1.0", TASKS, reports, (shard,))
