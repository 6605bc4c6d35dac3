"""The comparison with recordings notices what differs, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recordings.normalise import FOLDER, Comparison, load
from tests.recordings.replays import missing

SAME = [
    ({"a": [1, None, "x"]}, {"a": [1, None, "x"]}),
    ({"id": "<uuid:1>", "again": "arn:<uuid:1>:x"}, {"id": "u", "again": "arn:u:x"}),
    ({"time": "<datetime>", "other": "<datetime>"}, {"time": 1.5, "other": "yesterday"}),
    ({"time": "<timestamp:2022-07-13T13:48:01Z>"}, {"time": "2026-11-23T08:00:00Z"}),
    ({"body": {"a": 1}}, {"body": '{"a": 1}'}),
    ({"SenderId": "sender-id"}, {"SenderId": "AIDA"}),
    (
        {"HTTPHeaders": {}, "HTTPStatusCode": 202},
        {"HTTPHeaders": {"x": "y"}, "HTTPStatusCode": 202, "RetryAttempts": 0},
    ),
    ({"arn": "arn:<partition>:sqs:<region>:111111111111:q"}, {"arn": "arn:aws:sqs:eu-1:1234:q"}),
]
DIFFERENT = [
    ({"a": 1}, {"a": "1"}),
    ({"a": 1}, {"a": True}),
    ({"a": 1}, {}),
    ({}, {"a": 1}),
    ({"a": [1]}, {"a": [1, 1]}),
    ({"id": "<uuid:1>", "again": "<uuid:1>"}, {"id": "u", "again": "v"}),
    ({"id": "<uuid:1>", "other": "<uuid:2>"}, {"id": "u", "other": "u"}),
    ({"id": "<uuid:1>"}, {"id": None}),
    ({"time": "<timestamp:2022-07-13T13:48:01Z>"}, {"time": "2026-11-23T08:00:00.000Z"}),
    ({"body": {"a": 1}}, {"body": "not JSON"}),
    ({"HTTPHeaders": {}, "HTTPStatusCode": 202}, {"HTTPHeaders": {}, "HTTPStatusCode": 201}),
    ({"a": "x"}, {"a": "y"}),
]


@pytest.mark.parametrize(("recorded", "answered"), SAME)
def test_an_answer_that_differs_only_in_placeholders_is_the_same(
    recorded: Any, answered: Any
) -> None:
    """Accidental values are compared only with each other."""
    assert Comparison({"answer": recorded}).differences("answer", answered) == []


@pytest.mark.parametrize(("recorded", "answered"), DIFFERENT)
def test_any_other_difference_is_named(recorded: Any, answered: Any) -> None:
    """Each field that differs has a line of its own."""
    assert len(Comparison({"answer": recorded}).differences("answer", answered)) == 1


def test_what_was_not_compared_is_left() -> None:
    """So that a replay cannot pass an answer over."""
    comparison = Comparison({"first": 1, "second": 2})
    comparison.assert_same("first", 1)
    assert comparison.left == {"second"}


def test_a_recording_without_a_replay_is_named() -> None:
    """Every key of every file, when no test is there."""
    sentences = list(missing([]))
    assert len(sentences) == sum(len(load(file.name)) for file in FOLDER.glob("*.json"))
    assert "sns-http.json: no test replays test_http_subscription_response." in sentences


def test_a_placeholder_keeps_its_value_from_answer_to_answer() -> None:
    """What `<uuid:1>` stood for in one answer it stands for in the next."""
    comparison = Comparison({"first": {"id": "<uuid:1>"}, "second": {"id": "<uuid:1>"}})
    comparison.assert_same("first", {"id": "u"})
    assert comparison.differences("second", {"id": "v"}) != []
