"""Requests that lack what their service requires."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import moto
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from multidict import CIMultiDict

import labkit
from labkit.cloud import malformed
from labkit.cloud.messages import Request
from labkit.cloud.readings import read

UNCHECKED = Config(parameter_validation=False, retries={"max_attempts": 0})


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sqs", "create_queue", "MissingParameter"),
        ("sqs", "start_message_move_task", "MissingParameter"),
        ("sns", "get_topic_attributes", "MissingParameter"),
        ("sts", "assume_role", "MissingParameter"),
        ("dynamodb", "create_table", "ValidationException"),
        ("dynamodbstreams", "get_records", "ValidationException"),
    ],
)
def test_a_required_parameter_that_is_missing_is_the_callers_error(
    client: Callable[..., Any], service: str, operation: str, code: str
) -> None:
    """Also from clients that check nothing themselves."""
    with pytest.raises(ClientError) as refused:
        getattr(client(service, config=UNCHECKED), operation)()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused.value.response["Error"]["Code"] == code


def test_a_request_that_lacks_nothing_is_not_to_blame() -> None:
    """Whatever else it holds; nor is one that no model describes."""
    target = CIMultiDict({"X-Amz-Target": "AmazonSQS.CreateQueue"})
    whole = Request("POST", "/", "", target, b'{"QueueName": "a"}')
    unknown = Request("GET", "/", "Action=Think")
    for service, request in (("sqs", whole), ("telepathy", unknown), ("sqs", unknown)):
        assert malformed.refusal(read(service, request), KeyError("ours")) is None


def test_what_moto_looks_for_in_vain_is_named(client: Callable[..., Any]) -> None:
    """Though the model does not require it."""
    dynamodb = client("dynamodb")
    with pytest.raises(ClientError, match="Value null at 'keySchema' failed"):
        dynamodb.create_table(TableName="keyless")


@pytest.mark.parametrize("fell", ["moto", "labkit"])
def test_whose_code_called_what_fell_over_is_to_blame(fell: str) -> None:
    """What the standard library raises is the fault of who called it: labkit, or moto."""
    owner = {"moto": moto, "labkit": labkit}[fell]
    code = compile(
        "import json\njson.loads('not JSON')", f"{Path(owner.__file__).parent}/x.py", "exec"
    )
    with pytest.raises(ValueError, match="Expecting value") as fallen:
        exec(code, {})
    target = CIMultiDict({"X-Amz-Target": "AmazonSQS.CreateQueue"})
    request = Request("POST", "/", "", target, b'{"QueueName": "a"}')
    answer = malformed.refusal(read("sqs", request), fallen.value)
    assert (answer.status if answer else None) == {"moto": 400, "labkit": None}[fell]


def test_what_moto_lacks_is_said_in_the_protocol_of_the_request(client: Callable[..., Any]) -> None:
    """SNS speaks XML."""
    with pytest.raises(ClientError, match="fidelity table"):
        client("sns", config=UNCHECKED).list_origination_numbers()
