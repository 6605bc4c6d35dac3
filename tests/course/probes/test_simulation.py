"""Whether a document allows what it should and nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.course.judgement import Mistake
from labkit.course.probes.permissions import trusted
from labkit.course.probes.simulation import Scope, enough, no_more, validate
from labkit.lab import Lab

QUEUE = "arn:aws:sqs:us-east-1:123456789012:returns"
SCOPE = Scope(
    actions=("sqs:ReceiveMessage", "sqs:DeleteMessage"),
    resource=QUEUE,
    elsewhere=(f"{QUEUE}-dead",),
    never=("sqs:SendMessage",),
    what="queue 'returns'",
)


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: object, resource: object = QUEUE, effect: str = "Allow") -> dict[str, Any]:
    """A statement on the queue unless `resource` is another."""
    return {"Effect": effect, "Action": action, "Resource": resource}


def judge(lab: Lab, policy: Any) -> str:
    """What is wrong with a document, or an empty text."""
    try:
        validate(lab, policy)
        enough(lab, policy, SCOPE)
        no_more(lab, policy, SCOPE)
    except Mistake as mistake:
        return str(mistake)
    return ""


@pytest.mark.parametrize(
    "policy",
    [
        document(allow(list(SCOPE.actions))),
        document(allow("sqs:DeleteMessage", [QUEUE]), allow("sqs:Receive*")),
        document(allow(["SQS:receivemessage", "sqs:DeleteMessage"]), allow("s3:GetObject", "*")),
        document(
            allow("sqs:*"), {"Effect": "Deny", "NotAction": [*SCOPE.actions], "Resource": "*"}
        ),
    ],
)
def test_every_way_to_say_the_same_is_right(lab: Lab, policy: dict[str, Any]):
    """Order, texts or lists, wildcards and harmless denials make no difference."""
    assert judge(lab, policy) == ""


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"Version": "2012-10-17"}, "not a policy"),
        ('{"Statement": []}', "This is a text"),
        (document(allow("sqs:TakeMessage")), "is not valid"),
        (
            document(allow("sqs:ReceiveMessage")),
            "sqs:DeleteMessage on queue 'returns': it has no statement",
        ),
        (document(allow("sqs:*"), allow("sqs:*", "*", "Deny")), "it denies it explicitly"),
        (document(allow(list(SCOPE.actions), f"{QUEUE}*")), "on more than queue 'returns'"),
        (document(allow("sqs:*")), "also allows sqs:SendMessage"),
        (document(allow([*SCOPE.actions, "sqs:TagQueue"])), "also allows sqs:TagQueue"),
        (document(allow("sqs:*"), allow("sqs:SendMessage", "*", "Deny")), "also allows sqs:AddP"),
    ],
)
def test_what_is_wrong_is_named(lab: Lab, policy: Any, message: str):
    """Too little, too wide, too much, or no document at all."""
    assert message in judge(lab, policy)


def test_whom_a_trust_policy_names():
    """Services and accounts of every Allow; a Deny trusts nobody, nor does what has no effect."""
    services = {"Service": ["lambda.amazonaws.com", "sqs.amazonaws.com"]}
    found = trusted(
        {
            "Statement": [
                {"Effect": "Allow", "Principal": services},
                {"Effect": "Allow", "Principal": "*"},
                {"Effect": "Deny", "Principal": {"AWS": "123456789012"}},
                {"Principal": {"AWS": "123456789012"}},
                "no statement",
            ]
        }
    )
    assert found == ["lambda.amazonaws.com", "sqs.amazonaws.com", "*"]
