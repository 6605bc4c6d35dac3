"""Answers about several items at once, against what AWS answered to LocalStack's own tests.

The recordings are dynamodb/test_dynamodb.snapshot.json of localstack/localstack at 1356219.
"""

from __future__ import annotations

import urllib.request
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


def test_what_one_item_consumed_is_answered_to_whom_asks(dynamodb: Any, table: str) -> None:
    """An update says nothing of it unasked."""
    key = {"TableName": table, "Key": {"id": {"S": "a"}}}
    answer = dynamodb.update_item(**key)
    assert answer.keys() == {"ResponseMetadata"}
    assert dynamodb.get_item(**key)["Item"] == key["Key"], "the item is made of its key"
    assert "ConsumedCapacity" in dynamodb.update_item(**key, ReturnConsumedCapacity="TOTAL")


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A transaction reads of each item what its ProjectionExpression names.",
    source="DynamoDB API: TransactGetItems",
)
def test_a_transaction_reads_what_is_asked_for(dynamodb: Any, table: str) -> None:
    """By name or placeholder, within an attribute as well, and of an item that has none of it."""
    item = {"id": {"S": "a"}, "name": {"S": "x"}, "in": {"M": {"b": {"N": "1"}, "c": {"N": "2"}}}}
    dynamodb.put_item(TableName=table, Item=item)
    get = {"TableName": table, "Key": {"id": {"S": "a"}}}
    nested = {"ProjectionExpression": "#i.b", "ExpressionAttributeNames": {"#i": "in"}}
    gets = [get, {**get, "ProjectionExpression": "id"}, {**get, **nested}]
    gets += [{**get, "ProjectionExpression": "zip"}, {**get, "Key": {"id": {"S": "none"}}}]
    answer = dynamodb.transact_get_items(TransactItems=[{"Get": each} for each in gets])
    assert answer["Responses"] == [
        {"Item": item},
        {"Item": {"id": {"S": "a"}}},
        {"Item": {"in": {"M": {"b": {"N": "1"}}}}},
        {"Item": {}},
        {},
    ]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A transaction with a token is carried out once in ten minutes; another one cannot have it.",
    source="DynamoDB API: TransactWriteItems",
)
def test_a_token_is_one_transaction(cloud: str, dynamodb: Any, table: str) -> None:
    """The repetition succeeds and writes nothing; one that was cancelled may be tried again."""
    add = {
        "TableName": table,
        "Key": {"id": {"S": "a"}},
        "UpdateExpression": "ADD seen :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    binary = {"TableName": table, "Item": {"id": {"S": "b"}, "bytes": {"B": b"\x00\xff"}}}
    write, token = [{"Update": add}, {"Put": binary}], uuid.uuid4().hex
    impossible = [{"Update": add | {"ConditionExpression": "attribute_exists(seen)"}}]
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=impossible, ClientRequestToken=token)
    for _ in "12":
        dynamodb.transact_write_items(TransactItems=write, ClientRequestToken=token)
    assert _seen(dynamodb, add) == 1
    with pytest.raises(dynamodb.exceptions.IdempotentParameterMismatchException):
        dynamodb.transact_write_items(TransactItems=impossible, ClientRequestToken=token)
    later = urllib.request.Request(f"{cloud}/_lab/clock", b'{"advance": 601}', method="POST")
    urllib.request.urlopen(later).close()
    dynamodb.transact_write_items(TransactItems=write, ClientRequestToken=token)
    assert _seen(dynamodb, add) == 2


def _seen(dynamodb: Any, of: dict[str, Any]) -> int:
    item = dynamodb.get_item(TableName=of["TableName"], Key=of["Key"])["Item"]
    return int(item["seen"]["N"])


def test_a_token_is_one_transaction_of_statements_too(dynamodb: Any, table: str) -> None:
    """Of statements that write; those that read answer each time."""
    dynamodb.put_item(TableName=table, Item={"id": {"S": "a"}, "seen": {"N": "1"}})
    token = uuid.uuid4().hex
    insert = [{"Statement": f"""INSERT INTO "{table}" VALUE {{'id': 'b'}}"""}]
    for _ in "12":
        dynamodb.execute_transaction(TransactStatements=insert, ClientRequestToken=token)
        dynamodb.delete_item(TableName=table, Key={"id": {"S": "b"}})
    assert dynamodb.scan(TableName=table)["Count"] == 1
    read = [{"Statement": f"""SELECT seen FROM "{table}" WHERE id='a'"""}]
    for _ in "12":
        answer = dynamodb.execute_transaction(TransactStatements=read, ClientRequestToken="read")
        assert answer["Responses"] == [{"Item": {"seen": {"N": "1"}}}]
