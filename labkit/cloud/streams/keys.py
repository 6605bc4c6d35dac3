"""What a table's keys, and those of its indexes, have to be in a request.

Texts are those of dynalite's tests (architect/dynalite, test/updateItem.js and test/putItem.js).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.dynamodb.exceptions import MockValidationException, ProvidedKeyDoesNotExist
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import SecondaryIndex, Table

from labkit.cloud.streams.expressions import values_of_keys
from labkit.cloud.streams.values import INVALID


def types_of(table: Table) -> dict[str, str]:
    """The types of what a table and its indexes have as keys, by name."""
    return {each["AttributeName"]: each["AttributeType"] for each in table.attr}


def check(table: Table, given: Mapping[str, Any], *, of_item: bool = False) -> None:
    """Refuse what is not the key of an item, or an item that has none."""
    types = types_of(table)
    extra = not of_item and len(given) > len(table.table_key_attrs)
    if extra or any(types[name] not in given.get(name, {}) for name in table.table_key_attrs):
        raise ProvidedKeyDoesNotExist


def check_start(table: Table, index: SecondaryIndex | None, given: Mapping[str, Any]) -> None:
    """Refuse what is not where a page of a table, or of one of its indexes, can begin."""
    types = types_of(table)
    names = {*table.table_key_attrs, *(index.schema_key_attrs if index else ())}
    if given.keys() != names or any(types[name] not in given[name] for name in names):
        raise MockValidationException(
            "The provided starting key is invalid: "
            "The provided key element does not match the schema"
        )


def check_conditions(table: Table, request: Mapping[str, Any]) -> None:
    """Refuse a condition that compares a key with what is of another type."""
    condition = request.get("KeyConditionExpression") or ""
    names, values = (
        request.get(f"ExpressionAttribute{each}") or {} for each in ("Names", "Values")
    )
    types = types_of(table)
    for name, placeholders in values_of_keys(condition, names):
        if any(types.get(name, "") not in {"", *values[each]} for each in placeholders):
            raise MockValidationException(
                f"{INVALID}Condition parameter type does not match schema type"
            )


def check_indexed(table: Table, item: Mapping[str, Any]) -> None:
    """Refuse an item whose attribute is of another type than an index has it as its key."""
    types = types_of(table)
    for index in table.all_indexes():
        for name in index.schema_key_attrs:
            if name in item and (kind := DynamoType(item[name]).type) != types[name]:
                raise MockValidationException(
                    f"{INVALID}Type mismatch for Index Key {name} Expected: {types[name]} "
                    f"Actual: {kind} IndexName: {index.name}"
                )
