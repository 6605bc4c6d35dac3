"""What `labkit policy check` says beside Access Analyzer: what is broader than it has to be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labkit import policy_files


def codes(**statement: Any) -> list[str]:
    """The codes of what is found in a document of one statement that allows something."""
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}}
    return [finding.code for finding in policy_files.check_document(json.dumps(document))]


# Whether an action takes a resource: the tables "Actions defined by ..." of the reference.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
@pytest.mark.parametrize(
    "action",
    [
        *("dynamodb:DescribeTable", "dynamodb:DescribeStream", "lambda:ListVersionsByFunction"),
        *("sns:ListSubscriptionsByTopic", "sqs:ListDeadLetterSourceQueues", "sqs:ListQueueTags"),
        *("cloudwatch:DescribeAlarms", "iam:ListRolePolicies", "logs:DescribeLogStreams"),
    ],
)
def test_what_takes_a_resource_should_name_it(action: str):
    """A star is more than needed, however harmless the action sounds."""
    assert codes(Action=action, Resource="*") == ["RESOURCE_TOO_BROAD"]


@pytest.mark.parametrize(
    "action",
    [
        *("dynamodb:ListTables", "lambda:ListFunctions", "lambda:CreateEventSourceMapping"),
        *("sns:ListTopics", "sqs:ListQueues", "cloudwatch:PutMetricData", "iam:ListRoles"),
        *("sts:GetCallerIdentity", "cloudwatch:GetMetricData", "ec2:DescribeNetworkInterfaces"),
    ],
)
def test_what_takes_no_resource_may_have_a_star(action: str):
    """There is nothing narrower that AWS would take."""
    assert codes(Action=action, Resource="*") == []


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*"]}])
def test_everybody_on_earth_is_too_many(principal: Any):
    """However they are written."""
    queue = "arn:aws:sqs:us-east-1:123456789012:orders"
    found = codes(Action="sqs:SendMessage", Resource=queue, Principal=principal)
    assert found == ["PRINCIPAL_TOO_BROAD"]
