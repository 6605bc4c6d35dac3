"""The judge: a process that holds a lab of its own on the student's cloud and judges answers.

    python -m labkit.course.grading.judge ENDPOINT STUDENT_ID

Each line of standard input is one request, each line of standard output the result. It runs apart
from the student's kernel, which reaches it by its answers alone; a check that never ends is ended
with the whole process, and the next request gets a new judge.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from dataclasses import asdict
from typing import Any

import labkit
from labkit.course.exercise import unpack
from labkit.course.exercises import EXERCISES
from labkit.course.printable import shorten
from labkit.course.result import CheckResult, Status
from labkit.lab import Lab

LONGEST = 2000  # characters of a message; it may quote the answer


def main(endpoint: str, student_id: str) -> None:
    """Judge until standard input ends."""
    warnings.simplefilter("ignore")
    # What a check prints must not mix with the results.
    results = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with labkit.connect(endpoint, student_id=student_id) as lab:
        for line in sys.stdin.buffer:
            results.write(json.dumps(asdict(judge(lab, line))) + "\n")
            results.flush()


def judge(lab: Lab, line: bytes) -> CheckResult:
    """The result for one request, whatever it holds."""
    try:
        request: dict[str, Any] = json.loads(line)
        exercise = EXERCISES[request["exercise"]]
        answers = [unpack(packed) for packed in request["answers"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return CheckResult("unknown", Status.WRONG, "This is no answer to an exercise.")
    try:
        result = exercise.judge(lab, *answers)
    except RecursionError:
        return CheckResult(exercise.id, Status.WRONG, "The answer is nested too deeply.")
    return CheckResult(
        result.check,
        result.status,
        shorten(result.message, LONGEST),
        shorten(result.hint, LONGEST),
        result.points,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
