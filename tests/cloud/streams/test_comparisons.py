"""Conditions on attributes of another type, or on none."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

ITEM = {"id": {"S": "a"}, "n": {"N": "5"}, "s": {"S": "abc"}, "l": {"L": [{"N": "1"}]}}
VALUES = {":n": {"N": "2"}, ":s": {"S": "b"}, ":m": {"N": "9"}}


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An attribute of another type, or none, meets no comparison: that is no error.",
    source="DynamoDB guide: Expressions.OperatorsAndFunctions",
)
def test_what_cannot_be_compared_does_not_meet_a_condition(client: Callable[..., Any]) -> None:
    """Nor does the size of what has none."""
    dynamodb, name = client("dynamodb"), f"compared-{uuid.uuid4().hex[:8]}"
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName=name, Item=ITEM)

    def found(expression: str) -> bool:
        values = {key: value for key, value in VALUES.items() if key in expression}
        asked = {"TableName": name, "ExpressionAttributeValues": values}
        try:
            dynamodb.put_item(Item=ITEM, ConditionExpression=expression, **asked)
            met = True
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"
            met = False
        assert dynamodb.scan(FilterExpression=expression, **asked)["Count"] == met
        return met

    met = ("n > :n", "n >= :n", "n < :m", "n <= :m", "n BETWEEN :n AND :m", "s < :s", "n <> :s")
    sized = ("size(s) > :n", "size(l) < :n", "NOT n > :s")
    assert [each for each in (*met, *sized) if not found(each)] == []
    others = ("n > :s", "n >= :s", "n < :s", "n <= :s", "n BETWEEN :n AND :s", "l < :n", "s < :n")
    none = ("absent < :n", "size(n) > :n", "size(absent) < :n", "n = :s")
    assert [each for each in (*others, *none) if found(each)] == []
