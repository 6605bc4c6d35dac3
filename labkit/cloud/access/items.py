"""What a call of DynamoDB says of items: the context keys of fine-grained access control.

    dynamodb:LeadingKeys         values of the partition key, wherever the call names any
    dynamodb:Attributes          top-level attributes that the call names, keys included
    dynamodb:Select              what a read asks for: all attributes, or those that it names
    dynamodb:ReturnValues        what a write asks to get back
    dynamodb:EnclosingOperation  of each part of a transaction

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Parameters = Mapping[str, Any]
ItemContext = dict[str, str | list[str]]

LEADING_KEYS, ATTRIBUTES = "dynamodb:leadingkeys", "dynamodb:attributes"
KEYS = {LEADING_KEYS, ATTRIBUTES, "dynamodb:select", "dynamodb:returnvalues"}
READS = {"GetItem", "BatchGetItem", "Query", "Scan", "Get"}
# Parameters that name attributes in expressions, and in lists or maps of before there were any.
EXPRESSIONS = (
    *("ConditionExpression", "FilterExpression", "KeyConditionExpression"),
    *("ProjectionExpression", "UpdateExpression"),
)
NAMED = (
    *("AttributesToGet", "AttributeUpdates", "Expected", "Item", "Key"),
    *("KeyConditions", "QueryFilter", "ScanFilter"),
)
# An attribute at the beginning of a path: no value, no later part of a path, no function.
NAME = re.compile(r"(?<![\w.:#])(#\w+|[A-Za-z_]\w*)(?!\w|\s*\()")
KEYWORDS = {
    *("ADD", "AND", "BETWEEN", "DELETE", "IN", "NOT", "OR", "REMOVE", "SET"),
}
EQUALS = re.compile(r"(?<![\w.:#])(#\w+|[A-Za-z_]\w*)\s*=\s*(:\w+)")
# What a statement in PartiQL touches is not worked out: no policy has this value.
UNDECIDED = "(undecided)"


def context(operation: str, parameters: Parameters, partition_key: str | None) -> ItemContext:
    """The keys of one operation on one table, or of one part of a batch or transaction.

    >>> context("PutItem", {"Item": {"id": {"S": "1"}, "at": {"N": "2"}}}, "id")
    {'dynamodb:attributes': ['at', 'id'], 'dynamodb:leadingkeys': ['1']}
    """
    found: ItemContext = {}
    if attributes := sorted(set(_attributes(parameters))):
        found[ATTRIBUTES] = attributes
    if partition_key and (leading := list(dict.fromkeys(_leading(parameters, partition_key)))):
        found[LEADING_KEYS] = leading
    if operation in READS:
        found["dynamodb:select"] = _select(parameters)
    if returned := parameters.get("ReturnValues"):
        found["dynamodb:returnvalues"] = str(returned)
    return found


def of_partiql() -> ItemContext:
    """The keys of a statement in PartiQL: a condition that lets some items through is not met."""
    return {LEADING_KEYS: [UNDECIDED], ATTRIBUTES: [UNDECIDED], "dynamodb:select": UNDECIDED}


def _select(parameters: Parameters) -> str:
    if asked := parameters.get("Select"):
        return str(asked)
    if parameters.get("ProjectionExpression") or parameters.get("AttributesToGet"):
        return "SPECIFIC_ATTRIBUTES"
    return "ALL_PROJECTED_ATTRIBUTES" if parameters.get("IndexName") else "ALL_ATTRIBUTES"


def _attributes(parameters: Parameters) -> Iterator[str]:
    for name in NAMED:
        yield from map(str, parameters.get(name) or ())
    for items in _batched(parameters):
        yield from items
    names = _names(parameters)
    for expression in EXPRESSIONS:
        for found in NAME.finditer(str(parameters.get(expression) or "")):
            if found[1].upper() not in KEYWORDS:
                yield names.get(found[1], found[1])


def _leading(parameters: Parameters, partition_key: str) -> Iterator[str]:
    """The values of the partition key that a call names."""
    for items in (parameters.get("Key"), parameters.get("Item"), *_batched(parameters)):
        if isinstance(items, dict) and partition_key in items:
            yield _text(items[partition_key])
    condition = (parameters.get("KeyConditions") or {}).get(partition_key) or {}
    yield from map(_text, condition.get("AttributeValueList") or ())
    names, values = _names(parameters), parameters.get("ExpressionAttributeValues") or {}
    for found in EQUALS.finditer(str(parameters.get("KeyConditionExpression") or "")):
        if names.get(found[1], found[1]) == partition_key and found[2] in values:
            yield _text(values[found[2]])


def _batched(parameters: Parameters) -> Iterator[dict[str, Any]]:
    """The keys and items of one table's part of a batch."""
    yield from parameters.get("Keys") or ()
    for request in parameters.get("Requests") or ():
        for what in request.values():
            yield what.get("Item") or what.get("Key") or {}


def _names(parameters: Parameters) -> dict[str, str]:
    return parameters.get("ExpressionAttributeNames") or {}


def _text(value: Any) -> str:
    """An attribute value as a condition compares it: `{"S": "x"}` is x."""
    return str(next(iter(value.values()), "")) if isinstance(value, dict) else str(value)
