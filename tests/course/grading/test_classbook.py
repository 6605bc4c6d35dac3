"""The class's table, and shards that become one class."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from labkit.course.grading import classbook
from labkit.course.grading.marks import Verdict
from labkit.errors import GradingError
from tests.course.grading.made_up import book, report

GOOD = report("anna", Verdict.PASSED, Verdict.PASSED)
HALF = report("ben", Verdict.WRONG, Verdict.PASSED, notes=("It was recognised.",))
LOST = report("carla", Verdict.LOST, Verdict.NOT_REACHED, failures=("Two of them.",))


def test_the_table_as_csv():
    """One row a student: each exercise, total, possible, whether to look, and why."""
    rows = list(csv.DictReader(io.StringIO(classbook.to_csv(book(GOOD, HALF, LOST)))))
    assert [(row["student"], row["q2_1"], row["q2_2"], row["total"]) for row in rows] == [
        ("anna", "1", "2", "3"),
        ("ben", "0", "2", "2"),
        ("carla", "0", "0", "0"),
    ]
    assert {row["possible"] for row in rows} == {"3"}
    assert [row["status"] for row in rows] == ["graded", "graded", "check"]
    assert rows[2]["remarks"] == "Two of them. q2_1: It was lost."


def test_a_name_is_no_formula():
    """A spreadsheet computes nothing that a student has written."""
    written = classbook.to_csv(book(report("=1+1", Verdict.WRONG, Verdict.WRONG)))
    assert written.splitlines()[1].startswith("'=1+1,")


def test_the_table_in_the_terminal():
    """Points of each exercise, and LOOK where something could not be graded."""
    lines = classbook.table(book(GOOD, LOST)).splitlines()
    assert lines[2].split() == ["anna", "1", "2", "3", "of", "3", "graded"]
    assert lines[3].split() == ["carla", "0", "0", "0", "of", "3", "LOOK"]


def test_one_line_for_a_finished_submission():
    """Points, seconds, and the first thing to know."""
    assert classbook.line(replace(GOOD, seconds=4.2), 3) == "anna: 3 of 3 points in 4 s"
    assert classbook.line(LOST, 3) == (
        "carla: 0 of 3 points in 0 s; Two of them. (1 more in the table)"
    )


MISSING = report("dora", *[Verdict.NOT_HANDED_IN] * 2, message="02_queue.ipynb was not handed in.")


def test_a_notebook_that_is_missing_is_named():
    """In the table and in the terminal, once for all of its exercises."""
    remark = "Not handed in: 02_queue.ipynb."
    assert classbook.remarks(MISSING) == [remark]
    assert remark in classbook.line(MISSING, 3)
    assert classbook.to_csv(book(MISSING)).splitlines()[1].endswith(f",{remark}")


@pytest.mark.parametrize("written", ["\n", "\r\n", "\x0b", "\x85", "\u2028", "\x1b[2K\x1b[1A\n"])
def test_nothing_that_is_written_passes_for_another_line(written: str):
    """Neither a name nor a failure begins a line of its own, or takes back what stands above."""
    forged = f"{written}anna: 3 of 3 points in 4 s"
    found = book(report(f"eve{forged}", Verdict.LOST, Verdict.LOST, failures=(f"No.{forged}",)))
    shown = [classbook.line(found.reports[0], 3), *found.failures]
    shown += [classbook.to_csv(found).split("\n", 1)[1].removesuffix("\n")]
    for text in shown:
        assert len(text.splitlines()) == 1 and text.isprintable()
    assert len(classbook.table(found).splitlines()) == 3


def test_a_book_is_kept(tmp_path: Path):
    """What was saved is loaded as it was."""
    kept = book(GOOD, HALF, LOST)
    classbook.save(kept, tmp_path / "pages")
    assert classbook.load(tmp_path / "pages") == kept


def changed(**values: object) -> str:
    """A book's JSON in which something is not as `labkit grade` writes it."""
    data = asdict(book(GOOD))
    mark = data["reports"][0]["marks"][0]
    for name, value in values.items():
        place = next(each for each in (mark, data["reports"][0], data) if name in each)
        place[name] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "no JSON",
        "[" * 100_000,
        "[]",
        "{}",
        '{"release": 1, "tasks": 2}',
        changed(exercise="q9_9"),
        changed(earned="many"),
        changed(message=["x"]),
        changed(verdict="splendid"),
        changed(student=7),
        changed(marks=[]),
        changed(marks={}),
        changed(shards=[]),
        changed(shards=[["a", "b"]]),
        changed(shards=[[3, 2]]),
        changed(tasks=[{"id": "q2_1"}]),
        changed(reports=7),
    ],
)
def test_a_folder_without_a_book(tmp_path: Path, content: str | None):
    """It is named, with what to name instead."""
    if content is not None:
        (tmp_path / classbook.FILE).write_text(content)
    with pytest.raises(GradingError, match="Name the folders that `labkit grade --html` wrote"):
        classbook.load(tmp_path)


def test_shards_become_one_class():
    """All students, in the order of their names, whatever the order of the shards."""
    merged = classbook.merge([book(HALF, shard=(2, 2)), book(GOOD, LOST, shard=(1, 2))])
    assert merged.reports == (GOOD, HALF, LOST)
    assert merged.failures == ["carla: Two of them."]


@pytest.mark.parametrize(
    ("books", "reason"),
    [
        ([book(GOOD, shard=(1, 3)), book(HALF, shard=(3, 3))], "the shards 1/3, 3/3"),
        ([book(GOOD, shard=(1, 2)), book(HALF, shard=(1, 2))], "the shards 1/2, 1/2"),
        ([book(GOOD, shard=(1, 2)), book(GOOD, shard=(2, 2))], "in two shards: anna"),
        ([book(GOOD), replace(book(HALF), release="0.0.1")], "by different releases"),
    ],
)
def test_shards_that_are_no_class(books: list[classbook.ClassBook], reason: str):
    """A missing shard, one twice, a student in two, and another release are refused."""
    with pytest.raises(GradingError, match=reason):
        classbook.merge(books)
