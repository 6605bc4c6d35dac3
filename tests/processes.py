"""The processes that a test started, and theirs."""

from __future__ import annotations

from pathlib import Path


def children(pid: int) -> list[int]:
    """The process ids of the children of `pid`, sorted."""
    listing = Path(f"/proc/{pid}/task").glob("*/children")
    return sorted(int(child) for task in listing for child in task.read_text().split())


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
