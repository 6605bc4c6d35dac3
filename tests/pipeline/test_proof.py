"""The proof of least privilege: every action of policies/ is needed, and together they suffice."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.lab import Lab
from labkit.pipeline import identity, policies, proof
from labkit.pipeline.policies import document

CALL, LOG, ANSWER = "the call's error", "the function's log", "the API's answer"
ON_SQS = "The function execution role does not have permissions to call {} on SQS"
ON_STREAM = "Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream"
WRITES, PUBLISHES = "assumed-role/order-writer-role/order-writer", "order-notifier-role"

# What stops without an action, where one sees it, and what it says.
STOPS = {
    ("APIGateway-Send-SQS", "sqs:SendMessage"): ("api", ANSWER, "perform: sqs:sendmessage"),
    ("Lambda-DynamoDBStreams-Iterate", "dynamodb:GetShardIterator"): ("notifier", CALL, ON_STREAM),
    ("Lambda-DynamoDBStreams-Iterate", "dynamodb:ListStreams"): ("notifier", CALL, ON_STREAM),
    ("Lambda-DynamoDBStreams-Read", "dynamodb:GetRecords"): ("notifier", CALL, ON_STREAM),
    ("Lambda-DynamoDBStreams-Read", "dynamodb:DescribeStream"): ("notifier", CALL, ON_STREAM),
    ("Lambda-Read-SQS", "sqs:DeleteMessage"): ("writer", CALL, ON_SQS.format("DeleteMessage")),
    ("Lambda-Read-SQS", "sqs:ReceiveMessage"): ("writer", CALL, ON_SQS.format("ReceiveMessage")),
    ("Lambda-Read-SQS-Attributes", "sqs:GetQueueAttributes"): (
        "writer",
        CALL,
        ON_SQS.format("GetQueueAttributes"),
    ),
    ("Lambda-SNS-Publish", "sns:Publish"): (
        "notifier",
        LOG,
        "order-notifier is not authorized to perform: SNS:Publish on resource",
    ),
    ("Lambda-SNS-Publish", "sns:GetTopicAttributes"): (
        "notifier",
        LOG,
        "order-notifier is not authorized to perform: SNS:GetTopicAttributes on resource",
    ),
    ("Lambda-Write-DynamoDB", "dynamodb:PutItem"): (
        "writer",
        LOG,
        "order-writer is not authorized to perform: dynamodb:PutItem on resource",
    ),
    ("Lambda-Write-DynamoDB", "dynamodb:DescribeTable"): (
        "writer",
        LOG,
        "order-writer is not authorized to perform: dynamodb:DescribeTable on resource",
    ),
    ("Lambda-Write-Logs-Notifier", "logs:CreateLogStream"): ("notifier", LOG, "Nothing is logged"),
    ("Lambda-Write-Logs-Notifier", "logs:PutLogEvents"): ("notifier", LOG, "Nothing is logged"),
    ("Lambda-Write-Logs-Writer", "logs:CreateLogStream"): ("writer", LOG, "Nothing is logged"),
    ("Lambda-Write-Logs-Writer", "logs:PutLogEvents"): ("writer", LOG, "Nothing is logged"),
    ("Queue-Audit-From-SNS", "sqs:SendMessage"): ("fan_out", "the audit queue", "It stays empty"),
    ("Topic-Alarms-From-CloudWatch", "sns:Publish"): (
        "alarm",
        "the alarm's history",
        "orders-dead-letters is not authorized to perform: SNS:Publish on resource",
    ),
    ("Trust-APIGateway", "sts:AssumeRole"): ("api", ANSWER, "500"),
    ("Trust-Lambda", "sts:AssumeRole"): ("writer", CALL, "cannot be assumed by Lambda"),
}


def test_every_action_is_in_the_table(lab: Lab):
    """No document has an action that this proof does not know."""
    assert sorted(proof.actions(lab)) == sorted(STOPS)
    assert {name for name, _ in STOPS} == set(policies.names())


@pytest.mark.parametrize(("name", "action"), STOPS, ids=[f"{n}-{a}" for n, a in STOPS])
def test_without_an_action_the_pipeline_stops(lab: Lab, name: str, action: str):
    """It stops at the stage that needs the action, and AWS's words say so where a student looks."""
    stop = proof.without(lab, name, action)
    assert stop is not None, "nothing stops: the action does not belong into policies/"
    stage, where, words = STOPS[name, action]
    assert (stop.stage, stop.where) == (stage, where)
    assert words in stop.message


@pytest.mark.parametrize("stage", ["writer", "notifier"])
def test_each_function_needs_its_own_roles_trust(lab: Lab, stage: str):
    """Both roles have the same trust policy; without one of the two its function is not made."""
    role = getattr(lab.names, f"{stage}_role")
    stop = proof.without(lab, "Trust-Lambda", "sts:AssumeRole", role=role)
    assert stop is not None
    assert (stop.stage, stop.where) == (stage, CALL)
    assert "cannot be assumed by Lambda" in stop.message


def test_with_all_actions_the_pipeline_runs(lab: Lab):
    """An order comes through to everybody, and both functions write their logs.

    The smallest policy of each role, by what it did, is what policies/ gives it: no less, no more.
    """
    assert proof.without(lab, "Lambda-Read-SQS", "sqs:NoSuchAction") is None
    for role in identity.roles(lab):
        given = set().union(*(_pairs(document(name, lab)) for name in role.policies))
        assert _pairs(lab.access(role.name, minimal=True)) == given


def _pairs(policy: dict[str, Any]) -> set[tuple[str, str]]:
    """Each action with the resource that it is allowed on."""
    return {
        (action, statement["Resource"])
        for statement in policy["Statement"]
        for action in statement["Action"]
    }


def test_nothing_is_allowed_on_everything(lab: Lab):
    """Every statement that grants something names its resources."""
    for name in policies.names():
        for statement in document(name, lab)["Statement"]:
            assert statement.get("Resource") != "*" and "*" not in statement["Action"]
