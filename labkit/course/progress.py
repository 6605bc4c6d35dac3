"""What a student has solved: every result of a check is written down in the student's workspace.

A workspace is a folder in which `labkit start` has put a folder `.labkit`; elsewhere nothing is
written. Each result is a line of its own, so that several kernels can write at once.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from labkit.course.result import CheckResult, Status, from_data

MARKER = ".labkit"
FILE = "progress.jsonl"


def workspace(folder: Path | None = None) -> Path | None:
    """The workspace that holds `folder` (the working directory by default), or None."""
    start = (folder or Path.cwd()).resolve()
    return next((each for each in (start, *start.parents) if (each / MARKER).is_dir()), None)


def record(result: CheckResult) -> None:
    """Write a result down, if the notebook is in a workspace."""
    if (home := workspace()) is None:
        return
    line = json.dumps(asdict(result)) + "\n"
    handle = os.open(home / MARKER / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def results(home: Path) -> dict[str, CheckResult]:
    """The result of each exercise and check: passed if it ever was, otherwise the last one.

    What is solved stays solved. A line that cannot be read, such as one that a full disk has cut
    off, is passed over.
    """
    found: dict[str, CheckResult] = {}
    file = home / MARKER / FILE
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
        try:
            result = from_data(json.loads(line))
        except ValueError:
            continue
        before = found.get(result.check)
        if before is None or before.status is not Status.PASSED:
            found[result.check] = result
    return found
