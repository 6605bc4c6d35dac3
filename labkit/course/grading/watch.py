"""Ends a notebook that starts too many processes or fills the memory, and says which it was.

The system's own limits hold for one process (memory) or one user (their number); what counts here
is all that the notebook and its functions have started, together.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from labkit.course.grading.limits import MEGABYTE, Limits

PROC = Path("/proc")
INTERVAL = 0.1  # seconds; a process takes longer than this to fill a machine's memory
GONE = (psutil.Error, OSError)
# What a session holds of a kernel's output, in several forms, before it is counted.
HELD = 8


class Watch:
    """Watches the processes `roots` and all below them; ends them when they go too far.

    A cloud is among them: it is labkit's, but what it holds in memory is the student's. `alone`
    says that this process is in a sandbox, where all that is to be seen belongs to the session and
    what these processes have started ends with them. What they send is held by this process until
    it is read, so its own memory must not grow without end either.
    """

    def __init__(
        self, roots: Sequence[int], limits: Limits, end: Callable[[str], None], *, alone: bool
    ) -> None:
        self._roots = roots
        self._alone = alone
        self._limits = limits
        self._end = end
        self._itself = psutil.Process()
        self._at_first = self._itself.memory_info().rss
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(INTERVAL):
            if reason := self._look():
                self._end(reason)
                kill(self._roots, alone=self._alone)
                return

    def _look(self) -> str:
        # Among hundreds of processes there is no time left to look at each.
        if self._alone and _in_sight() > self._limits.processes:
            return f"it started more than {self._limits.processes} processes"
        # One message may have parts without end, and is not seen before the last of them.
        held = self._itself.memory_info().rss - self._at_first
        if held > HELD * self._limits.output_mb * MEGABYTE:
            return f"it printed more than {self._limits.output_mb} MB at once"
        return excess(family(self._roots), self._limits)


def family(roots: Sequence[int]) -> list[psutil.Process]:
    """These processes and all below them, as far as they still live."""
    found = []
    for pid in roots:
        try:
            root = psutil.Process(pid)
            found += [root, *root.children(recursive=True)]
        except GONE:
            continue
    return found


def kill(roots: Sequence[int], *, alone: bool) -> None:
    """End processes and all below them; out of a sandbox, as many of those as can be found."""
    for pid in [*roots] if alone else [process.pid for process in family(roots)]:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def _in_sight() -> int:
    return sum(entry.name.isdigit() for entry in PROC.iterdir())


def excess(processes: Sequence[psutil.Process], limits: Limits) -> str:
    """What these processes have too much of, or an empty text."""
    if len(processes) > limits.processes:
        return f"it started more than {limits.processes} processes"
    threads, resident = 0, 0
    for process in processes:
        try:
            threads += process.num_threads()
            resident += process.memory_info().rss
        except GONE:
            continue
    if threads > limits.threads:
        return f"it started more than {limits.threads} threads"
    # Resident memory counts what processes share once for each of them, and is quick to read.
    if resident > limits.memory_mb * MEGABYTE and _memory(processes) > limits.memory_mb * MEGABYTE:
        return f"it used more than {limits.memory_mb} MB of memory"
    return ""


def _memory(processes: Sequence[psutil.Process]) -> int:
    total = 0
    for process in processes:
        try:
            memory = process.memory_full_info()
            total += getattr(memory, "pss", memory.uss)  # Linux shares out what is shared
        except GONE:
            continue
    return total
