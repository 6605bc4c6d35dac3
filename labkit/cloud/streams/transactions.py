"""Several writes, all of them or none, and why each of those that failed did.

Items are never changed in place: what was there is put back by its references, without copies.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from moto.core.exceptions import JsonRESTError
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    DynamodbException,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
    TransactWriteSingleOpException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

from labkit.cloud.streams import keys

T = TypeVar("T")
LARGEST = 100
OPTIONS = {
    "condition_expression": "ConditionExpression",
    "expression_attribute_names": "ExpressionAttributeNames",
    "expression_attribute_values": "ExpressionAttributeValues",
}


class TransactionsMixin(DynamoDBBackend):
    """The part of the DynamoDB backend that writes several items at once."""

    streams: Any

    def transact_write_items(self, transact_items: list[dict[str, Any]]) -> None:
        """Write all or nothing, into the tables and into their streams."""
        if len(transact_items) > LARGEST:
            raise TooManyTransactionsException
        if any(len(item) != 1 for item in transact_items):
            raise TransactWriteSingleOpException
        asked = [pair for item in transact_items for pair in item.items()]
        written = [(op["TableName"], self._key(kind, op)) for kind, op in asked]
        if any(each in written[:at] for at, each in enumerate(written)):
            raise MultipleTransactionsException
        self.all_or_none([lambda kind=kind, op=op: self._write(kind, op) for kind, op in asked])

    def all_or_none(self, writes: Sequence[Callable[[], T]]) -> list[T]:
        """What each write comes to.

        Raises:
            TransactionCanceledException: with the reason of each, when nothing was written.
        """
        items = [(table, _copied(table)) for table in self.tables.values()]
        latest = [(stream, stream.latest) for stream in self.streams.values()]
        try:
            return _carried_out(writes)
        except Exception:
            for table, kept in items:
                table.items = kept
            for stream, sequence_number in latest:
                stream.forget_after(sequence_number)
            raise

    def _key(self, kind: str, op: Mapping[str, Any]) -> dict[str, Any]:
        given = op["Item" if kind == "Put" else "Key"]
        return {name: given.get(name) for name in self.get_table(op["TableName"]).table_key_attrs}

    def _write(self, kind: str, op: Mapping[str, Any]) -> None:
        if kind != "Put":
            keys.check(self.get_table(op["TableName"]), op["Key"])
        name, options = op["TableName"], {ours: op.get(theirs) for ours, theirs in OPTIONS.items()}
        current = self.get_item(name, self._key(kind, op))
        condition, names, values = options.values()
        if not get_filter_expression(condition, names, values).expr(current):
            error = ConditionalCheckFailed()
            if op.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and current is not None:
                error.item = current.to_json()["Attributes"]  # type: ignore[attr-defined]
            raise error
        match kind:
            case "Put":
                self.put_item(name, op["Item"], overwrite=True)
            case "Update":
                self.update_item(name, op["Key"], op["UpdateExpression"], names, values)  # type: ignore[arg-type]
            case "Delete":
                self.delete_item(name, op["Key"])


def _carried_out(writes: Sequence[Callable[[], T]]) -> list[T]:
    results: list[T] = []
    reasons: list[tuple[str | None, str | None, Any]] = []
    for write in writes:
        try:
            results.append(write())
        except DynamodbException as error:
            reasons.append((code_of(error), str(error.message), getattr(error, "item", None)))
        else:
            reasons.append((None, None, None))
    if len(results) < len(writes):
        raise TransactionCanceledException(reasons)
    return results


def code_of(error: JsonRESTError) -> str:
    """The code of an error among the reasons of a transaction, or in the answers of a batch."""
    code = error.error_type.rpartition("#")[2].removesuffix("Exception")
    return "ValidationError" if code == "Validation" else code


def _copied(table: Table) -> Any:
    kept = table.items.copy()
    if table.has_range_key:
        for key, items in kept.items():
            kept[key] = items.copy()
    return kept
