"""Calls that go around the limits are refused, and all others work."""

from __future__ import annotations

import subprocess
import sys

from labkit.course.grading import sandbox
from labkit.course.grading.limits import Limits
from labkit.course.grading.system_calls import ARCHITECTURES, program

LOOK = """
import ctypes, os, subprocess
from labkit.course.grading import system_calls
system_calls.deny()
def refused(call, *words):
    try:
        return call(*words) == -1
    except OSError as error:
        return error.strerror
libc = ctypes.CDLL(None)
print(refused(os.memfd_create, "x"), refused(libc.shmget, 0, 4096, 0o1600))
print(refused(os.sched_setaffinity, 0, os.sched_getaffinity(0)))
print(subprocess.run(["echo", "all is well"], capture_output=True, text=True).stdout)
"""


def test_calls_around_the_limits_are_refused():
    """Memory of nobody and others' processors are not there; what is started works as ever."""
    command = sandbox.session([sys.executable, "-c", LOOK], files=None, limits=Limits())
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.split("\n")[:3] == [
        "Function not implemented True",
        "Function not implemented",
        "all is well",
    ]


def test_each_jump_ends_at_a_verdict():
    """Of a program's jumps, those for refused calls lead to its last instruction."""
    for architecture, calls in ARCHITECTURES.values():
        written = program(architecture, calls)
        instructions = [written[place : place + 8] for place in range(0, len(written), 8)]
        jumps = [
            index + 1 + max(instruction[2], instruction[3])
            for index, instruction in enumerate(instructions)
            if instruction[2] or instruction[3]
        ]
        assert set(jumps) == {len(instructions) - 1}
        assert len(jumps) == len(calls) + 2
