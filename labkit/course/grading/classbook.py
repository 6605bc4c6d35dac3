"""The class book: what a class has earned, as JSON, as CSV and as a table; shards become one.

`labkit grade` leaves `grades.json` beside its pages. A shard's book says which part of the class it
is, so that a merge can tell what is missing and what is there twice.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from tabulate import tabulate

from labkit.course.grading import marks
from labkit.course.grading.course import Task
from labkit.course.grading.marks import Report
from labkit.course.printable import one_line, printable, shorten
from labkit.errors import GradingError

FILE = "grades.json"
FORMULA = ("=", "+", "-", "@")  # how a cell begins that a spreadsheet would compute
LONGEST = 40  # characters of a name in the terminal


@dataclass(frozen=True)
class ClassBook:
    """The reports of a class, or of the shards of it that `shards` names as (number, count)."""

    release: str
    tasks: tuple[Task, ...]
    reports: tuple[Report, ...]
    shards: tuple[tuple[int, int], ...] = ((1, 1),)

    @property
    def possible(self) -> int:
        """The points of all exercises."""
        return sum(task.points for task in self.tasks)

    @property
    def failures(self) -> list[str]:
        """What could not be graded, one line each."""
        return [
            one_line(f"{_name(each)}: {failure}")
            for each in self.reports
            for failure in each.failures
        ]


def save(book: ClassBook, folder: Path) -> None:
    """Write the book into a folder of pages."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(book), indent=1, ensure_ascii=False)
    (folder / FILE).write_text(f"{text}\n", encoding="utf-8")


def load(folder: Path) -> ClassBook:
    """The book in a folder of pages.

    Raises `GradingError` where there is none.
    """
    path = folder / FILE
    try:
        data = printable(json.loads(path.read_text(encoding="utf-8")))
        return _checked(
            ClassBook(
                data["release"],
                tuple(Task(**task) for task in data["tasks"]),
                tuple(marks.from_data(report) for report in data["reports"]),
                tuple((int(number), int(count)) for number, count in data["shards"]),
            )
        )
    except (OSError, LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        said = getattr(error, "strerror", "") or f"{type(error).__name__}: {error}"
        raise GradingError(
            f"{path} is no class book ({one_line(said)}). "
            "Name the folders that `labkit grade --html` wrote."
        ) from None


def merge(books: Sequence[ClassBook]) -> ClassBook:
    """One book of several shards.

    Raises `GradingError` for shards of different courses, missing ones, and a student in two.
    """
    first = books[0]
    if any((book.release, book.tasks) != (first.release, first.tasks) for book in books):
        raise GradingError("These shards were graded by different releases of the course.")
    shards = sorted(shard for book in books for shard in book.shards)
    count = shards[0][1]
    if shards != [(number, count) for number in range(1, count + 1)]:
        names = ", ".join(f"{number}/{of}" for number, of in shards)
        raise GradingError(
            f"These are the shards {names}; a class needs 1/{count} to {count}/{count}."
        )
    reports = sorted((each for book in books for each in book.reports), key=lambda r: r.student)
    twice = {_name(a) for a, b in pairwise(reports) if a.student == b.student}
    if twice:
        raise GradingError(f"These students are in two shards: {', '.join(sorted(twice))}.")
    return ClassBook(first.release, first.tasks, tuple(reports), tuple(shards))


def to_csv(book: ClassBook) -> str:
    """One row a student: points of each exercise, their total, what is possible, and remarks."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(
        ["student", *(task.id for task in book.tasks), "total", "possible", "status", "remarks"]
    )
    for report in book.reports:
        points = [report.mark(task.id).earned for task in book.tasks]
        rows.writerow(
            [
                _text(report.student),
                *points,
                report.earned,
                book.possible,
                "check" if report.failures else "graded",
                _text(" ".join(remarks(report))),
            ]
        )
    return text.getvalue()


def remarks(report: Report) -> list[str]:
    """What an instructor should know of a report: failures, lost points, what is missing, notes."""
    lost = [
        f"{mark.exercise}: {mark.message}"
        for mark in report.marks
        if mark.verdict is marks.Verdict.LOST
    ]
    missing = [
        mark.message.partition(" ")[0]
        for mark in report.marks
        if mark.verdict is marks.Verdict.NOT_HANDED_IN
    ]
    listed = [f"Not handed in: {', '.join(dict.fromkeys(missing))}."] if missing else []
    return [*report.failures, *lost, *listed, *report.notes]


def table(book: ClassBook) -> str:
    """The class as text: one row a student, and one for all."""
    rows = [
        (
            _name(report),
            *(report.mark(task.id).earned for task in book.tasks),
            f"{report.earned} of {book.possible}",
            "LOOK" if report.failures else "graded",
        )
        for report in book.reports
    ]
    return tabulate(
        rows,
        headers=("student", *(task.id for task in book.tasks), "total", ""),
        colalign=("left", *("right" for _ in book.tasks), "right", "left"),
        disable_numparse=True,
    )


def line(report: Report, possible: int) -> str:
    """One line on a finished submission."""
    said = f"{_name(report)}: {report.earned} of {possible} points in {report.seconds:.0f} s"
    first, *more = remarks(report) or [""]
    if more:
        first += f" ({len(more)} more in the table)"
    return one_line(f"{said}; {first}" if first else said)


def _name(report: Report) -> str:
    return shorten(one_line(report.student), LONGEST)


def _checked(book: ClassBook) -> ClassBook:
    # The file may hold anything: what is wrong with it is told before it is merged with others.
    exercises = [task.id for task in book.tasks]
    numbers = [task.points for task in book.tasks]
    texts = [book.release, *exercises, *(task.title for task in book.tasks)]
    for report in book.reports:
        if [mark.exercise for mark in report.marks] != exercises:
            raise ValueError(f"{report.student} has marks for other exercises than the class")
        numbers += [report.seconds, *(mark.earned for mark in report.marks)]
        texts += [report.student, *report.notes, *report.failures]
        texts += [text for mark in report.marks for text in (mark.message, mark.hint)]
    if not all(isinstance(number, int | float) for number in numbers):
        raise ValueError("points that are no numbers")
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("texts that are none")
    if not book.shards or not all(1 <= number <= count for number, count in book.shards):
        raise ValueError("it is of no shard such as 1/2")
    return book


def _text(value: str) -> str:
    line = one_line(value)
    return f"'{line}" if line.startswith(FORMULA) else line
