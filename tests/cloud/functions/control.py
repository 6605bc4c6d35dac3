"""Calls of Lambda's control plane, and how they are refused.

What they are compared with is lambda_/test_lambda_api.snapshot.json of localstack/localstack at
961553a.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.functions.surroundings import zipped

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
ROLE = "arn:aws:iam::123456789012:role/control"
CODE = "def handler(event, context): return event"
RECORDING = "LocalStack's recording: lambda_/test_lambda_api"


def make(lambda_: Any, name: str, **more: Any) -> dict[str, Any]:
    """A function as small as any."""
    spec = {"Runtime": "python3.13", "Role": ROLE, "Handler": "app.handler"}
    code = {"ZipFile": zipped(CODE)}
    made: dict[str, Any] = lambda_.create_function(FunctionName=name, Code=code, **spec | more)
    return made


def create(lambda_: Any, name: str) -> str:
    """A function with the versions 1 and 2."""
    make(lambda_, name)
    lambda_.publish_version(FunctionName=name)
    lambda_.update_function_configuration(FunctionName=name, Description="second")
    lambda_.publish_version(FunctionName=name)
    return name


def refusal(call: Callable[..., Any], *names: Any, **parameters: Any) -> tuple[int, str, str]:
    """Status, code and message of a refused call."""
    with pytest.raises(ClientError) as refused:
        call(*names, **parameters)
    answer = refused.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return status, answer["Error"]["Code"], answer["Error"]["Message"]


def status(answer: dict[str, Any]) -> int:
    """The HTTP status of an answer."""
    return int(answer["ResponseMetadata"]["HTTPStatusCode"])
