"""A resource that is not there: each AWS service says it in its own way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

# The error codes, from the botocore models of IAM, SQS, Lambda, DynamoDB, Logs, SNS, API Gateway.
ABSENT = frozenset(
    {
        "NoSuchEntity",
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
        "NotFound",
        "NotFoundException",
    }
)


def unless_absent(call: Callable[..., dict[str, Any]], **arguments: Any) -> dict[str, Any] | None:
    """The answer of a boto3 call, or None when what it is about does not exist.

    role = unless_absent(iam.get_role, RoleName="order-writer-role")
    """
    try:
        return call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return None
        raise
