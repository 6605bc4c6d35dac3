"""The pages of a graded class: one for the class, and for each student one that can be handed out.

They need no network and no script. Checks and hints are quoted on them, solutions never are: those
are not even read by the grader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from labkit.course import pages
from labkit.course.exercises import EXERCISES
from labkit.course.grading.classbook import ClassBook, remarks
from labkit.course.grading.course import Task
from labkit.course.grading.marks import Report, Verdict
from labkit.course.text import as_html

CLASS_PAGE = "index.html"
STUDENTS = "students"
LONGEST = 80  # bytes of a student's name in that of a page; file systems take 255, or less

# The sign and the words carry the meaning, so that the colour is not needed.
SIGNS = {
    Verdict.PASSED: "✓",
    Verdict.WRONG: "✗",
    Verdict.NOT_ATTEMPTED: "○",
    Verdict.LOST: "⊘",
    Verdict.NOT_REACHED: "⊘",
    Verdict.NOT_HANDED_IN: "–",
    Verdict.NOT_GRADED: "?",
}


def write(book: ClassBook, folder: Path) -> None:
    """Write the page of the class and those of its students into a folder."""
    (folder / STUDENTS).mkdir(parents=True, exist_ok=True)
    (folder / CLASS_PAGE).write_text(class_page(book), encoding="utf-8")
    for report in book.reports:
        page = folder / STUDENTS / page_name(report.student)
        page.write_text(student_page(report, book), encoding="utf-8")


def page_name(student: str) -> str:
    """The name of a student's page; of a long name only the beginning, and what tells it apart.

    >>> page_name("anna"), page_name("a" * 200)[-19:]
    ('anna.html', 'a-c2a908d98f5d.html')
    """
    if len(student.encode()) <= LONGEST and "/" not in student:
        return f"{student}.html"
    beginning = student.replace("/", "?").encode()[:LONGEST].decode(errors="ignore")
    return f"{beginning}-{hashlib.sha256(student.encode()).hexdigest()[:12]}.html"


def class_page(book: ClassBook) -> str:
    """The page with the table of the class."""
    solved = {
        task.id: sum(report.mark(task.id).verdict is Verdict.PASSED for report in book.reports)
        for task in book.tasks
    }
    total = sum(report.earned for report in book.reports)
    return pages.render(
        "grades.html",
        book=book,
        groups=list(_by_notebook(book.tasks)),
        solved=solved,
        mean=total / len(book.reports) if book.reports else 0,
        remarks=remarks,
        links={
            each.student: f"{STUDENTS}/{quote(page_name(each.student))}" for each in book.reports
        },
        verdicts=Verdict,
        signs=SIGNS,
    )


def student_page(report: Report, book: ClassBook) -> str:
    """The page that a student gets."""
    groups = [
        (name, [(task, report.mark(task.id)) for task in tasks])
        for name, tasks in _by_notebook(book.tasks)
    ]
    return pages.render(
        "feedback.html",
        report=report,
        book=book,
        groups=groups,
        code=as_html,
        hints={task.id: _hints(task) for task in book.tasks},
        verdicts=Verdict,
        signs=SIGNS,
    )


def _by_notebook(tasks: tuple[Task, ...]) -> Iterator[tuple[str, list[Task]]]:
    for _, found in groupby(tasks, key=lambda task: task.notebook):
        group = list(found)
        yield group[0].heading, group


def _hints(task: Task) -> tuple[str, ...]:
    # Shards of another release may have exercises that this one does not know.
    return EXERCISES[task.id].hints if task.id in EXERCISES else ()
