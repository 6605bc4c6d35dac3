"""Statements in PartiQL, carried out: one item each, and several of them all or none.

What is written goes the way of every write, so that it is checked, expires and reaches the stream.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ERROR_TYPE_PREFIX,
    ConditionalCheckFailed,
    DynamodbException,
    MockValidationException,
    ResourceNotFoundException,
)
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from labkit.cloud.access.partiql import target
from labkit.cloud.streams.partiql import Statement
from labkit.cloud.streams.partiql_values import refusal
from labkit.cloud.streams.projections import found
from labkit.cloud.streams.transactions import TransactionsMixin, code_of

Rows = list[dict[str, Any]]


class DuplicateItem(DynamodbException):
    """An item that is inserted a second time."""

    def __init__(self) -> None:
        super().__init__(
            f"{ERROR_TYPE_PREFIX}DuplicateItemException", "Duplicate primary key exists in table"
        )


REFUSED = (DynamodbException, ResourceNotFoundException)
SELECT_OF_BATCH = (
    "Select statements within BatchExecuteStatement must specify the primary key in the where "
    "clause."
)


class StatementsMixin(TransactionsMixin):
    """The part of the DynamoDB backend that carries out statements."""

    def execute_statement(self, statement: str, parameters: list[dict[str, Any]] | None) -> Rows:
        """Carry out a statement; the items that it asks for."""
        meant = target(statement)
        if meant is None:
            raise MockValidationException("Statement wasn't well formed, can't be processed")
        table, read = self.get_table(meant.table), Statement(statement, parameters or [])
        match meant.action:
            case "PartiQLSelect":
                rows = _selected(read, table, meant.index)
                if read.exists and not rows:
                    raise ConditionalCheckFailed
                return [] if read.exists else rows
            case "PartiQLInsert":
                return self._insert(table, read.item())
        update = read.update()
        condition, returning = read.condition(), read.returning()
        if set(table.table_key_attrs) - read.equal.keys():
            raise MockValidationException(
                "Where clause does not contain a mandatory equality on all key attributes"
            )
        key = {name: read.equal[name] for name in table.table_key_attrs}
        old, new = self.get_item(table.name, key), None
        if meant.action == "PartiQLUpdate":
            new = self.update_item(
                table.name,
                key,
                update,
                read.names,
                read.values,
                condition_expression=condition,
            )
        elif get_filter_expression(condition, read.names, read.values).expr(old):
            self.delete_item(table.name, key)
        else:
            return []
        return _returned(returning, old, new)

    def batch_execute_statement(self, statements: list[dict[str, Any]]) -> Rows:
        """Carry out several, each by itself."""
        return [self._answer(each["Statement"], each.get("Parameters")) for each in statements]

    def execute_transaction(self, statements: list[dict[str, Any]]) -> Rows:
        """Carry out several, all or none."""
        carried_out = self.all_or_none(
            [
                partial(self.execute_statement, each["Statement"], each.get("Parameters"))
                for each in statements
            ]
        )
        return [{"Item": item} for items in carried_out for item in items]

    def _insert(self, table: Table, item: dict[str, Any]) -> Rows:
        if self.get_item(table.name, item) is not None:
            raise DuplicateItem
        self.put_item(table.name, item)
        return []

    def _answer(self, statement: str, parameters: list[dict[str, Any]] | None) -> dict[str, Any]:
        meant = target(statement)
        try:
            if meant is not None and meant.action == "PartiQLSelect":
                read = Statement(statement, parameters or [])
                read.condition()
                if set(self.get_table(meant.table).table_key_attrs) - read.equal.keys():
                    raise MockValidationException(SELECT_OF_BATCH)
            items = self.execute_statement(statement, parameters)
        except REFUSED as error:
            return {"Error": {"Code": code_of(error), "Message": str(error.message)}}
        answer = {"TableName": meant.table if meant else None}
        return answer | ({"Item": items[0]} if items else {})


def _selected(read: Statement, table: Table, index: str | None) -> Rows:
    """What a SELECT answers with: the columns that it asks for, of the items that it is about."""
    source = read.clause("FROM")
    if len(source) > (3 if index else 1):
        raise refusal(" ".join(source))
    columns, condition = read.columns(), read.condition()
    if index is None:
        items = table.all_items()
    else:
        table.get_index(index, error_if_not=True)
        items = table.has_idx_items(index)
    if condition is not None:
        holds = get_filter_expression(condition, read.names, read.values)
        items = [item for item in items if holds.expr(item)]
    if read.clauses("ORDER"):
        items = _ordered(items, read.clause("ORDER")[1:])
    if columns is None:
        return [item.attrs for item in items]
    return [
        {path[-1]: value for path in columns if (value := found(item.attrs, path)) is not None}
        for item in items
    ]


def _ordered(items: list[Item], order: Sequence[str]) -> list[Item]:
    """Items as ORDER BY puts them, by one key."""
    name, direction = "".join(order[:1]).strip('"'), [each.upper() for each in order[1:]]
    if direction not in ([], ["ASC"], ["DESC"]):
        raise refusal(f"ORDER BY {' '.join(order)}")
    if any(name not in item.attrs for item in items):
        raise MockValidationException(
            f"Variable reference {name} in ORDER BY clause must be part of the primary key"
        )
    return sorted(items, key=lambda item: item.attrs[name], reverse=direction == ["DESC"])


def _returned(asked: tuple[str, str] | None, old: Item | None, new: Item | None) -> Rows:
    """What `RETURNING` asks for of a change."""
    if asked is None:
        return []
    which, side = asked
    before, after = (dict(item.attrs) if item else {} for item in (old, new))
    shown, other = (before, after) if side == "OLD" else (after, before)
    if which == "MODIFIED":
        same = {name for name, value in shown.items() if name in other and other[name] == value}
        shown = {name: value for name, value in shown.items() if name not in same}
    return [shown] if shown else []
