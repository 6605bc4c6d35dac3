"""A class, or a shard of it, from the folder of submissions to the table and the pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from tqdm import tqdm

from labkit.course.grading import classbook, course, feedback, submissions
from labkit.course.grading.classbook import ClassBook
from labkit.course.grading.grade import INTERRUPTED, Grader
from labkit.course.grading.limits import Limits
from labkit.course.grading.marks import Report
from labkit.errors import GradingError


def grade(
    folder: Path,
    *,
    limits: Limits,
    jobs: int | None = None,
    shard: tuple[int, int] = (1, 1),
    sandboxed: bool = True,
    student_ids: bool = True,
    say: Callable[[str], None] = print,
) -> ClassBook:
    """Grade the submissions in a folder, `jobs` at a time (the machine's cores by default).

    `say` gets one line for each that is finished; interrupted, the book names those that are not.
    Raises `GradingError` when there is nothing to grade, or no sandbox to grade in.

        grade(Path("submissions"), limits=Limits(cell_seconds=60), jobs=4)
    """
    assignments = course.load()
    found = submissions.find(folder, assignments, student_ids=student_ids)
    for name in submissions.strays(folder):
        say(f"{name} is in no student's folder; it was left out.")
    part = submissions.shard(found, *shard)
    tasks = tuple(task for assignment in assignments for task in assignment.tasks)
    possible = sum(task.points for task in tasks)
    reports: dict[str, Report] = {}
    grader = Grader(assignments, limits, sandboxed)
    with tqdm(total=len(part), unit="submission", desc="grade") as progress:
        try:
            for report in grader.grade(part, jobs=jobs or os.cpu_count() or 1):
                reports[report.student] = report
                with progress.external_write_mode():
                    say(classbook.line(report, possible))
                progress.update()
        except KeyboardInterrupt:  # what is done counts
            for each in part:
                reports.setdefault(each.student, grader.not_graded(each, INTERRUPTED))
    found = tuple(sorted(reports.values(), key=lambda report: report.student))
    return ClassBook(course.release(), tasks, found, (shard,))


def merge(folders: Sequence[Path]) -> ClassBook:
    """One book of the shards whose pages are in these folders.

    Raises `GradingError` where they do not make a class.
    """
    return classbook.merge([classbook.load(folder) for folder in folders])


def publish(book: ClassBook, *, csv_file: Path, html: Path) -> None:
    """Write the book, the table, and the pages beside the book.

    Raises `GradingError` where one of them cannot be written; what was written before is there.
    """
    try:
        classbook.save(book, html)
        csv_file.parent.mkdir(parents=True, exist_ok=True)
        csv_file.write_text(classbook.to_csv(book), encoding="utf-8")
        feedback.write(book, html)
    except OSError as error:
        raise GradingError(f"{error.filename} cannot be written ({error.strerror}).") from None
