"""What is in the sandboxes, and what can be written there."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from labkit.cloud.worker_command import SCRATCH
from labkit.course import workbook
from labkit.course.grading import sandbox
from labkit.course.grading.limits import Limits
from labkit.errors import GradingError

OWN = sandbox.CLOUD / "workers" / "1" / "tmp"
OTHER = sandbox.CLOUD / "workers" / "2"
WRITE = """
import json, pathlib, sys
def write(folder):
    try:
        pathlib.Path(folder, "json.py").write_text("x")
        return "written"
    except OSError as error:
        return error.strerror
print(json.dumps({folder: write(folder) for folder in sys.argv[1:]}))
"""


def within(*words: object, before: str = "true", limits: Limits | None = None) -> str:
    """What a command prints in a session's sandbox, after a line of shell."""
    line = f"{before} && {shlex.join(map(str, words))}"
    command = sandbox.session(["sh", "-c", line], files=None, limits=limits or Limits())
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def worker(*words: object) -> str:
    """What a command prints as a worker whose folder is OWN."""
    command = [word.replace(SCRATCH, str(OWN)) for word in sandbox.worker()]
    return within(*command, *words, before=f"mkdir -p {OWN} {OTHER}")


def test_bubblewrap_is_here():
    """These tests run the real thing: they fail where it is missing."""
    sandbox.require()


def test_a_bubblewrap_that_may_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where the system forbids namespaces, its own words are told, and what would allow them."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2; exit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(GradingError, match="No permissions to create new namespace") as refused:
        sandbox.require()
    assert "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in str(refused.value)


def test_neither_homes_nor_solutions_are_in_it():
    """No home folder, none of the workbook's notebooks and no mutant, however deep."""
    find = "find / -path /proc -prune -o -print || true"  # some folders are only root's to read
    found = within(*sandbox.seat(), "sh", "-c", find)
    paths = {Path(line) for line in found.splitlines()}
    assert sandbox.LABKIT / "course" / "grading" / "sandbox.py" in paths  # it has seen what is here
    names = {path.name for path in workbook.paths()}
    assert not [path for path in paths if path.name in names]
    for hidden in (*sandbox.HIDDEN, Path("/home")):
        assert not [path for path in paths if hidden in path.parents]


def test_a_kernel_writes_to_its_own_folders_alone():
    """Its home, /tmp and shared memory; neither to the system nor to what the session holds."""
    writable = [sandbox.HOME, "/tmp", "/dev/shm", sandbox.DESK]
    others = ["/", "/usr", "/etc", "/dev", "/sandbox", "/files", "/session", sys.prefix]
    command = [*sandbox.seat(), sys.executable, "-c", WRITE, *writable, *others, sandbox.LABKIT]
    found = json.loads(within(*command))
    assert {folder for folder, said in found.items() if said == "written"} == {*map(str, writable)}


def test_a_kernels_files_have_one_limit_together():
    """What fills its home leaves no room in /tmp and in shared memory."""
    fill = "head -c 20M /dev/zero > a; head -c 20M /dev/zero > /tmp/b; stat -c %s a /tmp/b"
    found = within(*sandbox.seat(), "sh", "-c", fill, limits=Limits(disk_mb=32)).split()
    assert int(found[0]) == 20 * 2**20 and int(found[1]) <= 12 * 2**20


def test_a_worker_writes_to_its_own_folder_alone():
    """As on Lambda that is /tmp. Nothing of the cloud's, and nothing that the judge would read."""
    own = ["/tmp", OWN]
    others = [OWN.parent, OTHER, sandbox.CLOUD, sandbox.SESSION, "/dev/shm", "/", "/usr"]
    others += [sandbox.DESK, sandbox.FILES, sandbox.STUDENT, sandbox.LABKIT]
    found = json.loads(worker(sys.executable, "-c", WRITE, *own, *others))
    assert {folder for folder, said in found.items() if said == "written"} == {*map(str, own)}


def test_a_worker_sees_neither_the_desk_nor_the_students_files():
    """These folders are empty to it."""
    assert worker("ls", "-A", sandbox.DESK, sandbox.FILES, sandbox.STUDENT).split() == [
        "/desk:",
        "/files:",
        "/sandbox:",
    ]


@pytest.mark.parametrize("foreign", [sandbox.seat(), sandbox.worker()], ids=["kernel", "worker"])
def test_foreign_code_makes_no_sandbox_of_its_own(foreign: list[str]):
    """It could mount there what it likes; the kernel of the system refuses it."""
    command = [word.replace(SCRATCH, str(OWN)) for word in foreign]
    make = "unshare --user --map-root-user true || echo refused"
    assert within(*command, "sh", "-c", make, before=f"mkdir -p {OWN}") == "refused\n"


def test_no_module_comes_from_the_folder_where_a_process_works():
    """A file that has the name of a library is not taken for it by what judges."""
    judge = [sys.executable, "-m", "labkit.course.grading.judge", "no-endpoint", ""]
    line = f"{shlex.join(judge)} 2>&1 | tail -1"
    said = within("sh", "-c", line, before="echo 'raise SystemExit(7)' > json.py")
    assert "UnknownTarget" in said
