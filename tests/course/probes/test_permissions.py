"""What a role's documents allow."""

from __future__ import annotations

import pytest

from labkit.course.probes.permissions import allows

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"


def statement(effect: str = "Allow", **elements: object) -> dict[str, object]:
    """A statement on the queue unless `elements` say otherwise."""
    return {"Effect": effect, "Action": "sqs:SendMessage", "Resource": QUEUE} | elements


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([], False),
        ([statement()], True),
        (statement(), True),
        ([statement(Action=["sqs:DeleteMessage", "SQS:sendmessage"])], True),
        ([statement(Resource="*")], True),
        ([statement(Resource="arn:aws:sqs:*:*:order?")], True),
        ([statement(Resource=QUEUE + "-dead")], False),
        ([statement(), statement("Deny", Action="sqs:*")], False),
        ([statement(), statement("Deny", Action="sqs:DeleteQueue")], True),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"}], False),
    ],
)
def test_an_action_is_allowed_when_a_statement_says_so_and_none_denies(
    statements: object, allowed: bool
):
    """Wildcards count, case counts in resources only, and a deny wins."""
    assert allows([{"Statement": statements}], "sqs:SendMessage", QUEUE) is allowed
