"""The processes that a test started, and theirs."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterable
from pathlib import Path


def children(pid: int) -> list[int]:
    """The process ids of the children of `pid`, sorted."""
    found: list[str] = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # that thread has ended
            found += listing.read_text().split()
    return sorted(map(int, found))


def await_ends(pids: Iterable[int], *, timeout: float) -> None:
    """Return when each of these processes has ended; fail after `timeout` seconds."""
    for pid in pids:
        try:
            watch = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            assert select.select([watch], [], [], timeout)[0], f"{pid} still runs"
        finally:
            os.close(watch)


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
