"""What calls of DynamoDB say of items."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.cloud.access import items
from labkit.cloud.access.items import ATTRIBUTES, LEADING_KEYS

KEY = {"owner": {"S": "ana"}, "day": {"N": "1"}}


@pytest.mark.parametrize(
    ("operation", "parameters", "leading", "attributes"),
    [
        ("GetItem", {"Key": KEY}, ["ana"], ["day", "owner"]),
        ("DeleteItem", {"Key": {"owner": {"N": "7"}}}, ["7"], ["owner"]),
        ("PutItem", {"Item": {**KEY, "total": {"N": "2"}}}, ["ana"], ["day", "owner", "total"]),
        (
            "UpdateItem",
            {
                "Key": KEY,
                "UpdateExpression": "SET #t = if_not_exists(total.net, :z) REMOVE old[0].x",
                "ConditionExpression": "attribute_exists(#t) AND NOT paid IN (:z)",
                "ExpressionAttributeNames": {"#t": "title"},
            },
            ["ana"],
            ["day", "old", "owner", "paid", "title", "total"],
        ),
        (
            "Query",
            {
                "KeyConditionExpression": "#o = :o AND day BETWEEN :a AND :b",
                "FilterExpression": "begins_with(country, :c)",
                "ExpressionAttributeNames": {"#o": "owner"},
                "ExpressionAttributeValues": {":o": {"S": "ana"}, ":a": {"N": "1"}},
            },
            ["ana"],
            ["country", "day", "owner"],
        ),
        (
            "Query",
            {
                "KeyConditionExpression": "#0 = :0",
                "ProjectionExpression": "#1",
                "ExpressionAttributeNames": {"#0": "owner", "#1": "salary"},
                "ExpressionAttributeValues": {":0": {"S": "eve"}},
            },
            ["eve"],
            ["owner", "salary"],
        ),
        (
            "Query",
            {
                "KeyConditions": {
                    "owner": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "ben"}]}
                }
            },
            ["ben"],
            ["owner"],
        ),
        ("Scan", {"ProjectionExpression": "day, place.city"}, None, ["day", "place"]),
        ("Scan", {}, None, None),
        (
            "BatchGetItem",
            {"Keys": [KEY, {"owner": {"S": "ben"}}]},
            ["ana", "ben"],
            ["day", "owner"],
        ),
        (
            "BatchWriteItem",
            {
                "Requests": [
                    {"PutRequest": {"Item": {"owner": {"S": "ana"}, "a": {"S": ""}}}},
                    {"DeleteRequest": {"Key": {"owner": {"S": "eve"}}}},
                ]
            },
            ["ana", "eve"],
            ["a", "owner"],
        ),
    ],
)
def test_keys_and_attributes(
    operation: str, parameters: dict[str, Any], leading: list[str] | None, attributes: Any
):
    """Wherever they stand: in keys, items, expressions, and what there was before expressions."""
    found = items.context(operation, parameters, "owner")
    assert found.get(LEADING_KEYS) == leading
    assert found.get(ATTRIBUTES) == attributes


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("Query", {"Select": "COUNT"}, "COUNT"),
        ("GetItem", {"ProjectionExpression": "a"}, "SPECIFIC_ATTRIBUTES"),
        ("Scan", {"AttributesToGet": ["a"]}, "SPECIFIC_ATTRIBUTES"),
        ("Query", {"IndexName": "i"}, "ALL_PROJECTED_ATTRIBUTES"),
        ("GetItem", {}, "ALL_ATTRIBUTES"),
        ("PutItem", {}, None),
    ],
)
def test_what_a_read_asks_for(operation: str, parameters: dict[str, Any], expected: str | None):
    """Select as it is given, or as it is without."""
    assert items.context(operation, parameters, "owner").get("dynamodb:select") == expected


def test_what_a_write_asks_back():
    """ReturnValues as it is given."""
    asked = items.context("UpdateItem", {"ReturnValues": "ALL_OLD"}, "owner")
    assert asked == {"dynamodb:returnvalues": "ALL_OLD"}


def test_a_table_that_is_not_there_has_no_leading_keys():
    """Nobody knows what its partition key would be."""
    assert LEADING_KEYS not in items.context("GetItem", {"Key": KEY}, None)
