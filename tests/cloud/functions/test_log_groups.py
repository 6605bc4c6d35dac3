"""Log groups and streams, against what AWS answered to LocalStack's own tests.

The recordings are logs/test_logs_groups.snapshot.json and test_logs_events of
localstack/localstack at e3b2b97 and 7f75e9e.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


@pytest.mark.fidelity(
    "Lambda",
    "A log group or stream that is there already, or is not, is named in AWS's words.",
    source="LocalStack's recording: logs/test_logs_events",
)
def test_what_logs_refuse(client: Callable[..., Any]) -> None:
    """A name of 513 characters is too long."""
    logs = client("logs", config=Config(parameter_validation=False))
    logs.create_log_group(logGroupName="/shop")
    logs.create_log_stream(logGroupName="/shop", logStreamName="till")
    missing, taken = "ResourceNotFoundException", "ResourceAlreadyExistsException"
    till = {"logGroupName": "/shop", "logStreamName": "till"}
    other = till | {"logStreamName": "other"}
    event = {"timestamp": 1_790_000_000_000, "message": "sold"}
    no_stream = (missing, "The specified log stream does not exist.")
    no_group = (missing, "The specified log group does not exist.")
    for call, given, expected in (
        (
            logs.create_log_group,
            {"logGroupName": "/shop"},
            (taken, "The specified log group already exists"),
        ),
        (logs.create_log_stream, till, (taken, "The specified log stream already exists")),
        (logs.get_log_events, other, no_stream),
        (logs.put_log_events, other | {"logEvents": [event]}, no_stream),
        (logs.get_log_events, till | {"logGroupName": "/other"}, no_group),
        (
            logs.create_log_group,
            {"logGroupName": "x" * 513},
            (
                "InvalidParameterException",
                "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
            ),
        ),
        (
            logs.describe_log_streams,
            {"logGroupName": "/shop", "logGroupIdentifier": "/shop"},
            (
                "ValidationException",
                "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
            ),
        ),
        (
            logs.filter_log_events,
            {"logGroupName": "/shop", "nextToken": "invalid-token"},
            ("InvalidParameterException", "The specified nextToken is invalid."),
        ),
    ):
        with pytest.raises(ClientError) as refused:
            call(**given)
        error = refused.value.response["Error"]
        assert (error["Code"], error["Message"]) == expected


@pytest.mark.parametrize("arn", [7, ["a"], {"a": None}])
def test_an_arn_that_is_no_text_is_no_failure(client: Callable[..., Any], arn: Any) -> None:
    """Whatever its type, it names nothing that there is."""
    logs = client("logs", config=Config(parameter_validation=False))
    try:
        answer = logs.list_tags_for_resource(resourceArn=arn)
    except ClientError as refused:
        answer = refused.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] < 500


@pytest.mark.fidelity(
    "Lambda",
    "A log group is of the class STANDARD; it keeps its events for one of 22 times, or for ever.",
    source="LocalStack's recording: logs/test_logs_groups",
)
def test_how_a_log_group_is_shown(client: Callable[..., Any]) -> None:
    """Another retention is refused."""
    logs = client("logs")
    logs.create_log_group(logGroupName="/shown")
    with pytest.raises(ClientError, match="Value '8' at 'retentionInDays'"):
        logs.put_retention_policy(logGroupName="/shown", retentionInDays=8)
    logs.put_retention_policy(logGroupName="/shown", retentionInDays=7)
    answer = logs.describe_log_groups(logGroupNamePrefix="/shown")
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/shown"
    [group] = answer["logGroups"]
    del group["creationTime"]
    assert group == {
        "logGroupName": "/shown",
        "arn": f"{arn}:*",
        "logGroupArn": arn,
        "logGroupClass": "STANDARD",
        "deletionProtectionEnabled": False,
        "metricFilterCount": 0,
        "retentionInDays": 7,
        "storedBytes": 0,
    }
    content_type = answer["ResponseMetadata"]["HTTPHeaders"]["content-type"]
    assert content_type == "application/x-amz-json-1.1"
