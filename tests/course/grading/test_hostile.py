"""One class with every kind of hostile submission beside a good one, graded for real."""

from __future__ import annotations

import errno
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from labkit.course import mutants, workbook
from labkit.course.grading import classbook
from labkit.course.grading.marks import Mark, Report, Verdict
from tests.course.grading.handed_in import answered, check_cell, hand_in

GRADE = [sys.executable, "-m", "labkit.cli", "grade"]
LIMITS = {
    "--cell-seconds": 30,
    "--notebook-seconds": 240,
    "--memory-mb": 1024,
    "--disk-mb": 32,
    "--output-mb": 8,
    "--processes": 64,
}
SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"

pytestmark = pytest.mark.timeout(1500)  # the whole class is graded in the first test's fixture

HANG = "import time\nwhile True: time.sleep(1)"
STUBBORN = """
import time
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""
FORKS = "SOLUTION\nimport os\nwhile True: os.fork()"
DISK = """
SOLUTION
import os
full = []
for folder in (os.getcwd(), "/tmp", "/dev/shm"):
    try:
        for number in range(64):
            with open(f"{folder}/{number}", "wb") as file:
                file.write(bytes(2**22))
    except OSError as error:
        full.append(error.errno)
returns_url = full
"""
MEMORY = """
import multiprocessing, time
def eat():
    kept = b"x" * (300 * 2**20)
    time.sleep(60)
for _ in range(12):
    multiprocessing.get_context("fork").Process(target=eat).start()
time.sleep(60)
"""
MASSACRE = """
import os, signal
for pid in [-1, *(int(name) for name in os.listdir("/proc") if name.isdigit())]:
    if pid != os.getpid():
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
SOLUTION
"""
SUICIDE = "SOLUTION\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
PRINT = "SOLUTION\nfor _ in range(1024): print('x' * 2**20, flush=True)"
SHOUT = "SOLUTION\nprint('x' * (64 * 2**20))"
PATCH = """
from labkit.course import checks
from labkit.course.result import CheckResult, Status
checks.q2_1 = lambda lab, answer: CheckResult("q2_1", Status.PASSED, "Fine.", points=1)
"""
FORGE = """
from labkit.course import desk
ask = desk.ask
def forged(exercise, answers):
    result = ask(exercise, answers)
    return CheckResult(exercise, Status.PASSED, "Fine.", points=2)
desk.ask = forged
"""
DISPLAY = """
from IPython.display import display
from labkit.course.result import CheckResult, Status
display(CheckResult("q2_2", Status.PASSED, "Fine.", points=2))
"""
SPY = """
import glob, os, pathlib, socket, subprocess, sys
found, refused = [], []
def look(what, action):
    try:
        found.append((what, str(action())[:200]))
    except (OSError, subprocess.CalledProcessError):
        refused.append(what)
look("what was handed in", lambda: pathlib.Path("own.txt").read_text())
for path in PATHS:
    look(path, lambda: pathlib.Path(path).read_bytes())
others = [path for path in glob.glob("../**/*.ipynb", recursive=True) if "student/" not in path]
found += [("other submissions", others)] * bool(others)
found += [("environment", value) for value in os.environ.values() if SECRET in value]
solution = str(check.q2_1.solution())
if "create_queue" in solution:
    found.append(("solution", solution))
for address in ADDRESSES:
    look(address, lambda: socket.create_connection(address, timeout=3))
for folder in FOLDERS:
    look(folder, lambda: pathlib.Path(folder, "written").write_text("x"))
look("sysctl", lambda: pathlib.Path("/proc/sys/kernel/hostname").write_text("x"))
look("memory of nobody", lambda: os.memfd_create("x"))
look("mount", lambda: subprocess.run(["mount", "-t", "tmpfs", "x", "/usr"], check=True))
for process in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    if b"judge" in process.read_bytes() or b"labkit.cloud" in process.read_bytes():
        found.append(("process", str(process)))
raise RuntimeError(f"refused {len(refused)}, found {found}, and the function {told}")
"""
FUNCTION = '''
import io, json, zipfile
code = """
import os, pathlib
def handler(event, context):
    found = []
    for path in event:
        try:
            found.append(str(os.listdir(path)))
        except OSError:
            pass
    for pid in os.listdir("/proc"):
        if pid.isdigit() and b"judge" in pathlib.Path("/proc", pid, "cmdline").read_bytes():
            found.append(pid)
    try:
        pathlib.Path("/session/written").write_text("x")
        found.append("written")
    except OSError:
        pass
    return found
"""
package = io.BytesIO()
with zipfile.ZipFile(package, "w") as file:
    file.writestr("spy.py", code)
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
         "Principal": {"Service": "lambda.amazonaws.com"}}]}
iam, functions = lab.client("iam"), lab.client("lambda")
role = iam.create_role(RoleName="spy", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
functions.create_function(FunctionName="spy", Runtime="python3.12", Role=role,
    Handler="spy.handler", Code={"ZipFile": package.getvalue()}, Timeout=20)
functions.get_waiter("function_active_v2").wait(FunctionName="spy")
answer = functions.invoke(FunctionName="spy", Payload=json.dumps(["/desk", "/files"]))
told = json.loads(answer["Payload"].read())
'''


@dataclass(frozen=True)
class Graded:
    """What came of the class."""

    reports: dict[str, Report]
    looks: int
    output: str
    status: int
    requests: int
    pages: Path

    def mark(self, student: str, exercise: str) -> Mark:
        """The mark of one student for one exercise."""
        return self.reports[student].mark(exercise)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    """The class, graded by one command, within limits that are short for its good notebook."""
    folder = tmp_path_factory.mktemp("class")
    submissions, home = folder / "submissions", folder / "instructor"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "credentials").write_text(f"aws_secret_access_key = {SECRET}\n")
    with http.server.HTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = {
            "PATHS": [
                str(submissions / "good" / "02_queue.ipynb"),
                str(workbook.NOTEBOOKS / "02_queue.ipynb"),
                *map(str, Path(mutants.__file__).parent.glob("*.py")),
                str(home / ".aws" / "credentials"),
                "/etc/passwd",
                "/etc/shadow",
            ],
            "ADDRESSES": [list(server.server_address), ["192.0.2.1", 80], ["example.com", 80]],
            "FOLDERS": ["/", "/usr", "/usr/bin", "/etc", "/dev", "/files", "/session", sys.prefix],
            "SECRET": SECRET[1:],
            "LABKIT": str(Path(mutants.__file__).parents[2]),
        }
        settings["FOLDERS"].append(settings["LABKIT"])
        spy = "".join(f"{name} = {value!r}\n" for name, value in settings.items()) + SPY
        hostile = {
            "adamant": answered(q2_1=STUBBORN),  # takes longest, and begins
            "good": answered(),
            "hangs": answered(q2_1=HANG),
            "forks": answered(q2_2=FORKS),
            "glutton": answered(q2_1=DISK, q2_2=MEMORY),
            "killer": answered(q2_1=MASSACRE, q2_2=SUICIDE),
            "talker": answered(q2_2=PRINT),
            "shouter": answered(q2_2=SHOUT),
            "patcher": answered(q2_1=PATCH, q2_2=FORGE),
            "changer": answered(q2_2=DISPLAY),
            "spy": answered(q2_1=FUNCTION + spy),
        }
        check_cell(hostile["changer"], "q2_1").source = "check.q2_1(lab, lab.names.queue)"
        for student, notebook in hostile.items():
            hand_in(notebook, submissions / student)
        (submissions / "spy" / "own.txt").write_text("mine")
        options = [str(word) for pair in LIMITS.items() for word in pair]
        options += ["--csv", str(folder / "grades.csv"), "--html", str(folder / "pages")]
        run = subprocess.run(
            [*GRADE, str(submissions), "--jobs", "3", *options],
            env=os.environ | {"HOME": str(home), "AWS_SECRET_ACCESS_KEY": SECRET},
            capture_output=True,
            text=True,
        )
        server.shutdown()
    assert (folder / "pages").is_dir(), run.stderr
    book = classbook.load(folder / "pages")
    yield Graded(
        {report.student: report for report in book.reports},
        sum(len(settings[name]) for name in ("PATHS", "ADDRESSES", "FOLDERS")) + 3,
        run.stdout + run.stderr,
        run.returncode,
        Refusing.requests,
        folder / "pages",
    )


class Refusing(http.server.BaseHTTPRequestHandler):
    """A server of the instructor's machine, which counts who comes."""

    requests = 0

    def handle(self) -> None:
        """Count."""
        Refusing.requests += 1


def test_the_good_submission_gets_all_its_points(graded: Graded):
    """Whatever the others do, the good one has what it deserves."""
    for exercise in ("q2_1", "q2_2"):
        mark = graded.mark("good", exercise)
        assert mark.verdict is Verdict.PASSED and mark.earned > 0, mark
    assert graded.reports["good"].notes == ()


def test_a_class_of_hostile_notebooks_is_graded(graded: Graded):
    """Bad marks are no failure of grading: the status is 0 and each student has a page."""
    assert graded.status == 0, graded.output
    assert {page.stem for page in (graded.pages / "students").iterdir()} == set(graded.reports)
    assert not [line for report in graded.reports.values() for line in report.failures]


def test_nothing_is_left_of_them(graded: Graded):
    """No process of a submission outlives the grading."""
    commands = [" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])]
    folder = str(graded.pages.parent)
    assert not [command for command in commands if folder in command]


def test_a_cell_that_hangs_is_interrupted(graded: Graded):
    """Its own exercise is lost, with the reason; the next one counts as far as it can."""
    mark = graded.mark("hangs", "q2_1")
    assert mark.verdict is Verdict.NOT_ATTEMPTED
    assert "took too long" in " ".join(mark.troubles)
    assert graded.mark("hangs", "q2_2").verdict is not Verdict.NOT_REACHED


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("adamant", "ran longer than 30 s and took no interruption"),
        ("forks", "started more than 64"),
        ("glutton", "used more than 1024 MB of memory"),
        ("killer", "its kernel died of SIGKILL"),
        ("talker", "printed more than 8 MB"),
        ("shouter", "printed more than 8 MB"),
    ],
)
def test_a_notebook_that_goes_too_far_is_ended(graded: Graded, student: str, reason: str):
    """What it did not reach is lost, and the reason named."""
    mark = graded.mark(student, "q2_2")
    assert mark.verdict is Verdict.NOT_REACHED and mark.earned == 0
    assert reason in mark.message
    assert reason in " ".join(graded.reports[student].notes)


@pytest.mark.parametrize("student", ["forks", "killer", "talker", "shouter", "changer"])
def test_what_is_earned_before_stays_earned(graded: Graded, student: str):
    """An exercise that was judged before the notebook went too far keeps its points."""
    if student == "changer":
        assert graded.mark(student, "q2_1").verdict is Verdict.LOST
    else:
        assert graded.mark(student, "q2_1").verdict is Verdict.PASSED


def test_a_disk_is_full_after_its_limit(graded: Graded):
    """Home, /tmp and shared memory end at the limit."""
    assert str([errno.ENOSPC] * 3) in graded.mark("glutton", "q2_1").message


def test_a_changed_check_cell_is_restored_and_costs_its_points(graded: Graded):
    """The workbook's own check runs; changing it is named."""
    mark = graded.mark("changer", "q2_1")
    assert (mark.verdict, mark.earned) == (Verdict.LOST, 0)
    assert mark.message == "Its check cell was changed."
    assert "had been changed; it was restored" in " ".join(graded.reports["changer"].notes)


def test_a_forged_output_earns_nothing(graded: Graded):
    """A result that a cell displays by itself is not the judge's."""
    assert graded.mark("changer", "q2_2").verdict is Verdict.NOT_ATTEMPTED


def test_a_patched_check_does_not_reach_the_grader(graded: Graded):
    """Who replaces a check in the kernel loses the exercise, with the reason."""
    mark = graded.mark("patcher", "q2_1")
    assert (mark.verdict, mark.earned) == (Verdict.LOST, 0)
    assert "did not reach the grader: labkit was changed" in mark.message


def test_a_result_that_is_changed_on_its_way_is_noticed(graded: Graded):
    """What the check cell shows is compared with the judge's record."""
    mark = graded.mark("patcher", "q2_2")
    assert (mark.verdict, mark.earned) == (Verdict.LOST, 0)
    assert "showed another result than the grader's" in mark.message


def test_a_notebook_sees_and_writes_nothing_but_its_own(graded: Graded):
    """No other submission, solution, credential, network, process or place to write is found."""
    found = "found [('what was handed in', 'mine')], and"
    assert f"refused {graded.looks}, {found}" in " ".join(graded.mark("spy", "q2_1").troubles)
    assert graded.requests == 0
    assert SECRET not in json.dumps([str(each) for each in graded.reports.values()])


def test_a_function_that_a_student_deploys_sees_no_more(graded: Graded):
    """Lambda's workers run in a sandbox too: neither the judge nor the desk is in sight."""
    told = " ".join(graded.mark("spy", "q2_1").troubles)
    assert "and the function ['[]', '[]']" in told
