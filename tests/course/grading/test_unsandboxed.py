"""Hostile submissions where there is no sandbox: what limits and judge hold all the same."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from labkit.course.grading import classbook
from labkit.course.grading.marks import Mark, Report, Verdict
from tests.course.grading.handed_in import answered, hand_in

GRADE = [sys.executable, "-m", "labkit.cli", "grade"]
LIMITS = {"cell-seconds": 15, "memory-mb": 1024, "disk-mb": 32, "output-mb": 8, "processes": 64}
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
START = "import subprocess, sys\nWAIT = [sys.executable, '-c', 'input()', 'MARKER']\n"
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
PRINT = "SOLUTION\nfor _ in range(1024): print('x' * 2**20, flush=True)"
PATCH = """
from labkit.course import checks, desk
from labkit.course.result import CheckResult, Status
checks.q2_1 = lambda lab, answer: CheckResult("q2_1", Status.PASSED, "Fine.", points=1)
"""
FORGE = """
ask = desk.ask
def forged(exercise, answers):
    ask(exercise, answers)
    return CheckResult(exercise, Status.PASSED, "Fine.", points=2)
desk.ask = forged
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """The class, graded by one command."""
    folder = tmp_path_factory.mktemp("class")
    class_ = {
        "good": answered(),
        "stubborn": answered(q2_1=STUBBORN),
        "crowd": answered(q2_2=PROCESSES.replace("MARKER", MARKER)),
        "glutton": answered(q2_1=DISK, q2_2=MEMORY),
        "killer": answered(q2_2=SUICIDE),
        "talker": answered(q2_2=PRINT),
        "patcher": answered(q2_1=PATCH, q2_2=FORGE),
    }
    for student, notebook in class_.items():
        hand_in(notebook, folder / "class" / student)
    options = [word for name, most in LIMITS.items() for word in (f"--{name}", str(most))]
    places = ["--csv", str(folder / "grades.csv"), "--html", str(folder / "pages")]
    command = [*GRADE, str(folder / "class"), "--no-sandbox", "--jobs", "2", *options, *places]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return {report.student: report for report in classbook.load(folder / "pages").reports}


def verdicts(report: Report) -> list[Verdict]:
    """How the first two exercises of notebook 02 went."""
    return [report.mark(name).verdict for name in ("q2_1", "q2_2")]


def test_the_good_submission_gets_all_its_points(graded: dict[str, Report]):
    """Whatever the others do, the good one has what it deserves."""
    assert verdicts(graded["good"]) == [Verdict.PASSED] * 2


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("stubborn", "ran longer than 15 s and took no interruption"),
        ("crowd", "started more than 64 processes"),
        ("glutton", "used more than 1024 MB of memory"),
        ("killer", "its kernel died of SIGKILL"),
        ("talker", "printed more than 8 MB"),
    ],
)
def test_a_notebook_that_goes_too_far_is_ended(
    graded: dict[str, Report], student: str, reason: str
):
    """What it did not reach is lost, and the reason named."""
    mark: Mark = graded[student].mark("q2_2")
    assert (mark.verdict, mark.earned) == (Verdict.NOT_REACHED, 0)
    assert reason in mark.message


@pytest.mark.parametrize("student", ["crowd", "killer", "talker"])
def test_what_is_earned_before_stays_earned(graded: dict[str, Report], student: str):
    """An exercise that was judged before the notebook went too far keeps its points."""
    assert graded[student].mark("q2_1").verdict is Verdict.PASSED


def test_a_file_ends_at_its_limit(graded: dict[str, Report]):
    """No file gets larger than the limit of the disk, though there may be more of them."""
    assert "File too large" in graded["glutton"].mark("q2_1").message


def test_what_is_patched_earns_nothing(graded: dict[str, Report]):
    """Points are the judge's, which is another process here too."""
    assert verdicts(graded["patcher"]) == [Verdict.LOST] * 2


def test_nothing_is_left_of_them(graded: dict[str, Report]):
    """The processes that the class had started have ended with it."""
    commands = [each.info["cmdline"] or () for each in psutil.process_iter(["cmdline"])]
    assert not [command for command in commands if MARKER in command]
    assert not [line for line in map(" ".join, commands) if "labkit.course.grading" in line]
