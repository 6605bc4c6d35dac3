"""Answers about several items at once, against what AWS answered to LocalStack's own tests.

The recordings are dynamodb/test_dynamodb.snapshot.json of localstack/localstack at 1356219.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

RECORDING = "LocalStack's recording: dynamodb/test_dynamodb"
TABLE = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture
def dynamodb(client: Callable[..., Any]) -> Any:
    """A DynamoDB client."""
    return client("dynamodb")


@pytest.fixture
def table(dynamodb: Any) -> str:
    """The name of a new table."""
    name = f"orders-{uuid.uuid4().hex[:8]}"
    dynamodb.create_table(TableName=name, **TABLE)
    return name


def put(key: str) -> dict[str, Any]:
    """A request to put an item."""
    return {"PutRequest": {"Item": {"id": {"S": key}}}}


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "What several items consumed is answered to whom asks for it, and to nobody else.",
    source=RECORDING,
)
def test_capacity_is_answered_when_asked_for(dynamodb: Any, table: str) -> None:
    """A batch answers with what it left over, a transaction with nothing."""
    key = {"id": {"S": "a"}}
    for call, given, expected in (
        (
            dynamodb.batch_write_item,
            {"RequestItems": {table: [put("a")]}},
            {"UnprocessedItems"},
        ),
        (
            dynamodb.batch_get_item,
            {"RequestItems": {table: {"Keys": [key]}}},
            {"Responses", "UnprocessedKeys"},
        ),
        (
            dynamodb.transact_write_items,
            {"TransactItems": [{"Put": {"TableName": table, "Item": key}}]},
            set(),
        ),
        (
            dynamodb.transact_get_items,
            {"TransactItems": [{"Get": {"TableName": table, "Key": key}}]},
            {"Responses"},
        ),
    ):
        assert call(**given).keys() - {"ResponseMetadata"} == expected
        asked = call(**given, ReturnConsumedCapacity="TOTAL")
        assert asked.keys() - {"ResponseMetadata"} == expected | {"ConsumedCapacity"}


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A batch with an item that has no key of its table writes nothing at all.",
    source=RECORDING,
)
def test_a_batch_is_checked_before_it_is_written(dynamodb: Any, table: str) -> None:
    """Neither a missing key nor one of another type."""
    for wrong in ({"name": {"S": "x"}}, {"id": {"N": "1"}}):
        requests = [put("a"), {"PutRequest": {"Item": wrong}}]
        with pytest.raises(ClientError) as refused:
            dynamodb.batch_write_item(RequestItems={table: requests})
        assert refused.value.response["Error"] == {
            "Code": "ValidationException",
            "Message": "The provided key element does not match the schema",
        }
    assert dynamodb.scan(TableName=table)["Count"] == 0


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A table that pays per request has no capacity of its own.",
    source=RECORDING,
)
def test_a_table_pays_per_request_or_has_capacity(dynamodb: Any) -> None:
    """Not both."""
    capacity = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    with pytest.raises(ClientError) as refused:
        dynamodb.create_table(TableName="both", ProvisionedThroughput=capacity, **TABLE)
    assert refused.value.response["Error"]["Message"] == (
        "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
        "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
    )
