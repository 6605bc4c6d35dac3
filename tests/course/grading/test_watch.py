"""What a notebook has started is counted, and ended when it is too much."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psutil

from labkit.course.grading import watch
from labkit.course.grading.limits import Limits

READY = "print('ready', flush=True); input()"


@contextmanager
def running(code: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has come to its `READY`, and waits."""
    command = [sys.executable, "-c", code + READY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline()
        yield process
        process.kill()


def test_what_is_within_the_limits_stays():
    """A process of its own size is nothing to end."""
    with running("") as process:
        assert watch.excess(watch.family([process.pid]), Limits()) == ""


def test_children_are_counted():
    """Processes below a process are its own."""
    children = "import subprocess\n[subprocess.Popen(['sleep', '60']) for _ in range(5)]\n"
    with running(children) as process:
        family = watch.family([process.pid])
        assert len(family) == 6
        assert watch.excess(family, Limits(processes=6)) == ""
        assert watch.excess(family, Limits(processes=5)) == "it started more than 5 processes"
        watch.kill([process.pid], alone=False)
        assert not psutil.wait_procs(family, timeout=30)[1]


def test_threads_are_counted():
    """Threads of a few processes are too many as well."""
    code = "import threading\nstop = threading.Event()\n"
    code += "[threading.Thread(target=stop.wait, daemon=True).start() for _ in range(40)]\n"
    with running(code) as process:
        reason = watch.excess(watch.family([process.pid]), Limits(processes=16))
    assert reason == "it started more than 32 threads"


def test_memory_is_counted_once():
    """What a child shares with its parent is not counted for both."""
    code = "import os\nkept = b'x' * (120 * 2**20)\nif not os.fork():\n    os.read(0, 1)\n"
    with running(code) as process:
        family = watch.family([process.pid])
        assert sum(each.memory_info().rss for each in family) > 220 * 2**20
        assert watch.excess(family, Limits(memory_mb=200)) == ""
        assert "more than 100 MB of memory" in watch.excess(family, Limits(memory_mb=100))
        watch.kill([process.pid], alone=False)


def test_the_watch_ends_what_goes_too_far():
    """The reason is given before the processes are gone."""
    reasons: list[str] = []
    told = threading.Event()

    def end(reason: str) -> None:
        reasons.append(reason)
        told.set()

    with running("kept = b'x' * (120 * 2**20)\n") as process:
        watching = watch.Watch([process.pid], Limits(memory_mb=50), end, alone=False)
        assert told.wait(30)
        process.wait(30)
        watching.stop()
    assert reasons == ["it used more than 50 MB of memory"]


def test_what_a_kernel_sends_is_held_in_bounds():
    """A message in many parts fills the memory of the session, and not that of the kernel."""
    reasons: list[str] = []
    told = threading.Event()

    def end(reason: str) -> None:
        reasons.append(reason)
        told.set()

    with running("") as process:
        watching = watch.Watch([process.pid], Limits(output_mb=2), end, alone=False)
        held = b"x" * (watch.HELD * 4 * 2**20)
        assert told.wait(30)
        process.wait(30)
        watching.stop()
        del held
    assert reasons == ["it printed more than 2 MB at once"]


def test_limits_are_imposed():
    """The system holds a process to what it can hold it to."""
    limits = replace(Limits(), notebook_seconds=77, disk_mb=16)
    code = (
        "from labkit.course.grading.limits import Limits; import resource\n"
        f"{limits!r}.impose()\n"
        "print(*(resource.getrlimit(getattr(resource, 'RLIMIT_' + name))[1]\n"
        "        for name in ('CORE', 'CPU', 'FSIZE', 'DATA', 'NPROC')))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert shown == ["0", "77", str(16 * 2**20), str(2048 * 2**20), "200"]
