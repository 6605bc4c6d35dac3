"""`labkit grade` and `labkit report` as an instructor types them."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from labkit import orders
from labkit.course.grading import classbook, course
from labkit.course.grading.marks import Verdict
from tests.course.grading.handed_in import NAME, START, answered, hand_in
from tests.course.grading.made_up import book, report

LONG = "x" * 250
LABKIT = [sys.executable, "-m", "labkit.cli"]


def labkit(*words: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """One command, as typed."""
    command = [*LABKIT, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def table(file: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    return list(csv.DictReader(file.read_text().splitlines()))


@pytest.mark.timeout(600)
def test_a_small_class(tmp_path: Path):
    """Renamed or broken notebooks and an empty folder are named, the rest graded; status 1."""
    submissions = tmp_path / "submitted"
    good = answered(q2_1="import mine\nSOLUTION")
    hand_in(good, submissions / "s01" / "lab", name="My work.ipynb", student_id="s01")
    (submissions / "s01" / "lab" / "mine.py").write_text("found = True")
    (submissions / "s04.zip").write_bytes(b"PK")
    rude = "returns_url = '\\x1b[2J\\ud800\\ns01: 53 of 53 points'\nraise SystemExit(returns_url)"
    hand_in(answered(q2_1=rude), submissions / LONG, student_id="")
    (submissions / "s02").mkdir()
    (submissions / "s03").mkdir()
    (submissions / "s03" / "02_queue.ipynb").write_text("{")
    places = ("--csv", tmp_path / "grades.csv", "--html", tmp_path / "pages")
    run = labkit("grade", submissions, *places)
    assert run.returncode == 1, run.stderr
    rows = {row["student"]: row for row in table(tmp_path / "grades.csv")}
    (queue,) = (each for each in course.load() if each.name == NAME)
    points = {task.id: str(task.points) for task in queue.tasks}
    assert {name: rows["s01"][name] for name in points} == points
    assert rows["s01"]["status"] == "graded"
    assert "lab/My work.ipynb was recognised as 02_queue." in rows["s01"]["remarks"]
    assert "Not handed in: 00_start_here.ipynb, 01_roles" in rows["s01"]["remarks"]
    assert "student_id, and graded" not in rows["s01"]["remarks"]
    assert rows["s02"]["remarks"] == "The folder has no notebook in it."
    assert "it is not JSON" in rows["s03"]["remarks"]
    for line in ("s02: The folder has no notebook", "s03: 02_queue.ipynb cannot be graded"):
        assert line in run.stderr
    assert f"s01: {rows['s01']['total']} of " in run.stdout and "LOOK" in run.stdout
    assert "s04.zip is in no student's folder; it was left out." in run.stdout
    assert set(rows) == {"s01", "s02", "s03", LONG}
    assert "\x1b" not in run.stdout and "s01: 53 of 53 points" not in run.stdout.splitlines()
    (page,) = (tmp_path / "pages" / "students").glob("xxx*.html")
    assert "s01: 53 of 53 points" in page.read_text()  # as part of what that student has written


@pytest.mark.timeout(600)
def test_answers_differ_and_shards_are_one_class(tmp_path: Path):
    """Each student has orders of their own: an answer that is copied is wrong. Graded in two parts,
    which become one table.
    """
    mine = orders.yours("s01")[0]
    right = {
        "units": sum(line["quantity"] for line in mine["lines"]),
        "total": float(mine["total"]),
    }
    copied = f"lab.post_order(orders.yours(lab.student_id)[0])\npacking = {right}"
    for student in ("s01", "s02"):
        notebook = answered(START, q0_1=copied, q0_2="pass")
        hand_in(notebook, tmp_path / "class" / student, name=f"{START}.ipynb")
    for number in (1, 2):
        part = tmp_path / f"shard-{number}"
        places = ("--csv", part / "grades.csv", "--html", part)
        run = labkit("grade", tmp_path / "class", "--shard", f"{number}/2", *places)
        assert run.returncode == 0, run.stderr
        assert [row["student"] for row in table(part / "grades.csv")] == [f"s0{number}"]
    places = ("--csv", tmp_path / "grades.csv", "--html", tmp_path / "pages")
    run = labkit("report", tmp_path / "shard-2", tmp_path / "shard-1", *places)
    assert run.returncode == 0, run.stderr
    rows = table(tmp_path / "grades.csv")
    assert [(row["student"], row["q0_1"]) for row in rows] == [("s01", "1"), ("s02", "0")]
    first, second = classbook.load(tmp_path / "pages").reports
    assert first.mark("q0_1").verdict is Verdict.PASSED
    assert second.mark("q0_1").verdict is Verdict.WRONG
    assert first.mark("q2_1").verdict is second.mark("q2_1").verdict is Verdict.NOT_HANDED_IN
    assert "02_queue.ipynb was not handed in." in first.mark("q2_1").message


@pytest.mark.timeout(600)
def test_without_a_sandbox(tmp_path: Path):
    """--no-sandbox grades where bubblewrap is not, with the same judge and the same marks; with
    --no-student-ids a folder's name is nobody's id.
    """
    patch = "from labkit.course import checks\nchecks.q2_1 = lambda lab, answer: print('passed')"
    hand_in(answered(q2_2=f"SOLUTION\n{patch}"), tmp_path / "class" / "s01", student_id="")
    places = ("--csv", tmp_path / "grades.csv", "--html", tmp_path / "pages")
    # A file where the command is typed is not taken for a library.
    (tmp_path / "json.py").write_text("raise SystemExit(7)")
    run = labkit(
        *("grade", tmp_path / "class", "--no-sandbox", "--no-student-ids", *places),
        env={"PATH": "", "HOME": "/none", "PYTHONSAFEPATH": "1"},
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    (found,) = classbook.load(tmp_path / "pages").reports
    assert found.notes == ()
    assert [found.mark(name).verdict for name in ("q2_1", "q2_2")] == [Verdict.PASSED] * 2


def test_no_bubblewrap_no_grading(tmp_path: Path):
    """Without it nothing runs, and the message names the two ways out."""
    hand_in(answered(), tmp_path / "class" / "s01")
    run = labkit("grade", tmp_path / "class", env={"PATH": "/none"}, cwd=tmp_path)
    assert run.returncode == 1
    assert "apt-get install bubblewrap" in run.stderr and "--no-sandbox" in run.stderr
    assert not (tmp_path / "grades.csv").exists()


@pytest.mark.parametrize(
    "words", [("no-such-folder",), (".", "--shard", "3/2"), (".", "--jobs", "0"), ()]
)
def test_wrong_usage_is_status_2(words: tuple[str, ...], tmp_path: Path):
    """What cannot be understood is refused before anything runs."""
    assert labkit("grade", *words, cwd=tmp_path).returncode == 2


def test_shards_are_reported_as_one_class(tmp_path: Path):
    """`labkit report` writes the table and the pages of the whole class."""
    for number, student in ((1, "anna"), (2, "ben")):
        part = book(report(student, Verdict.PASSED, Verdict.WRONG), shard=(number, 2))
        classbook.save(part, tmp_path / f"shard-{number}")
    places = ("--csv", tmp_path / "grades.csv", "--html", tmp_path / "pages")
    run = labkit("report", tmp_path / "shard-1", tmp_path / "shard-2", *places)
    assert run.returncode == 0, run.stderr
    rows = table(tmp_path / "grades.csv")
    assert [(row["student"], row["total"]) for row in rows] == [("anna", "1"), ("ben", "1")]
    assert (tmp_path / "pages" / "students" / "ben.html").is_file()
    run = labkit("report", tmp_path / "shard-1", *places)
    assert run.returncode == 1 and "a class needs 1/2 to 2/2" in run.stderr
    classbook.save(book(shard=(1, 1)), tmp_path / "whole")
    run = labkit("report", tmp_path / "whole", "--csv", tmp_path / "whole", *places[2:])
    assert run.returncode == 2  # a folder is no file for the table
    inside = tmp_path / "grades.csv" / "grades.csv"
    run = labkit("report", tmp_path / "whole", "--csv", inside, *places[2:])
    assert run.returncode == 1 and "cannot be written" in run.stderr
    (tmp_path / "whole" / classbook.FILE).write_text("PK")
    run = labkit("report", tmp_path / "whole", *places)
    assert run.returncode == 1
    assert "grades.json is no class book" in run.stderr and "Traceback" not in run.stderr
