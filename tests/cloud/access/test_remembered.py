"""Remembered decisions: the same as new ones, and made once."""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import pytest

from labkit.cloud.access import remembered
from labkit.cloud.access.decide import Call, Policies, decide
from labkit.cloud.access.documents import policy
from labkit.cloud.access.principals import Principal
from tests.cloud.access.conftest import allow, document

ANA = Principal("arn:aws:iam::123456789012:user/ana", "123456789012", unique_id="AIDA1")
BEN = Principal("arn:aws:iam::123456789012:user/ben", "123456789012", unique_id="AIDA2")
QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
Json = Any

STATEMENTS = {
    "plain": allow("sqs:*", on=QUEUE),
    "source": allow("sqs:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
    "time": allow("sqs:*", Condition={"NumericLessThan": {"AWS:EpochTime": "100"}}),
    "absent": allow("sqs:*", Condition={"Null": {"aws:PrincipalOrgID": "true"}}),
    "keys": allow(
        "sqs:*",
        Condition={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:username}"]}},
    ),
    "variable": allow("sqs:*", on="arn:aws:sqs:*:*:${aws:username}"),
    "default": allow("sqs:*", on="arn:aws:sqs:*:*:${aws:PrincipalTag/team, 'orders'}"),
}
CONTEXTS = [
    {},
    {"aws:sourceip": "10.1.1.1", "aws:epochtime": "99", "aws:username": "orders"},
    {"aws:sourceip": "11.1.1.1", "aws:epochtime": "101", "aws:principaltag/team": "returns"},
    {"aws:username": "ana", "dynamodb:leadingkeys": ["ana"], "aws:principalorgid": "o-1"},
    {"aws:username": "ana", "dynamodb:leadingkeys": ["ana", "ben"]},
    {"aws:username": "ana", "dynamodb:leadingkeys": []},
]


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_remembered_decision_is_the_one_of_decide(name: str):
    """For every context, one after the other and again, as identity policy, resource's and deny."""
    own = (policy(name, document(STATEMENTS[name])),)
    denying = (policy(f"no {name}", document({**STATEMENTS[name], "Effect": "Deny"})),)
    shared = (policy("shared", document({**STATEMENTS[name], "Principal": "*"})),)
    several = [
        Policies(identity=own),
        Policies(resource=shared),
        Policies(identity=own, boundary=()),
        Policies(identity=own, resource=denying),
        Policies(identity=own, session=denying),
    ]
    for _ in range(2):
        for who, policies, context in itertools.product((ANA, BEN), several, CONTEXTS):
            asked = partial(dict, context)
            found = remembered.decision(who, "sqs:SendMessage", QUEUE, policies, asked)
            assert found == decide(Call(who, "sqs:SendMessage", QUEUE, context), policies)


def test_the_context_is_asked_only_when_a_policy_reads_it():
    """Most policies have neither conditions nor variables."""

    def context() -> Json:
        raise AssertionError("nobody needs it")

    plain = Policies(identity=(policy("plain", document(STATEMENTS["plain"])),))
    assert remembered.decision(ANA, "sqs:SendMessage", QUEUE, plain, context).allowed
    reading = Policies(identity=(policy("source", document(STATEMENTS["source"])),))
    with pytest.raises(AssertionError, match="nobody needs it"):
        remembered.decision(ANA, "sqs:SendMessage", QUEUE, reading, context)


def test_what_no_policy_reads_makes_no_new_decision():
    """The same decision serves calls that differ in other context keys only."""
    policies = Policies(identity=(policy("source", document(STATEMENTS["source"])),))

    def at(epoch: str) -> Any:
        context = {"aws:sourceip": "10.1.1.1", "aws:epochtime": epoch}
        return remembered.decision(ANA, "sqs:SendMessage", QUEUE, policies, lambda: context)

    assert at("1") is at("2")
