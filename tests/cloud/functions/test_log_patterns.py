"""Filter patterns of CloudWatch Logs."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.logs import models
from moto.logs.exceptions import InvalidParameterException

from labkit.cloud.functions.log_patterns import LogPattern

REFUSED = '[WARNING]\tid\t{"outcome": "refused", "orderID": "536414"}'
EVENT = json.dumps(
    {
        "outcome": "refused",
        "order": {"id": "536414", "total": 9.5, "lines": [{"sku": "22139"}]},
        "note": None,
        "paid": True,
    }
)


@pytest.mark.fidelity(
    "CloudWatch",
    "A filter pattern of terms finds events with all of them, one of the ?optional, none of the "
    "-excluded; phrases are quoted, expressions stand between percent signs.",
    source="CloudWatch Logs guide: FilterAndPatternSyntax",
)
@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", True),
        ("refused", True),
        ("Refused", False),
        ("refused 536414", True),
        ("refused 536415", False),
        ('"refused" "536414"', True),
        ("?ERROR ?refused", True),
        ("?ERROR ?stored", False),
        ("refused -536414", False),
        ("refused -stored", True),
        ("?ERROR refused", True),
        ('"outcome\\": \\"refused"', True),
        (r"%5364\d\d%", True),
        (r"%5365\d\d%", False),
    ],
)
def test_terms(pattern: str, found: bool):
    """Terms as the user guide defines them."""
    assert LogPattern(pattern).matches(REFUSED) is found


@pytest.mark.fidelity(
    "CloudWatch",
    "A filter pattern in braces finds events that are JSON by their fields.",
    source="CloudWatch Logs guide: FilterAndPatternSyntax",
)
@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ('{ $.outcome = "refused" }', True),
        ('{ $.outcome = "ref*" }', True),
        ('{ $.outcome = "ref" }', False),
        ('{ $.outcome != "stored" }', True),
        ('{ $.missing != "stored" }', False),
        ("{ $.order.total = 9.5 }", True),
        ("{ $.order.total >= 9.5 }", True),
        ("{ $.order.total < 9.5 }", False),
        ("{ $.outcome > 1 }", False),
        ('{ $.order.lines[0].sku = "22139" }', True),
        ('{ $.order.lines[1].sku = "22139" }', False),
        ("{ $.order.id = %5364..% }", True),
        ("{ $.note IS NULL }", True),
        ("{ $.paid IS TRUE }", True),
        ("{ $.paid IS FALSE }", False),
        ("{ $.missing NOT EXISTS }", True),
        ("{ $.note NOT EXISTS }", False),
        ('{ $.paid IS FALSE || $.outcome = "refused" }', True),
        ('{ $.paid IS FALSE && $.outcome = "refused" }', False),
        ('{ ($.paid IS FALSE || $.paid IS TRUE) && $.outcome = "refused" }', True),
        ('{ $.paid IS TRUE || $.paid IS TRUE && $.outcome = "stored" }', True),
    ],
)
def test_json(pattern: str, found: bool):
    """Comparisons of fields, joined by && and ||."""
    assert LogPattern(pattern).matches(EVENT) is found
    assert LogPattern(pattern).matches("not JSON") is False
    assert LogPattern(pattern).matches("[" * 20_000) is False


@pytest.mark.parametrize(
    "pattern",
    ["{ $.a }", "{ a = 1 }", "{ $.a = }", "{ $.a = 1", "{ ($.a = 1 }", "{ $.a < x }", "a/b", "%(%"],
)
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str):
    """InvalidParameterException, as AWS answers it."""
    with pytest.raises(InvalidParameterException):
        LogPattern(pattern)


@pytest.mark.fidelity(
    "CloudWatch",
    "Filter patterns for space-delimited events are refused.",
    differs="the lab's functions log text and JSON",
)
def test_space_delimited_patterns_are_refused():
    """The refusal says that the local cloud does not have them."""
    with pytest.raises(InvalidParameterException, match="not in the local cloud"):
        LogPattern("[ip, user, ...]")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_pattern_and_no_message_fails_otherwise(pattern: str, message: str):
    """Whatever is asked of whatever text: an answer, or the one refusal."""
    with contextlib.suppress(InvalidParameterException):
        assert LogPattern(pattern).matches(message) in (True, False)


def test_readers_get_what_the_pattern_finds(client: Callable[..., Any]):
    """FilterLogEvents applies it, and refuses a wrong one even when there are no events."""
    logs = client("logs")
    logs.create_log_group(logGroupName="patterns")
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.filter_log_events(logGroupName="patterns", filterPattern="{ $.a }")
    now = int(time.time() * 1000)
    logs.create_log_stream(logGroupName="patterns", logStreamName="s")
    logs.put_log_events(
        logGroupName="patterns",
        logStreamName="s",
        logEvents=[{"timestamp": now, "message": text} for text in (EVENT, REFUSED)],
    )
    found = logs.filter_log_events(logGroupName="patterns", filterPattern="{ $.paid IS TRUE }")
    assert [event["message"] for event in found["events"]] == [EVENT]


def test_an_expression_that_takes_too_long_is_refused(client: Callable[..., Any]):
    """At the first event, so that a thousand of them do not hold up the cloud."""
    logs = client("logs")
    logs.create_log_group(logGroupName="slow")
    logs.create_log_stream(logGroupName="slow", logStreamName="s")
    events = [{"timestamp": int(time.time() * 1000), "message": "a" * 60 + "b"}] * 1000
    logs.put_log_events(logGroupName="slow", logStreamName="s", logEvents=events)
    began = time.monotonic()
    with pytest.raises(logs.exceptions.InvalidParameterException, match="takes too long"):
        logs.filter_log_events(logGroupName="slow", filterPattern="%(a|a)+$%")
    assert time.monotonic() - began < 50


def test_the_seam_is_where_it_was():
    """Fails when moto no longer asks EventMessageFilter, by its name in the module."""
    assert callable(models.EventMessageFilter("a").matches)
