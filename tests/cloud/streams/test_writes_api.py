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
    """A batch answers with what it left over, a transaction and an update with nothing."""
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
        (
            dynamodb.update_item,
            {"TableName": table, "Key": key, "UpdateExpression": "REMOVE a"},
            set(),
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


def refusal(call: Callable[..., Any], **given: Any) -> dict[str, str]:
    """How a call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**given)
    error: dict[str, str] = refused.value.response["Error"]
    return error


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A transaction that is sent again with its token is carried out once.",
    source=RECORDING,
)
def test_a_transaction_is_carried_out_once(dynamodb: Any, table: str) -> None:
    """A token for another request is refused."""
    add = {
        "TableName": table,
        "Key": {"id": {"S": "a"}},
        "UpdateExpression": "ADD n :n",
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    }
    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=[{"Update": add}], ClientRequestToken="t")
    item = dynamodb.get_item(TableName=table, Key=add["Key"])["Item"]
    assert item["n"] == {"N": "1"}
    other = add | {"ExpressionAttributeValues": {":n": {"N": "2"}}}
    given = {"TransactItems": [{"Update": other}], "ClientRequestToken": "t"}
    code = refusal(dynamodb.transact_write_items, **given)["Code"]
    assert code == "IdempotentParameterMismatchException"


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A batch has one to 25 writes.",
    source="report: dtan4/valec/pull/46",
)
def test_a_batch_has_at_most_25_writes(dynamodb: Any, table: str) -> None:
    """With 26 nothing is written."""
    writes = {table: [put(str(number)) for number in range(26)]}
    assert (
        "Map value must satisfy constraint: [Member must have length less than or equal to 25, "
        "Member must have length greater than or equal to 1]"
    ) in refusal(dynamodb.batch_write_item, RequestItems=writes)["Message"]
    assert dynamodb.scan(TableName=table)["Count"] == 0


VALUE = {":a": {"S": "x"}}


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "Every placeholder of an expression is defined, and every definition is used.",
    source="DynamoDB guide: Expressions.ExpressionAttributeNames",
)
@pytest.mark.parametrize(
    ("operation", "given", "message"),
    [
        (
            "put_item",
            {"Item": {"id": {"S": "a"}}, "ConditionExpression": "id = :b"},
            "Invalid ConditionExpression: An expression attribute value used in expression is not "
            "defined; attribute value: :b",
        ),
        (
            "scan",
            {"FilterExpression": "#s = :a", "ExpressionAttributeValues": VALUE},
            "Invalid FilterExpression: An expression attribute name used in the document path is "
            "not defined; attribute name: #s",
        ),
        (
            "query",
            {
                "KeyConditionExpression": "id = :a",
                "ExpressionAttributeValues": VALUE | {":b": {"S": "y"}},
            },
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}",
        ),
        (
            "delete_item",
            {"Key": {"id": {"S": "a"}}, "ExpressionAttributeValues": VALUE},
            "ExpressionAttributeValues can only be specified when using expressions",
        ),
        (
            "scan",
            {"FilterExpression": "status = :a", "ExpressionAttributeValues": VALUE},
            "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: "
            "status",
        ),
        (
            "scan",
            {"ProjectionExpression": "id, status"},
            "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: "
            "status",
        ),
    ],
)
def test_placeholders(
    dynamodb: Any, table: str, operation: str, given: dict[str, Any], message: str
) -> None:
    """Neither is passed over; a name that is reserved needs a placeholder."""
    call = getattr(dynamodb, operation)
    assert refusal(call, TableName=table, **given) == {
        "Code": "ValidationException",
        "Message": message,
    }


def test_a_key_is_not_empty(dynamodb: Any, table: str) -> None:
    """Any other text may be."""
    dynamodb.put_item(TableName=table, Item={"id": {"S": "a"}, "note": {"S": ""}})
    assert refusal(dynamodb.put_item, TableName=table, Item={"id": {"S": ""}})["Message"] == (
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty string value. Key: id"
    )


def test_expressions_are_read_wherever_they_are(dynamodb: Any, table: str) -> None:
    """In each item of a batch and a transaction, too."""
    key, wrong = {"id": {"S": "a"}}, {"ConditionExpression": "id = 1"}
    named = {"TableName": table}
    for call, given, member in (
        (dynamodb.put_item, {**named, "Item": key, **wrong}, "Condition"),
        (dynamodb.delete_item, {**named, "Key": key, **wrong}, "Condition"),
        (dynamodb.query, {**named, "KeyConditionExpression": "id = 1"}, "KeyCondition"),
        (dynamodb.scan, {**named, "FilterExpression": "id = 1"}, "Filter"),
        (
            dynamodb.transact_write_items,
            {"TransactItems": [{"Put": {**named, "Item": key, **wrong}}]},
            "Condition",
        ),
        (
            dynamodb.transact_get_items,
            {"TransactItems": [{"Get": {**named, "Key": key, "ProjectionExpression": "= 1"}}]},
            "Projection",
        ),
        (
            dynamodb.batch_get_item,
            {"RequestItems": {table: {"Keys": [key], "ProjectionExpression": "= 1"}}},
            "Projection",
        ),
    ):
        with pytest.raises(ClientError) as refused:
            call(**given)
        message = refused.value.response["Error"]["Message"]
        token = "=" if member == "Projection" else "1"
        expected = f'Invalid {member}Expression: Syntax error; token: "{token}", near: "= 1"'
        assert message == expected


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
    "A number is kept without leading and trailing zeros, by whatever it is written.",
    source="DynamoDB guide: HowItWorks.NamingRulesDataTypes",
)
def test_numbers_are_trimmed(dynamodb: Any, table: str) -> None:
    """In a put, an update, a batch and a transaction, and within lists, maps and sets."""
    numbers = {"N": {"N": "09.50"}, "m": {"M": {"l": {"L": [{"N": "1E3"}]}}}, "s": {"NS": ["-0.0"]}}
    kept = {"N": {"N": "9.5"}, "m": {"M": {"l": {"L": [{"N": "1000"}]}}}, "s": {"NS": ["0"]}}
    items = [{"id": {"S": key}} | numbers for key in "abc"]
    dynamodb.put_item(TableName=table, Item=items[0])
    dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": items[1]}}]})
    dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": items[2]}}])
    dynamodb.update_item(
        TableName=table,
        Key={"id": {"S": "d"}},
        UpdateExpression="SET #n = :n, m = :m, s = :s",
        ExpressionAttributeNames={"#n": "N"},
        ExpressionAttributeValues={f":{name.lower()}": number for name, number in numbers.items()},
    )
    for key in "abcd":
        item = dynamodb.get_item(TableName=table, Key={"id": {"S": key}})["Item"]
        assert item == {"id": {"S": key}} | kept


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "What is no number or no set is refused in each value of a request.",
    source="report: scylladb/scylladb/issues/5896",
)
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"N": "1" * 39}, "Attempting to store more than 38 significant digits in a Number"),
        ({"N": "1E126"}, "Number overflow. Attempting to store a number with magnitude larger"),
        ({"N": "1E-131"}, "Number underflow. Attempting to store a number with magnitude smaller"),
        ({"N": "NaN"}, "The parameter cannot be converted to a numeric value: NaN"),
        ({"SS": ["a", "a"]}, r"Input collection \[a, a\] contains duplicates"),
        ({"N": ""}, "The parameter cannot be converted to a numeric value$"),
        ({"L": [{"NS": ["1", "1.0"]}]}, "Input collection contains duplicates$"),
        ({"BS": [b"b", b"b"]}, r"Input collection \[Yg==, Yg==\]of type BS contains duplicates."),
        ({"M": {"a": {"SS": []}}}, "An string set  may not be empty"),
        ({"NS": []}, "An number set  may not be empty"),
        ({"BS": []}, "Binary sets should not be empty"),
        ({"NULL": False}, "Null attribute value types must have the value of true"),
    ],
)
def test_what_is_no_number_or_set_is_refused(
    dynamodb: Any, table: str, value: dict[str, Any], words: str
) -> None:
    """DynamoDB has 38 digits, and exponents from -130 to 125; wherever a value may stand."""
    key, values = {"id": {"S": "a"}}, {"ExpressionAttributeValues": {":v": value}}
    put = {"TableName": table, "Item": {**key, "value": value}}
    for call, given in (
        (dynamodb.put_item, put),
        (dynamodb.get_item, {"TableName": table, "Key": {"id": value}}),
        (
            dynamodb.update_item,
            {"TableName": table, "Key": key, "UpdateExpression": "SET a = :v", **values},
        ),
        (dynamodb.scan, {"TableName": table, "FilterExpression": "a = :v", **values}),
        (dynamodb.transact_write_items, {"TransactItems": [{"Put": put}]}),
    ):
        with pytest.raises(ClientError, match=words):
            call(**given)
    assert dynamodb.scan(TableName=table)["Count"] == 0
