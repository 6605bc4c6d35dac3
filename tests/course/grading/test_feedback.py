"""The pages of a class and of its students."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from labkit.course import workbook
from labkit.course.exercises import EXERCISES
from labkit.course.grading import course, feedback
from labkit.course.grading.classbook import ClassBook
from labkit.course.grading.marks import Mark, Report, Verdict
from tests.course.grading.made_up import book, report

EVIL = "<script>alert('mine')</script>"


class Links(HTMLParser):
    """Collects where a page leads to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a browser would load or follow."""
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """The pages of a small class."""
    reports = (
        report("anna", Verdict.PASSED, Verdict.PASSED),
        report("Ben 100%", Verdict.WRONG, Verdict.LOST, message=EVIL, notes=(EVIL,)),
    )
    feedback.write(book(*reports), tmp_path)
    return tmp_path


def test_the_class_page_leads_to_each_student(pages: Path):
    """Every link is a page that is there, and nothing is loaded from anywhere."""
    links = Links((pages / "index.html").read_text()).found
    assert links == ["students/anna.html", "students/Ben%20100%25.html"]
    assert {page.stem for page in (pages / "students").iterdir()} == {"anna", "Ben 100%"}
    for page in pages.rglob("*.html"):
        assert not re.search(r"https?://|@import|url\(", page.read_text())


def test_a_long_name_has_a_page(tmp_path: Path):
    """Names that a file system takes for a folder have pages, and no two of them the same."""
    names = ["x" * 255, "x" * 254 + "y", "ü" * 127, "a/../../b"]
    feedback.write(book(*(report(name, *[Verdict.PASSED] * 2) for name in names)), tmp_path)
    links = Links((tmp_path / "index.html").read_text()).found
    assert len(set(links)) == 4 == len(list((tmp_path / "students").iterdir()))
    for name, link in zip(names, links, strict=True):
        assert f"Feedback for {name}" in (tmp_path / unquote(link)).read_text()


def test_a_page_needs_no_colour(pages: Path):
    """Each verdict is a sign and a word."""
    page = (pages / "students" / "Ben 100%.html").read_text()
    assert "✗ wrong" in page and "⊘ lost" in page
    assert len(set(feedback.SIGNS)) == len(Verdict)
    assert "prefers-color-scheme: dark" in page


def test_what_students_write_is_text(pages: Path):
    """Nobody's answer becomes part of the instructor's page."""
    for page in pages.rglob("*.html"):
        assert "<script" not in page.read_text()
    assert "&lt;script&gt;" in (pages / "students" / "Ben 100%.html").read_text()


def test_a_page_quotes_checks_and_hints(pages: Path):
    """What the check said, its next step, and the exercise's own hints, folded."""
    page = (pages / "students" / "Ben 100%.html").read_text()
    assert "Look at <code>Attributes</code>." in page
    assert f"Hints ({len(EXERCISES['q2_1'].hints)})" in page
    assert "Hints" not in (pages / "students" / "anna.html").read_text()


def test_no_page_holds_a_solution():
    """Of every exercise of the workbook, answered wrong: hints may tell half of its lines."""
    tasks = tuple(task for assignment in course.load() for task in assignment.tasks)
    marks = tuple(Mark(task.id, 0, Verdict.WRONG, "Not yet.") for task in tasks)
    wrong = Report("anna", marks)
    page = feedback.student_page(wrong, ClassBook("0.1.0", tasks, (wrong,)))
    for task in tasks:
        lines = solution_lines(task.id)
        told = [line for line in lines if line in text_of(page)]
        assert 2 * len(told) <= len(lines), (task.id, told)


def test_a_solution_on_a_page_would_be_found():
    """As text that a check or a hint had quoted, each solution is recognised."""
    for task in (task for assignment in course.load() for task in assignment.tasks):
        mark = Mark(task.id, 0, Verdict.WRONG, workbook.solution(task.id))
        wrong = Report("anna", (mark,))
        page = feedback.student_page(wrong, ClassBook("0.1.0", (task,), (wrong,)))
        assert solution_lines(task.id)
        assert all(line in text_of(page) for line in solution_lines(task.id)), task.id


def solution_lines(exercise: str) -> list[str]:
    """The lines of a solution that say something, without blanks and the marks of code."""
    lines = (plain(line) for line in workbook.solution(exercise).splitlines())
    return [line for line in lines if len(line) > 12]


def text_of(page: str) -> str:
    """What a reader sees of a page."""
    return plain(unescape(re.sub(r"</?code>", "", page)))


def plain(text: str) -> str:
    """A text without blanks and backticks."""
    return re.sub(r"[\s`]", "", text)
