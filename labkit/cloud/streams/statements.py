"""Statements in PartiQL, carried out: one item each, and several of them all or none.

What a SELECT or a DELETE is about is found here, what an INSERT or UPDATE makes by
py-partiql-parser; what is written goes the way of every write, so that it is checked, expires and
reaches the stream.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.dynamodb.exceptions import (
    ERROR_TYPE_PREFIX,
    ConditionalCheckFailed,
    DynamodbException,
    MockValidationException,
    ResourceNotFoundException,
    TransactionCanceledException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.partiql import query

from labkit.cloud.access.partiql import target
from labkit.cloud.streams import partiql, selection

Change = tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]


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


class StatementsMixin(DynamoDBBackend):
    """The part of the DynamoDB backend that carries out statements."""

    streams: Any

    def execute_statement(
        self, statement: str, parameters: list[dict[str, Any]] | None
    ) -> list[dict[str, Any]]:
        """Carry out a statement; the items that it asks for."""
        meant = target(statement)
        if meant is None:
            raise MockValidationException("Statement wasn't well formed, can't be processed")
        table, (text, returning) = self.get_table(meant.table), partiql.returning(statement)
        text, values = partiql.parameterised(text, parameters or [])
        if meant.action in ("PartiQLUpdate", "PartiQLDelete"):
            missing = set(table.table_key_attrs) - partiql.equalities(text)
            if missing:
                raise MockValidationException(
                    "Where clause does not contain a mandatory equality on all key attributes"
                )
        if meant.action == "PartiQLSelect":
            return selection.selected(text, values, _items(table, meant.index))
        changed: Sequence[Change]
        if meant.action == "PartiQLDelete":  # read as what is to be deleted
            found = selection.selected(text, values, _items(table, None))
            changed = [(item, None) for item in found]
        else:
            if meant.action == "PartiQLUpdate" and partiql.NESTED.search(text):
                raise selection.refusal("A path within an attribute, in an UPDATE")
            rows = [item.to_json()["Attributes"] for item in table.all_items()]
            _, changes = query(text, {table.name: rows}, values)
            changed = changes.get(table.name, [])
            if not changed:
                raise ConditionalCheckFailed
        for before, after in changed:
            self._write(table, before, after)
        return [shown for change in changed if (shown := _returned(change, returning))]

    def batch_execute_statement(self, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Carry out several, each by itself."""
        return [self._answer(each) for each in statements]

    def execute_transaction(self, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Carry out several, all or none."""
        responses, errors = list[dict[str, Any]](), list[tuple[str | None, str | None, None]]()
        tables = copy.deepcopy(self.tables)
        with self.all_or_nothing():
            for each in statements:
                try:
                    items = self.execute_statement(each["Statement"], each.get("Parameters"))
                except (ConditionalCheckFailed, DuplicateItem) as error:
                    errors.append((_code(error), str(error.message), None))
                else:
                    errors.append((None, None, None))
                    responses += [{"Item": item} for item in items]
            if any(code for code, _, _ in errors):
                self.tables = tables
                raise TransactionCanceledException(errors)
        return responses

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Forget what has been written into streams if it comes to nothing."""
        latest = {stream: stream.latest for stream in self.streams.values()}
        try:
            yield
        except Exception:
            for stream, sequence_number in latest.items():
                stream.forget_after(sequence_number)
            raise

    def _answer(self, statement: dict[str, Any]) -> dict[str, Any]:
        text, meant = statement["Statement"], target(statement["Statement"])
        try:
            if meant is not None and meant.action == "PartiQLSelect":
                keys = set(self.get_table(meant.table).table_key_attrs)
                if keys - partiql.equalities(text):
                    raise MockValidationException(SELECT_OF_BATCH)
            items = self.execute_statement(text, statement.get("Parameters"))
        except REFUSED as error:
            return {"Error": {"Code": _code(error), "Message": str(error.message)}}
        answer = {"TableName": meant.table if meant else None}
        return answer | ({"Item": items[0]} if items else {})

    def _write(
        self, table: Table, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
    ) -> None:
        item = dict(after if after is not None else before or {})
        key = {name: item[name] for name in table.table_key_attrs}
        if after is None:
            self.delete_item(table.name, key)
            return
        if before is None and self.get_item(table.name, key) is not None:
            raise DuplicateItem
        self.put_item(table.name, item)


def _code(error: JsonRESTError) -> str:
    """The code of an error in the answer to several statements."""
    code = error.error_type.rpartition("#")[2].removesuffix("Exception")
    return "ValidationError" if code == "Validation" else code


def _items(table: Table, index: str | None) -> list[Item]:
    """The items of a table, or those that one of its indexes has."""
    if index is None:
        return list(table.all_items())
    table.get_index(index, error_if_not=True)
    return table.has_idx_items(index)


def _returned(change: Change, returning: tuple[str, str] | None) -> dict[str, Any]:
    """What `RETURNING` asks for of a change."""
    if returning is None:
        return {}
    which, when = returning
    before, after = (dict(side or {}) for side in change)
    shown, other = (before, after) if when == "OLD" else (after, before)
    if which == "ALL":
        return shown
    return {name: value for name, value in shown.items() if other.get(name) != value}
