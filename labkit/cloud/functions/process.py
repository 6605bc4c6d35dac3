"""One worker's operating-system process: how it is started, measured and ended.

It runs in a session and process group of its own, so that whatever it starts ends with it. Its
stdin is a lifeline that only the cloud holds (see `bootstrap`); stdout and stderr go to one file,
which no reader can be too slow for and which holds every line the moment it is written.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import sys
from functools import cache
from pathlib import Path
from typing import BinaryIO

from labkit.cloud.functions.bootstrap import LIBRARIES
from labkit.cloud.functions.configuration import Setup
from labkit.cloud.worker_command import surroundings

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
PROC = Path("/proc")
MEGABYTE = 1024 * 1024

# A process can reserve so much more than its memory size before an allocation fails. What it has
# really used is measured when it answers: the stacks of threads, for one, are hardly ever touched.
HEADROOM = 512 * MEGABYTE

# Read at most this much of what one invocation prints, and then its very end.
OUTPUT_LIMIT = MEGABYTE
OUTPUT_END = 64 * 1024
OUTPUT_FILE_LIMIT = 16 * MEGABYTE

# Given to the process over its stdin: what it is started with, every function of this machine's
# user could read in /proc.
SECRETS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})


class Process:
    """A started worker process."""

    def __init__(self, process: asyncio.subprocess.Process, output: Output) -> None:
        self._process = process
        self.output = output
        self._peak_mb = 0

    @classmethod
    async def start(cls, setup: Setup, variables: dict[str, str]) -> Process:
        """Start a worker; its output goes to a file in its folder."""
        configuration = setup.configuration
        settings = {
            "handler": configuration.handler,
            "layers": [str(layer) for layer in setup.layers],
            "libraries": runtime_library_folders(),
            # Within another command a worker may outlive its end by a moment, while the cloud goes
            # on; whoever gave the command removes the folder.
            "cloud_folder": "" if surroundings() else str(setup.cloud_folder),
            "largest_file": configuration.ephemeral_storage * MEGABYTE,
            "most_memory": configuration.memory_size * MEGABYTE + HEADROOM,
            "stand_in": setup.stand_in,
        }
        output = setup.folder / "output"
        with output.open("ab") as written:
            process = await asyncio.create_subprocess_exec(
                *surroundings(setup.scratch),
                sys.executable,
                *("-S", "-s", "-P", "-X", "utf8", str(BOOTSTRAP), json.dumps(settings)),
                env={name: text for name, text in variables.items() if name not in SECRETS},
                cwd=setup.task_root,
                stdin=asyncio.subprocess.PIPE,
                stdout=written,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        assert process.stdin is not None
        secrets = {name: text for name, text in variables.items() if name in SECRETS}
        process.stdin.write(json.dumps(secrets).encode() + b"\n")
        return cls(process, Output(output))

    @property
    def pid(self) -> int:
        """The process id, which is its group's too."""
        return self._process.pid

    def kill(self) -> None:
        """End the process and what it started, at once."""
        try:
            if hasattr(os, "killpg"):
                os.killpg(self.pid, signal.SIGKILL)
            elif self._process.returncode is None:
                self._process.kill()
        except ProcessLookupError:
            pass

    async def ended(self) -> int:
        """Wait for the end; return the exit status, or minus the signal's number."""
        return_code = await self._process.wait()
        self.kill()  # what it started
        if surroundings() and return_code > 128:
            return 128 - return_code  # how a command passes on the signal that ended another one
        return return_code

    def peak_memory_mb(self, *, otherwise: int) -> int:
        """The most memory it has had in use, rounded up; `otherwise` where the system hides it.

        After its death this is what was measured last, 0 when nothing was.
        """
        if sys.platform != "linux":
            return otherwise
        try:
            status = (PROC / str(_innermost(self.pid)) / "status").read_bytes()
            kilobytes = int(status.partition(b"VmHWM:")[2].split(maxsplit=1)[0])
        except (OSError, IndexError, ValueError):
            return self._peak_mb
        self._peak_mb = -(-kilobytes // 1024)
        return self._peak_mb


class Output:
    """The file that a worker writes its output to, read from where the last reading stopped."""

    def __init__(self, file: Path) -> None:
        self._path = file
        self._file: BinaryIO = file.open("rb", buffering=0)

    def read(self) -> tuple[bytes, int, bytes]:
        """What is new: its beginning, how many bytes are left out, and its end."""
        begin = self._file.read(OUTPUT_LIMIT)
        if not begin:
            return b"", 0, b""
        position = self._file.tell()
        left_out, end = 0, b""
        size = os.fstat(self._file.fileno()).st_size
        if size > position:
            left_out = max(0, size - position - OUTPUT_END)
            self._file.seek(left_out, os.SEEK_CUR)
            end = self._file.read(OUTPUT_END)
        elif size > OUTPUT_FILE_LIMIT:
            os.truncate(self._path, 0)
            self._file.seek(0)
        return begin, left_out, end

    def close(self) -> None:
        """Read no more."""
        self._file.close()


def _innermost(pid: int) -> int:
    # The worker itself, within the command that runs it.
    while surroundings():
        of = PROC / str(pid)
        children = (of / "task" / str(pid) / "children").read_text().split()
        if not children or (of / "cmdline").read_bytes().startswith(sys.executable.encode()):
            break
        pid = int(children[0])
    return pid


@cache
def runtime_library_folders() -> list[str]:
    """The folders that hold the libraries of the Python runtime on this machine."""
    folders = set()
    for name in LIBRARIES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            folder = Path(spec.origin).parent
            folders.add(str(folder.parent if spec.submodule_search_locations else folder))
    return sorted(folders)
