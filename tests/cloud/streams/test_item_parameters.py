"""What each parameter of the operations on items does, as DynamoDB's API reference has it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

FAILED = "ConditionalCheckFailedException"
KEY = {"id": {"S": "a"}, "line": {"N": "1"}}
ITEM = {**KEY, "total": {"N": "5"}, "country": {"S": "fr"}}
ABSENT = {"ConditionExpression": "attribute_not_exists(id)"}
OF_A = {"KeyConditionExpression": "id = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}


def refusal(call: Callable[..., Any], **given: Any) -> Any:
    """The answer that refuses a call."""
    with pytest.raises(ClientError) as refused:
        call(**given)
    return refused.value.response


def lines(items: list[dict[str, Any]]) -> list[str]:
    """The range keys of items, in their order."""
    return [item["line"]["N"] for item in items]


@pytest.fixture
def dynamodb(client: Callable[..., Any]) -> Any:
    """A DynamoDB client."""
    return client("dynamodb")


@pytest.fixture
def table(dynamodb: Any) -> dict[str, str]:
    """A table with an index by country, as the parameter that names it."""
    name = f"orders-{uuid.uuid4().hex[:8]}"
    types = {"id": "S", "line": "N", "country": "S"}
    dynamodb.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "line", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": kind} for key, kind in types.items()
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-country",
                "KeySchema": [{"AttributeName": "country", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return {"TableName": name}


@pytest.fixture
def filled(dynamodb: Any, table: dict[str, str]) -> dict[str, str]:
    """The table with three lines of one order; the third is of no country."""
    for number in ("1", "2", "3"):
        item = {**ITEM, "line": {"N": number}, "total": {"N": f"{number}0"}}
        if number == "3":
            del item["country"]
        dynamodb.put_item(**table, Item=item)
    return table


def test_what_was_before_comes_back(dynamodb: Any, table: dict[str, str]) -> None:
    """ReturnValues: of a put and a delete the old item, of an update any side of the change."""
    dynamodb.put_item(**table, Item=ITEM)
    again = dynamodb.put_item(**table, Item={**ITEM, "total": {"N": "6"}}, ReturnValues="ALL_OLD")
    assert again["Attributes"] == ITEM
    add = {
        "UpdateExpression": "ADD #t :n",
        "ExpressionAttributeNames": {"#t": "total"},
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    }
    for returned, attributes in (
        ("UPDATED_NEW", {"total": {"N": "7"}}),
        ("UPDATED_OLD", {"total": {"N": "7"}}),
        ("ALL_NEW", {**ITEM, "total": {"N": "9"}}),
        ("ALL_OLD", {**ITEM, "total": {"N": "9"}}),
    ):
        answer = dynamodb.update_item(**table, Key=KEY, **add, ReturnValues=returned)
        assert answer["Attributes"] == attributes, returned
    gone = dynamodb.delete_item(**table, Key=KEY, ReturnValues="ALL_OLD")
    assert gone["Attributes"] == {**ITEM, "total": {"N": "10"}}
    for call, given in ((dynamodb.put_item, {"Item": ITEM}), (dynamodb.delete_item, {"Key": KEY})):
        error = refusal(call, **table, **given, ReturnValues="ALL_NEW")["Error"]
        assert error["Code"] == "ValidationException"


def test_a_condition_that_fails_shows_the_item(dynamodb: Any, table: dict[str, str]) -> None:
    """ConditionExpression holds back each kind of write; the item comes along if asked for."""
    dynamodb.put_item(**table, Item=ITEM)
    shown = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    update = {
        "Key": KEY,
        "UpdateExpression": "SET country = :c",
        "ExpressionAttributeValues": {":c": {"S": "de"}},
    }
    for call, given in (
        (dynamodb.put_item, {"Item": {**ITEM, "total": {"N": "0"}}}),
        (dynamodb.update_item, update),
        (dynamodb.delete_item, {"Key": KEY}),
    ):
        answer = refusal(call, **table, **given, **ABSENT, **shown)
        assert (answer["Error"]["Code"], answer["Item"]) == (FAILED, ITEM)
        assert "Item" not in refusal(call, **table, **given, **ABSENT)
    assert dynamodb.get_item(**table, Key=KEY)["Item"] == ITEM


def test_legacy_conditions_and_updates(dynamodb: Any, table: dict[str, str]) -> None:
    """Expected, with ConditionalOperator AND, and AttributeUpdates do what expressions do."""
    dynamodb.put_item(**table, Item=ITEM)
    both = {
        "Expected": {"total": {"Value": {"N": "5"}}, "country": {"Exists": False}},
        "ConditionalOperator": "AND",
    }
    assert refusal(dynamodb.put_item, **table, Item=KEY, **both)["Error"]["Code"] == FAILED
    changes = {
        "AttributeUpdates": {
            "total": {"Value": {"N": "2"}, "Action": "ADD"},
            "country": {"Action": "DELETE"},
        }
    }
    expected = {"Expected": {"total": {"Value": {"N": "6"}}}}
    refused = refusal(dynamodb.update_item, **table, Key=KEY, **changes, **expected)
    assert refused["Error"]["Code"] == FAILED
    dynamodb.update_item(**table, Key=KEY, **changes)
    assert dynamodb.get_item(**table, Key=KEY)["Item"] == {**KEY, "total": {"N": "7"}}


def test_what_is_read_is_what_is_asked_for(dynamodb: Any, filled: dict[str, str]) -> None:
    """ProjectionExpression and its names, whether the read is consistent or not."""
    asked = {"ProjectionExpression": "#t", "ExpressionAttributeNames": {"#t": "total"}}
    for consistent in (True, False):
        given = {**filled, **asked, "ConsistentRead": consistent}
        assert dynamodb.get_item(**given, Key=KEY)["Item"] == {"total": {"N": "10"}}
        assert dynamodb.query(**given, **OF_A)["Items"][1] == {"total": {"N": "20"}}
        assert dynamodb.scan(**given)["Items"][2] == {"total": {"N": "30"}}


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An index that the table does not have is named by a ValidationException.",
    source="report: awslabs/aws-sdk-ios-samples/issues/58",
)
def test_an_index_has_the_items_with_its_key(dynamodb: Any, filled: dict[str, str]) -> None:
    """IndexName: what it projects, and never a consistent read, nor what it has not."""
    french = {
        "KeyConditionExpression": "country = :f",
        "ExpressionAttributeValues": {":f": {"S": "fr"}},
    }
    index = {**filled, "IndexName": "by-country"}
    projected = {**KEY, "country": {"S": "fr"}}
    assert dynamodb.query(**index, **french)["Items"][0] == projected
    assert dynamodb.scan(**index)["Count"] == 2
    for call, given in ((dynamodb.query, french), (dynamodb.scan, {})):
        for wrong in (
            {"ConsistentRead": True},
            {"Select": "ALL_ATTRIBUTES"},
        ):
            error = refusal(call, **index, **given, **wrong)["Error"]
            assert error["Code"] == "ValidationException", wrong
        error = refusal(call, **filled, **given, IndexName="none")["Error"]
        assert error == {
            "Code": "ValidationException",
            "Message": "The table does not have the specified index: none",
        }


def test_a_count_has_no_items(dynamodb: Any, filled: dict[str, str]) -> None:
    """Select=COUNT counts what a filter leaves, and says how many were looked at."""
    cheap = {
        "FilterExpression": "#t < :n",
        "ExpressionAttributeNames": {"#t": "total"},
        "Select": "COUNT",
    }
    limit = {":n": {"N": "25"}}
    for answer in (
        dynamodb.scan(**filled, **cheap, ExpressionAttributeValues=limit),
        dynamodb.query(
            **filled,
            **cheap,
            KeyConditionExpression="id = :a",
            ExpressionAttributeValues={**limit, ":a": {"S": "a"}},
        ),
    ):
        assert "Items" not in answer
        assert (answer["Count"], answer["ScannedCount"]) == (2, 3)


def test_pages_follow_each_other_in_either_direction(dynamodb: Any, filled: dict[str, str]) -> None:
    """Limit, ExclusiveStartKey and ScanIndexForward."""
    for forward, order in ((True, ["1", "2", "3"]), (False, ["3", "2", "1"])):
        first = dynamodb.query(**filled, **OF_A, ScanIndexForward=forward, Limit=2)
        assert first["LastEvaluatedKey"] == {**KEY, "line": {"N": order[1]}}
        rest = dynamodb.query(
            **filled,
            **OF_A,
            ScanIndexForward=forward,
            ExclusiveStartKey=first["LastEvaluatedKey"],
        )
        assert lines(first["Items"]) + lines(rest["Items"]) == order
        assert "LastEvaluatedKey" not in rest
    first = dynamodb.scan(**filled, Limit=1)
    rest = dynamodb.scan(**filled, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert lines(first["Items"]) + lines(rest["Items"]) == ["1", "2", "3"]


def test_legacy_reads(dynamodb: Any, filled: dict[str, str]) -> None:
    """KeyConditions, QueryFilter and ScanFilter."""
    keys = {"id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]}}
    dear = {"total": {"ComparisonOperator": "GT", "AttributeValueList": [{"N": "15"}]}}
    found = dynamodb.query(**filled, KeyConditions=keys, QueryFilter=dear)
    assert lines(found["Items"]) == ["2", "3"]
    assert lines(dynamodb.scan(**filled, ScanFilter=dear)["Items"]) == ["2", "3"]


def test_segments_are_parts_of_a_scan(dynamodb: Any, table: dict[str, str]) -> None:
    """Segment and TotalSegments: each item is in one of them, and a segment needs its total."""
    for number in range(20):
        dynamodb.put_item(**table, Item={"id": {"S": f"order {number}"}, "line": {"N": "1"}})
    found: list[str] = []
    for segment in range(4):
        answer = dynamodb.scan(**table, Segment=segment, TotalSegments=4)
        found += [item["id"]["S"] for item in answer["Items"]]
    assert sorted(found) == sorted(f"order {number}" for number in range(20))
    for wrong in ({"Segment": 0}, {"TotalSegments": 4}, {"Segment": 4, "TotalSegments": 4}):
        assert refusal(dynamodb.scan, **table, **wrong)["Error"]["Code"] == "ValidationException"


def test_what_a_call_consumed_is_answered_to_whom_asks(
    dynamodb: Any, filled: dict[str, str]
) -> None:
    """ReturnConsumedCapacity, of each operation on one table."""
    total = {"ReturnConsumedCapacity": "TOTAL"}
    for call, given in (
        (dynamodb.put_item, {"Item": ITEM}),
        (dynamodb.get_item, {"Key": KEY}),
        (dynamodb.delete_item, {"Key": KEY}),
        (dynamodb.query, OF_A),
        (dynamodb.scan, {}),
    ):
        assert "ConsumedCapacity" not in call(**filled, **given)
        consumed = call(**filled, **given, **total)["ConsumedCapacity"]
        assert consumed["TableName"] == filled["TableName"]
        assert consumed["CapacityUnits"] > 0


def test_a_transaction_checks_puts_updates_and_deletes(
    dynamodb: Any, filled: dict[str, str]
) -> None:
    """All of it or nothing; what held it back shows its item to whom asks."""
    second, third, new = ({**KEY, "line": {"N": number}} for number in "239")
    empty = {"Update": {**filled, "Key": third, "UpdateExpression": "REMOVE #t"}}
    empty["Update"]["ExpressionAttributeNames"] = {"#t": "total"}
    writes = [
        {"Put": {**filled, "Item": new}},
        {"Delete": {**filled, "Key": second}},
        empty,
    ]
    check = {"ConditionCheck": {**filled, "Key": KEY, **ABSENT}}
    check["ConditionCheck"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    before = dynamodb.scan(**filled)["Items"]
    answer = refusal(dynamodb.transact_write_items, TransactItems=[*writes, check])
    assert answer["Error"]["Code"] == "TransactionCanceledException"
    reasons = answer["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None"] * 3 + ["ConditionalCheckFailed"]
    assert reasons[-1]["Item"] == before[0]
    assert dynamodb.scan(**filled)["Items"] == before
    check["ConditionCheck"]["ConditionExpression"] = "attribute_exists(id)"
    dynamodb.transact_write_items(TransactItems=[*writes, check])
    assert dynamodb.scan(**filled)["Items"] == [before[0], third, new]


def test_a_statement_reads_what_was_written(dynamodb: Any, filled: dict[str, str]) -> None:
    """ConsistentRead or not: there is one copy of each item."""
    for consistent in (True, False):
        statement = {
            "Statement": f'SELECT * FROM "{filled["TableName"]}" WHERE id = ? AND line = ?',
            "Parameters": [{"S": "a"}, {"N": "1"}],
            "ConsistentRead": consistent,
        }
        [found] = dynamodb.execute_statement(**statement)["Items"]
        [answer] = dynamodb.batch_execute_statement(Statements=[statement])["Responses"]
        assert found == answer["Item"] == {**ITEM, "total": {"N": "10"}}
