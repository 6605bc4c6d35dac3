"""Whether an answer is the URL of a queue, and what it is said to be instead."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.course.judgement import Mistake
from labkit.course.probes.queue_urls import is_url_of
from labkit.lab import Lab

ARN = "arn:aws:sqs:us-east-1:123456789012:returns"


def test_the_url_of_a_queue_that_is_there(lab: Lab):
    """However it came about."""
    made = lab.client("sqs").create_queue(QueueName="returns")
    is_url_of(lab, made["QueueUrl"], "returns")


@pytest.mark.parametrize(
    ("answer", "message", "hint"),
    [
        ({"QueueUrl": "http://x/1/returns"}, "is all that SQS has answered", "QueueUrl"),
        (ARN, "is the ARN of a queue", "calls by URLs"),
        ("returns", "'returns' is not the URL", "answers with the QueueUrl"),
        (None, "'None' is not the URL", "answers with the QueueUrl"),
        (
            "http://x/1/practice-returns",
            "the URL of 'practice-returns', and not",
            "called 'returns'",
        ),
        ("x" * 1000, f"'{'x' * 60}' is not the URL", "answers with the QueueUrl"),
    ],
)
def test_what_is_no_url_is_told_what_it_is(lab: Lab, answer: Any, message: str, hint: str):
    """In a few words, however long the answer is, and with the next step."""
    with pytest.raises(Mistake, match="not the URL of a queue 'returns'") as told:
        is_url_of(lab, answer, "returns")
    assert message in str(told.value)
    assert hint in told.value.hint


def test_a_queue_that_is_not_there(lab: Lab):
    """A URL can be written without a queue."""
    with pytest.raises(Mistake, match="There is no queue 'gone'"):
        is_url_of(lab, "http://127.0.0.1:1/123456789012/gone", "gone")
