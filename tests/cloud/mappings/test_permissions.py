"""What the function's role must allow when a mapping is made; what is missing is told.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#events-sqs-permissions
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-dynamodb-permissions
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.mappings.conftest import Aws

QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
STREAM = (
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:DescribeStream",
    "dynamodb:ListStreams",
)
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}


@pytest.fixture(scope="module")
def function_with(aws: Aws, client: Callable[..., Any]) -> Callable[..., str]:
    """Makes functions whose role allows these actions only."""
    iam = client("iam")

    def make(*actions: str) -> str:
        role, name = aws.name("role"), aws.function()
        trust = {"Version": "2012-10-17", "Statement": [{**TRUST, "Action": "sts:AssumeRole"}]}
        arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))["Role"][
            "Arn"
        ]
        allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [allowed]}
        iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=json.dumps(policy))
        aws.lambda_.update_function_configuration(FunctionName=name, Role=arn)
        return name

    return make


def refused(aws: Aws, arn: str, function: str, **options: Any) -> str:
    """The message with which a mapping is refused, as an invalid parameter."""
    with pytest.raises(ClientError) as caught:
        aws.lambda_.create_event_source_mapping(
            EventSourceArn=arn, FunctionName=function, **options
        )
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Error"]["Code"] == "InvalidParameterValueException"
    made = aws.lambda_.list_event_source_mappings(FunctionName=function)
    assert made["EventSourceMappings"] == []
    return response["Error"]["Message"]


@pytest.mark.parametrize("missing", QUEUE)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "A mapping is refused when the function's role lacks ReceiveMessage, DeleteMessage or "
    "GetQueueAttributes.",
    source="report: anomalyco/sst/issues/5737",
)
def test_a_queue_needs_three_actions(
    aws: Aws, function_with: Callable[..., str], missing: str
) -> None:
    """The one that is missing is named; with all of them the mapping is made."""
    _, arn = aws.queue()
    function = function_with(*(action for action in QUEUE if action != missing))
    operation = missing.partition(":")[2]
    text = f"does not have permissions to call {operation} on SQS"
    assert text in refused(aws, arn, function)
    assert aws.mapping(arn, function_with(*QUEUE))["State"] == "Creating"


@pytest.mark.parametrize("missing", STREAM)
@pytest.mark.fidelity(
    "Streams to Lambda",
    "A mapping is refused when the function's role lacks one of four actions on the stream.",
    source="report: aws-amplify/amplify-js/issues/4793",
)
def test_a_stream_needs_four_actions(
    aws: Aws, function_with: Callable[..., str], missing: str
) -> None:
    """All four are named, whichever is missing; with all of them the mapping is made."""
    _, arn = aws.stream()
    start = {"StartingPosition": "TRIM_HORIZON"}
    function = function_with(*(action for action in STREAM if action != missing))
    assert refused(aws, arn, function, **start) == (
        f"Cannot access stream {arn}. Please ensure the role can perform the GetRecords, "
        "GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM."
    )
    assert aws.mapping(arn, function_with(*STREAM), **start)["State"] == "Creating"
