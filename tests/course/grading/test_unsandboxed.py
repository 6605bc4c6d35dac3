"""Hostile submissions where there is no sandbox: what the limits hold all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from labkit.course.grading import classbook
from labkit.course.grading.marks import Mark, Report, Verdict
from tests.course.grading.handed_in import answered, hand_in

GRADE = [sys.executable, "-m", "labkit.cli", "grade"]
LIMITS = {"cell-seconds": 10, "memory-mb": 1024, "disk-mb": 32, "processes": 64}
MARKER = "labkit-test-of-the-unsandboxed"  # an argument of each process that a submission starts

pytestmark = pytest.mark.timeout(600)  # the class is graded in the first test's fixture

STUBBORN = """
import threading
while True:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        pass
"""
START = "import subprocess\nWAIT = ['sh', '-c', 'read line', 'MARKER']\n"
PROCESSES = (
    "SOLUTION\n"
    + START
    + "all_of_them = [subprocess.Popen(WAIT, stdin=subprocess.PIPE) for _ in range(80)]\n"
    + "all_of_them[-1].wait()"
)
DISK = """
try:
    with open("large", "wb") as file:
        for _ in range(64):
            file.write(bytes(2**20))
except OSError as error:
    returns_url = error.strerror
"""
MEMORY = """
import multiprocessing, threading
def eat():
    kept = b"x" * (300 * 2**20)
    threading.Event().wait()
for _ in range(6):
    multiprocessing.get_context("fork").Process(target=eat).start()
threading.Event().wait()
"""
SUICIDE = "SOLUTION\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the class is."""
    return tmp_path_factory.mktemp("class")


@pytest.fixture(scope="module")
def graded(folder: Path) -> dict[str, Report]:
    """The class, graded by one command."""
    class_ = {
        "stubborn": answered(q2_1=STUBBORN),
        "crowd": answered(q2_2=PROCESSES.replace("MARKER", MARKER)),
        "glutton": answered(q2_1=DISK, q2_2=MEMORY),
        "killer": answered(q2_2=SUICIDE),
    }
    for student, notebook in class_.items():
        hand_in(notebook, folder / "class" / student)
    options = [word for name, most in LIMITS.items() for word in (f"--{name}", str(most))]
    places = ["--csv", str(folder / "grades.csv"), "--html", str(folder / "pages")]
    command = [*GRADE, str(folder / "class"), "--no-sandbox", "--jobs", "2", *options, *places]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return {report.student: report for report in classbook.load(folder / "pages").reports}


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("stubborn", "ran longer than 10 s and took no interruption"),
        ("crowd", "started more than 64 processes"),
        ("glutton", "used more than 1024 MB of memory"),
        ("killer", "its kernel died of SIGKILL"),
    ],
)
def test_a_notebook_that_goes_too_far_is_ended(
    graded: dict[str, Report], student: str, reason: str
):
    """What it did not reach is lost, and the reason named."""
    mark: Mark = graded[student].mark("q2_2")
    assert (mark.verdict, mark.earned) == (Verdict.NOT_REACHED, 0)
    assert reason in mark.message


@pytest.mark.parametrize("student", ["crowd", "killer"])
def test_what_is_earned_before_stays_earned(graded: dict[str, Report], student: str):
    """An exercise that was judged before the notebook went too far keeps its points."""
    assert graded[student].mark("q2_1").verdict is Verdict.PASSED


def test_a_file_ends_at_its_limit(graded: dict[str, Report]):
    """No file gets larger than the limit of the disk, though there may be more of them."""
    assert "File too large" in graded["glutton"].mark("q2_1").message


def test_nothing_is_left_of_them(graded: dict[str, Report], folder: Path):
    """The processes that the class had started have ended with it."""
    commands = [" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])]
    assert not [line for line in commands if MARKER in line or str(folder) in line]
