"""System calls that nothing in a session needs, and that go around its limits.

They make memory that belongs to no process and no file system, so that neither a limit nor the
watch sees it, or take processors that are other submissions'. Linux checks each call with a small
program (seccomp's filter mode), which every process inherits that the session starts.

https://man7.org/linux/man-pages/man2/seccomp.2.html
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from labkit.errors import GradingError

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.ENOSYS
X32 = 0x40000000  # x86-64's second set of numbers for the same calls

# From <linux/audit.h> and <asm/unistd.h>: the architecture, and its numbers of memfd_create,
# memfd_secret, shmget and sched_setaffinity.
ARCHITECTURES = {
    "x86_64": (0xC000003E, (319, 447, 29, 203)),
    "aarch64": (0xC00000B7, (279, 447, 194, 122)),
}

# <linux/bpf_common.h>, and where the data of a call has its number and its architecture.
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE = 0, 4


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def deny() -> None:
    """Refuse these calls to this process and to all that it will start, as if there were none.

    Raises `GradingError` where the kernel takes no such program.
    """
    if platform.machine() not in ARCHITECTURES:
        raise GradingError(f"The sandbox knows no system calls of {platform.machine()}.")
    instructions = program(*ARCHITECTURES[platform.machine()])
    found = _Program(len(instructions) // 8, instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(found), 0, 0):
        raise GradingError(f"The kernel takes no filter of calls (error {ctypes.get_errno()}).")


def program(architecture: int, calls: tuple[int, ...]) -> bytes:
    """The instructions that refuse some calls, and every call of another architecture.

    >>> len(program(*ARCHITECTURES["x86_64"])) // 8
    10
    """
    last = len(calls) + 1  # how far it is from the first comparison of a call to the refusal
    return b"".join(
        [
            _instruction(LOAD, ARCHITECTURE),
            _instruction(JUMP_EQUAL, architecture, otherwise=last + 2),
            _instruction(LOAD, NUMBER),
            _instruction(JUMP_AT_LEAST, X32, then=last),
            *(
                _instruction(JUMP_EQUAL, call, then=last - 1 - index)
                for index, call in enumerate(calls)
            ),
            _instruction(RETURN, ALLOW),
            _instruction(RETURN, REFUSE),
        ]
    )


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)
