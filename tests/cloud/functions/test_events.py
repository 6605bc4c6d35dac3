"""When an event is tried again."""

from __future__ import annotations

import json

import pytest

from labkit.cloud.functions.errors import Throttled
from labkit.cloud.functions.events import Condition, Patience, next_attempt
from labkit.cloud.functions.outcome import Outcome
from labkit.cloud.functions.records import Event, dead_letter_attributes

EVENT = Event("arn", b"{}", "id-1", accepted=1000.0)


@pytest.mark.fidelity(
    "Lambda",
    "A failed event is retried twice, after one and two minutes.",
    source="Lambda guide: invocation-async-error-handling",
)
def test_errors_are_retried_after_one_and_two_minutes() -> None:
    """Then the event is given up."""
    waits = [
        next_attempt(EVENT, Patience(), now=1000.0, errors=errors, throttles=0)
        for errors in (1, 2, 3)
    ]
    assert waits == [1060.0, 1120.0, Condition.RETRIES_EXHAUSTED]


@pytest.mark.fidelity(
    "Lambda",
    "MaximumRetryAttempts of an event is 0 to 2.",
    source="Lambda API: PutFunctionEventInvokeConfig",
)
def test_a_function_can_have_fewer_retries() -> None:
    """`MaximumRetryAttempts` of its event invoke configuration."""
    end = next_attempt(EVENT, Patience(retries=0), now=1000.0, errors=1, throttles=0)
    assert end is Condition.RETRIES_EXHAUSTED


@pytest.mark.fidelity(
    "Lambda",
    "A throttled event backs off from one second to five minutes and uses up no retry.",
    source="Lambda guide: invocation-async-error-handling",
)
def test_throttling_backs_off_to_five_minutes() -> None:
    """And uses up no retry."""
    waits = [
        next_attempt(EVENT, Patience(), now=1000.0, errors=2, throttles=count)
        for count in (1, 2, 3, 20, 2000)
    ]
    assert waits == [1001.0, 1002.0, 1004.0, 1300.0, 1300.0]


@pytest.mark.fidelity(
    "Lambda",
    "No attempt begins after MaximumEventAgeInSeconds, six hours by default.",
    source="Lambda guide: invocation-async-error-handling",
)
def test_an_old_event_is_given_up() -> None:
    """No attempt begins after the event's longest age."""
    patience = Patience(longest_age=60)
    assert next_attempt(EVENT, patience, now=1000.0, errors=1, throttles=0) == 1060.0
    end = next_attempt(EVENT, patience, now=1001.0, errors=1, throttles=0)
    assert end is Condition.EVENT_AGE_EXCEEDED


@pytest.mark.fidelity(
    "Lambda",
    "A dead letter's ErrorMessage has the first kilobyte of the error.",
    source="Lambda guide: invocation-async-retain-records",
)
def test_a_dead_letter_has_a_kilobyte_of_its_error() -> None:
    """In bytes, and cut between two characters; what was never run has Lambda's own words."""
    outcome = Outcome(
        request_id="id-1",
        payload=json.dumps({"errorMessage": "x" + "é" * 1000}).encode(),
        function_error="Unhandled",
        executed_version="$LATEST",
        log_tail=b"",
        log_stream="s",
        duration_ms=1,
        cold=False,
        trace="",
        memory_mb=1,
    )
    text = dead_letter_attributes(EVENT, outcome)["ErrorMessage"]["StringValue"]
    assert text == "x" + "é" * 511
    assert len(text.encode()) == 1023
    throttled = dead_letter_attributes(EVENT, Throttled())
    assert throttled["ErrorCode"]["StringValue"] == "429"
    assert throttled["ErrorMessage"]["StringValue"] == "Rate Exceeded."
