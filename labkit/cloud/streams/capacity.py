"""What an operation consumes: units by the bytes of the items that it reads or writes.

A read unit is 4 KB, half as much where it may be out of date; a write unit is 1 KB of the larger
of the old and the new item, and as much again in each index whose entry changes. Within a
transaction all of it counts twice.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import LocalSecondaryIndex, SecondaryIndex, Table

from labkit.cloud.streams.images import image_of, size_of

READ_BYTES, WRITE_BYTES = 4096, 1024
# Transactions, which tell the kind of their units, and the other operations on several items.
TRANSACTIONS = {
    "TransactGetItems": "ReadCapacityUnits",
    "TransactWriteItems": "WriteCapacityUnits",
}
SEVERAL = (*TRANSACTIONS, "BatchGetItem", "BatchWriteItem")
TABLE = ""  # among the names of indexes


class Consumed:
    """The units of one request, by table and index; `how` is its ReturnConsumedCapacity."""

    def __init__(self, operation: str, how: str | None) -> None:
        self._operation, self._how = operation, how
        self.asked = how not in (None, "NONE")
        self._units: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self._tables: dict[str, Table] = {}

    def read(
        self, table: Table, items: Iterable[Item | None], *, consistent: bool, index: str = TABLE
    ) -> None:
        """Count items that are read at once."""
        if self.asked:
            units = _units(sum(map(_size, items)), READ_BYTES)
            self._add(table, index, units if consistent else units / 2)

    def write(self, table: Table, old: Item | None, new: Item | None) -> None:
        """Count an item that is written."""
        self._add(table, TABLE, _write_units(old, new))
        for index in table.all_indexes():
            if units := _index_units(_entry(index, old), _entry(index, new), index):
                self._add(table, index.name, units)

    def told(self, answer: ActionResult) -> ActionResult:
        """An answer with what was consumed, if that is asked for, and nothing of it otherwise."""
        result: Any = answer.result
        for unasked in ("ConsumedCapacity", "ConsumedCapacityUnits", "ItemCollectionMetrics"):
            result.pop(unasked, None)
        if self.asked:
            tables = [self._of_table(name) for name in self._tables]
            result["ConsumedCapacity"] = tables if self._operation in SEVERAL else tables[0]
        return answer

    def _add(self, table: Table, index: str, units: float) -> None:
        self._tables[table.name] = table
        self._units[table.name][index] += units * (2 if self._operation in TRANSACTIONS else 1)

    def _of_table(self, name: str) -> dict[str, Any]:
        units = self._units[name]
        answer: dict[str, Any] = {"TableName": name, **self._shown(sum(units.values()))}
        if self._how == "INDEXES":
            answer["Table"] = self._shown(units[TABLE])
            for index in self._tables[name].all_indexes():
                if index.name in units:
                    local = isinstance(index, LocalSecondaryIndex)
                    kind = "LocalSecondaryIndexes" if local else "GlobalSecondaryIndexes"
                    answer.setdefault(kind, {})[index.name] = self._shown(units[index.name])
        return answer

    def _shown(self, units: float) -> dict[str, float]:
        kinds = ("CapacityUnits", TRANSACTIONS.get(self._operation, "CapacityUnits"))
        return dict.fromkeys(kinds, units)


def _size(item: Item | None) -> int:
    return size_of(image_of(item)) if item is not None else 0


def _units(size: int, per: int) -> int:
    return max(1, -(-size // per))


def _write_units(*sides: Item | None) -> int:
    return _units(max(map(_size, sides)), WRITE_BYTES)


def _entry(index: SecondaryIndex, item: Item | None) -> Item | None:
    """What an index has of an item, unless that lacks one of its keys."""
    has = item is not None and all(name in item.attrs for name in index.schema_key_attrs)
    return index.project(item) if has and item is not None else None


def _index_units(old: Item | None, new: Item | None, index: SecondaryIndex) -> int:
    """An entry is put, deleted or changed; one that moves is deleted and put."""
    if old is None or new is None:
        return 0 if old is new else _write_units(old, new)
    if any(old.attrs[name] != new.attrs[name] for name in index.schema_key_attrs):
        return _write_units(old) + _write_units(new)
    return 0 if old == new else _write_units(old, new)
