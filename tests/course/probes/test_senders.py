"""Which policies of a queue let one topic send to it, and no other."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from labkit.course.judgement import Mistake
from labkit.course.probes.senders import only_topic_may_send

QUEUE = "arn:aws:sqs:us-east-1:123456789012:thanks"
TOPIC = "arn:aws:sns:us-east-1:123456789012:order-events"


def lab_with(policy: str) -> Any:
    """A lab whose only queue has this policy."""
    sqs = SimpleNamespace(
        get_queue_url=lambda **_: {"QueueUrl": "url"},
        get_queue_attributes=lambda **_: {"Attributes": {"Policy": policy}} if policy else {},
    )
    return SimpleNamespace(region="us-east-1", account_id="123456789012", client=lambda _: sqs)


def statement(condition: Any, **other: Any) -> dict[str, Any]:
    """A statement that lets SNS send under a condition."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": QUEUE,
        "Condition": condition,
    } | other


@pytest.mark.parametrize(
    "found",
    [
        statement({"ArnEquals": {"aws:SourceArn": TOPIC}}),
        statement({"StringLike": {"AWS:SourceArn": [TOPIC]}}, Action=["SQS:Send*"]),
        statement({"ArnLike": {"aws:SourceArn": TOPIC}}, Principal="*"),
        statement(
            {"ArnEquals": {"aws:SourceArn": TOPIC}}, Principal={"Service": ["sns.amazonaws.com"]}
        ),
    ],
)
def test_every_way_to_let_the_topic_in_is_right(found: dict[str, Any]):
    """Texts or lists, any operator that compares, any case of the key."""
    only_topic_may_send(lab_with(json.dumps({"Statement": found})), "thanks", TOPIC)
    only_topic_may_send(lab_with(json.dumps({"Statement": [found]})), "thanks", TOPIC)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("", "has no policy"),
        (statement({"ArnEquals": {"aws:SourceArn": TOPIC}}, Effect="Deny"), "does not allow"),
        (statement({"ArnEquals": {"aws:SourceArn": TOPIC}}, Resource="other"), "does not allow"),
        (statement({}), "no condition aws:SourceArn"),
        (statement({"ArnEquals": {"aws:SourceArn": f"{TOPIC}-2"}}), "names another topic"),
        (statement({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}), "more topics"),
    ],
)
def test_what_is_wrong_is_named(policy: Any, words: str):
    """A policy that is missing, of something else, open to others, or for another topic."""
    text = json.dumps({"Statement": policy}) if policy else ""
    with pytest.raises(Mistake, match=words):
        only_topic_may_send(lab_with(text), "thanks", TOPIC)
