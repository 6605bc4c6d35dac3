"""Faults on purpose: AWS's errors in AWS's shape, for the calls that were meant and no others."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from labkit.cloud.faults import read_faults
from labkit.lab import Lab
from tests.fetching import fetch

ONCE = Config(retries={"total_max_attempts": 1})
THROTTLED = "ProvisionedThroughputExceededException"
PUT = {"service": "dynamodb", "operation": "PutItem"}


@pytest.fixture(scope="module")
def dynamodb(client: Callable[..., Any]) -> Any:
    """A client that does not try again, and a table."""
    dynamodb = client("dynamodb", config=ONCE)
    dynamodb.create_table(
        TableName="faulty",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


def outcomes(dynamodb: Any, count: int) -> list[bool]:
    """Which of so many puts were stored."""
    stored = []
    for number in range(count):
        try:
            dynamodb.put_item(TableName="faulty", Item={"id": {"S": str(number)}})
        except dynamodb.exceptions.ProvisionedThroughputExceededException:
            stored.append(False)
        else:
            stored.append(True)
    return stored


def test_every_nth_call_is_refused_as_dynamodb_refuses(lab: Lab, dynamodb: Any) -> None:
    """The error is AWS's class, code, text and status; the counts tell how often."""
    with lab.faults({**PUT, "every": 3, "error": THROTTLED}) as faults:
        assert outcomes(dynamodb, 6) == [True, True, False, True, True, False]
        dynamodb.get_item(TableName="faulty", Key={"id": {"S": "1"}})
        with pytest.raises(ClientError) as refused:
            outcomes(dynamodb, 2)
            dynamodb.put_item(TableName="faulty", Item={"id": {"S": "x"}})
    answer = refused.value.response
    assert answer["Error"] == {
        "Code": THROTTLED,
        "Message": "The level of configured provisioned throughput for the table was exceeded. "
        "Consider increasing your provisioning level with the UpdateTable API.",
    }
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["ResponseMetadata"]["RequestId"]
    [count] = faults.counts()
    assert (count["calls"], count["hits"]) == (9, 3)
    assert outcomes(dynamodb, 6) == [True] * 6, "no faults after the block"


def test_a_share_is_drawn_with_a_seed(lab: Lab, dynamodb: Any) -> None:
    """The same seed hits the same calls, another seed others."""

    def drawn(seed: int) -> list[bool]:
        with lab.faults({**PUT, "share": 0.5, "seed": seed, "error": THROTTLED}):
            return outcomes(dynamodb, 20)

    assert drawn(1) == drawn(1) != drawn(2)
    assert 2 < drawn(1).count(False) < 18


def test_the_sdk_tries_again(lab: Lab, dynamodb: Any, client: Callable[..., Any]) -> None:
    """A throttled call, at most `times` often, is one that boto3 makes again by itself."""
    usual = client("dynamodb")
    with lab.faults({**PUT, "times": 1, "error": THROTTLED}) as faults:
        answer = usual.put_item(TableName="faulty", Item={"id": {"S": "again"}})
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert faults.counts()[0]["hits"] == 1


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "error", "code", "status"),
    [
        ("sns", "ListTopics", {}, "Throttled", "Throttled", 429),
        ("sns", "ListTopics", {}, "InternalErrorException", "InternalError", 500),
        ("sqs", "ListQueues", {}, "OverLimit", "OverLimit", 403),
        ("sqs", "ListQueues", {}, "ServiceUnavailable", "ServiceUnavailable", 503),
        ("dynamodb", "ListTables", {}, "InternalServerError", "InternalServerError", 500),
        ("dynamodbstreams", "ListStreams", {}, "InternalServerError", "InternalServerError", 500),
        ("iam", "ListRoles", {}, "ServiceFailure", "ServiceFailure", 500),
        ("sts", "GetCallerIdentity", {}, "ThrottlingException", "ThrottlingException", 400),
    ],
)  # fmt: skip
def test_each_protocol_has_its_shape(
    lab: Lab,
    client: Callable[..., Any],
    service: str,
    operation: str,
    arguments: dict[str, Any],
    error: str,
    code: str,
    status: int,
) -> None:
    """boto3 reads code and status of the error, whichever protocol the service speaks."""
    with (
        lab.faults({"service": service, "operation": operation, "error": error}),
        pytest.raises(ClientError) as refused,
    ):
        caller = client(service, config=ONCE)
        caller._make_api_call(operation, arguments)
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_a_delay_is_on_the_labs_clock(lab: Lab) -> None:
    """A slow webhook answers when the clock has been turned far enough."""
    url = lab.webhook_url("slow")
    slow = {"service": "webhook", "operation": "slow", "status": 503, "delay": 600}
    with lab.faults(slow), ThreadPoolExecutor(1) as caller:
        answered = caller.submit(fetch, url, b"{}")
        assert lab.webhook("slow", wait=10), "it has arrived"
        assert not answered.done()
        lab.clock.advance(seconds=600)
        assert answered.result().status == 503
    assert fetch(url, b"{}").status == 200


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"service": "lambda", "operation": "Invoke", "error": "X"}, "fidelity table"),
        ({"service": "sqs", "operation": "Send", "error": "X"}, "no operation 'Send'"),
        ({**PUT}, "a 'delay'"),
        ({**PUT, "error": "X", "every": 0}, "from 1"),
        ({**PUT, "error": "X", "every": 2, "share": 0.5}, "not both"),
        ({**PUT, "error": "X", "share": 2}, "from 0 to 1"),
        ({**PUT, "error": "X", "times": -1}, "from 0"),
        ({**PUT, "delay": -1}, "0 to 3600"),
        ({**PUT, "status": 500}, "follows"),
        ({"service": "webhook", "operation": "w", "status": 99}, "200 to 599"),
        ({"service": "webhook", "operation": "w", "error": "X"}, "no 'error'"),
        ({"operation": "w"}, "an object of service, operation"),
        ("fault", "an object of service, operation"),
    ],
)
def test_a_fault_that_there_is_not_is_refused(fault: Any, message: str) -> None:
    """Whoever sets a fault learns what is wrong with it."""
    with pytest.raises(ValueError, match=message):
        read_faults(json.dumps(fault).encode())
