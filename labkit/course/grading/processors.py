"""The machine's processors, shared out among the submissions that are graded at the same time.

Without, a submission that computes on many processors would take time from its neighbours, and with
it perhaps their points. Linux keeps processors for each thread, and hands them on to what a thread
starts; in a sandbox nothing can take others (see `system_calls`).
"""

from __future__ import annotations

import os
from queue import SimpleQueue


def shares(count: int) -> list[set[int]]:
    """The processors of each of `count` submissions; where there are too few, some have the same.

    Empty where the system does not tell.
    """
    if not hasattr(os, "sched_getaffinity"):  # macOS, Windows
        return []
    there = sorted(os.sched_getaffinity(0))
    return [set(there[number % len(there) :: count]) for number in range(count)]


def queue(count: int) -> SimpleQueue[set[int]]:
    """The shares, each to be taken by one thread."""
    waiting: SimpleQueue[set[int]] = SimpleQueue()
    for share in shares(count):
        waiting.put(share)
    return waiting


def keep_to_one(waiting: SimpleQueue[set[int]]) -> None:
    """Keep this thread, and all that it will start, to the next share."""
    if not waiting.empty():
        os.sched_setaffinity(0, waiting.get())
