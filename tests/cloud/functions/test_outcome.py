"""The failures that only Lambda itself can report."""

from __future__ import annotations

import json

import pytest

from labkit.cloud.functions import outcome


def test_a_time_out_is_as_recorded() -> None:
    """`Sandbox.Timedout`, with the function's timeout in seconds."""
    failure = outcome.timed_out("id-1", 3, timestamp="2026-11-23T03:41:30.000Z")
    assert json.loads(failure.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: id-1 Error: Task timed out after 3.00 seconds",
    }
    assert failure.log_line == "2026-11-23T03:41:30.000Z id-1 Task timed out after 3.00 seconds\n"


@pytest.mark.parametrize(
    ("return_code", "reason"),
    [
        (0, "Runtime exited without providing a reason"),
        (1, "Runtime exited with error: exit status 1"),
        (-9, "Runtime exited with error: signal: killed"),
        (-11, "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_a_crash_says_how_the_process_ended(return_code: int, reason: str) -> None:
    """`Runtime.ExitError` with AWS's words."""
    failure = outcome.exited("id-1", return_code)
    assert failure.document == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: id-1 Error: {reason}",
    }


def test_a_reported_error_is_passed_on() -> None:
    """The runtime client's document is the payload, and the worker goes on."""
    failure = outcome.reported('{"errorMessage": "bad", "errorType": "ValueError"}')
    assert (failure.error_type, failure.fatal) == ("ValueError", False)
    assert outcome.reported("no json").document["errorMessage"] == "no json"
