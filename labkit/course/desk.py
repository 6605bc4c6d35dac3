"""Where the check of an exercise takes its answers when a class is graded.

In class an exercise is judged in the notebook's own process. A grader sets LABKIT_DESK to the
socket of a desk: then the answers go there as JSON, a process that the notebook cannot reach judges
them, and its result comes back to be shown.
"""

from __future__ import annotations

import json
import os
import socket
from typing import Any

from labkit.course.result import CheckResult, from_data
from labkit.errors import GradingError

VARIABLE = "LABKIT_DESK"
LONGEST = 1024 * 1024  # bytes of answers


def is_open() -> bool:
    """Whether a grader waits for this process's answers."""
    return bool(os.environ.get(VARIABLE))


def ask(exercise_id: str, answers: list[dict[str, Any]]) -> CheckResult:
    """What the desk says of packed answers (see `exercise.pack`).

    Raises `GradingError` when the desk does not take them.
    """
    request = json.dumps({"exercise": exercise_id, "answers": answers}).encode() + b"\n"
    if len(request) > LONGEST:
        raise GradingError(f"The answer to {exercise_id} is longer than {LONGEST // 1024} KB.")
    with socket.socket(socket.AF_UNIX) as desk:
        desk.connect(os.environ[VARIABLE])
        desk.sendall(request)
        with desk.makefile("rb") as answer:
            return from_data(json.loads(answer.readline(LONGEST)))
