"""The sandboxes, made by bubblewrap: one for a session, and within it one for each foreign process.

    bwrap    a file system with nothing but what labkit runs on: no home folders, no solutions
      bwrap    a session's own pid and net namespace; all of it dies with the session
        bwrap    the student's kernel: a pid namespace of its own, with the loopback of the session
        bwrap    a worker of a Lambda function that the student has deployed: the same

https://github.com/containers/bubblewrap. Started by root, everything from the session on runs as
nobody, so that limits hold which root is exempt from.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from labkit import shipped
from labkit.cloud.worker_command import SCRATCH
from labkit.course.grading.limits import MEGABYTE, Limits
from labkit.errors import GradingError

BWRAP = "bwrap"
LABKIT = Path(__file__).parents[2]
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache")
HIDDEN = (LABKIT / "course" / "mutants", shipped.NOTEBOOKS)
NOBODY = "65534"

# Where things are in a sandbox.
DESK, SESSION, FILES = Path("/desk"), Path("/session"), Path("/files")
STUDENT = Path("/sandbox")  # all that the student's kernel can write to, within one size
HOME, KERNELS_TEMPORARY, KERNELS_MEMORY = STUDENT / "student", STUDENT / "tmp", STUDENT / "shm"
TEMPORARY, MEMORY = Path("/tmp"), Path("/dev/shm")
CLOUD = SESSION / "cloud"  # the cloud's temporary folder; a worker writes to its own part of it

DESK_MB = 16  # sockets and little else
INSTALL = "Install it (apt-get install bubblewrap), or grade with --no-sandbox on a machine that "
INSTALL += "holds nothing of value: the students' code then runs as you."


def require() -> None:
    """Raise `GradingError` unless this machine can make the sandboxes."""
    if shutil.which(BWRAP) is None:
        raise GradingError(f"Grading isolates the students' code with bubblewrap. {INSTALL}")
    tried = subprocess.run(
        session([*foreign(), "true"], files=None, limits=Limits()),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    if tried.returncode:
        raise GradingError(
            f"bubblewrap is here, but it cannot make a sandbox ({tried.stderr.strip()[-300:]}). "
            "It needs version 0.8 or newer, and unprivileged user namespaces; on Ubuntu 24.04: "
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0. "
            "Otherwise grade with --no-sandbox on a machine that holds nothing of value."
        )


def environment(folder: Path) -> dict[str, str]:
    """All that a process in a sandbox finds in its environment; `folder` is for its files."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": str(LABKIT.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONSAFEPATH": "1",  # no module comes from where a process happens to work
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }


def session(command: Iterable[str], *, files: Path | None, limits: Limits) -> list[str]:
    """The command that runs another one as a session, with a student's files to read."""
    outer = [BWRAP, "--die-with-parent", "--clearenv"]
    for name, value in environment(SESSION).items():
        outer += ["--setenv", name, value]
    for path in _system():
        outer += _bind(path)
    for path in HIDDEN:
        if any(path.is_relative_to(shown) for shown in _system()) and path.is_dir():
            outer += ["--tmpfs", str(path), "--remount-ro", str(path)]
    for path in (DESK, SESSION, STUDENT, FILES, TEMPORARY):
        outer += ["--dir", str(path)]
    if files is not None:
        outer += ["--ro-bind", str(files.resolve()), str(FILES)]
    # A new /proc can be mounted only where a whole one is in sight.
    outer += ["--dev-bind", "/dev", "/dev", "--bind", "/proc", "/proc", "--"]
    if os.geteuid() == 0:
        outer += ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"]
    inner = [BWRAP, "--unshare-all", "--die-with-parent", "--new-session"]
    inner += _system_with(["--tmpfs", str(TEMPORARY)])
    # These are all that a submission can fill: one for its kernel, one for its cloud and functions.
    for path, megabytes in ((STUDENT, limits.disk_mb), (SESSION, limits.disk_mb), (DESK, DESK_MB)):
        inner += ["--size", str(megabytes * MEGABYTE), "--tmpfs", str(path)]
    for path in (HOME, KERNELS_TEMPORARY, KERNELS_MEMORY, CLOUD):
        inner += ["--dir", str(path)]
    return [*outer, *inner, "--chdir", str(SESSION), "--", *command]


def seat() -> list[str]:
    """What makes a command the student's kernel: it sees the desk's sockets and its files."""
    places = {HOME: HOME, KERNELS_TEMPORARY: TEMPORARY, KERNELS_MEMORY: MEMORY, DESK: DESK}
    own = [word for place in places.items() for word in ("--bind", *map(str, place))]
    return [*foreign(own), *_empty(SESSION), "--chdir", str(HOME), "--"]


def worker() -> list[str]:
    """What makes a command a worker of the session's cloud: as on Lambda it writes to /tmp alone.

    It sees the cloud's folder, where its code is; what the others have there is not its to change.
    """
    own = ["--bind", SCRATCH, str(TEMPORARY)]
    seen = ["--tmpfs", str(SESSION), "--ro-bind", str(CLOUD), str(CLOUD)]
    seen += ["--bind", SCRATCH, SCRATCH, "--remount-ro", str(SESSION)]
    return [*foreign(own), *_empty(DESK, FILES, STUDENT), *seen, "--"]


def foreign(writable: Iterable[str] = ()) -> list[str]:
    """A sandbox within the session's: the same network, other processes, none below it.

    `writable` are the mounts of what it can write to; there is nothing else.
    """
    return [
        *(BWRAP, "--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-ipc"),
        *("--unshare-uts", "--die-with-parent", "--new-session", *_system_with(writable)),
    ]


def _system_with(mounts: Iterable[str]) -> list[str]:
    return [
        *("--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", *mounts),
        *("--remount-ro", "/dev"),
        # What labkit runs on may itself be in a place that was mounted anew.
        *(word for path in _system() if path.is_relative_to(TEMPORARY) for word in _bind(path)),
    ]


def _empty(*places: Path) -> list[str]:
    return [
        word for place in places for word in ("--tmpfs", str(place), "--remount-ro", str(place))
    ]


def _system() -> list[Path]:
    paths = [Path(each) for each in SYSTEM]
    paths += [Path(sys.prefix), Path(sys.base_prefix), LABKIT, shipped.POLICIES]
    found = [path for path in paths if path.exists() or path.is_symlink()]
    return [path for path in found if not any(path.is_relative_to(e) for e in found if e != path)]


def _bind(path: Path) -> list[str]:
    if path.is_symlink():
        return ["--symlink", str(path.readlink()), str(path)]
    # Named one by one, since bubblewrap would make them for their owner alone.
    parents = [part for parent in reversed(path.parents[:-1]) for part in ("--dir", str(parent))]
    return [*parents, "--ro-bind", str(path), str(path)]
