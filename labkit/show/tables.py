"""The DynamoDB table: its items, one row each."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd
from boto3.dynamodb.types import TypeDeserializer

from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.missing import explained

CENT = Decimal("0.01")
MONEY = ("price", "total", "amount")  # what an attribute's name ends in when it is money
_deserialize = TypeDeserializer().deserialize


def table(lab: Lab, name: str | None = None) -> Frame:
    """The items of a table, sorted by key.

    Columns: the key attributes, then all others by name. A map becomes one column for each of its
    entries (`customer.id`), a list the number of its entries (`2 entries`). Money and other
    fractions are `Decimal` with two decimals, whole numbers `int`; an attribute that an item lacks
    is empty. Raises `StageMissing` when the table does not exist.

    >>> show.table(lab)
    orderID  country         currency  customer  lines      placed_at              total
    536365   United Kingdom  GBP       17850     7 entries  2010-12-01T08:26:00Z  139.12
    ...
    """
    name = name or lab.names.table
    with explained("Table", name):
        schema = lab.client("dynamodb").describe_table(TableName=name)["Table"]["KeySchema"]
    keys = [part["AttributeName"] for part in sorted(schema, key=lambda part: part["KeyType"])]
    items = [plain(item) for item in read_items(lab, name)]
    items.sort(key=lambda item: tuple((str(type(item[key])), item[key]) for key in keys))
    rows = [dict(flatten(item)) for item in items]
    others = sorted({column for row in rows for column in row} - set(keys))
    return readable(build_frame([*keys, *others], rows))


def read_items(lab: Lab, name: str) -> Iterator[dict[str, Any]]:
    """Every item of a table as DynamoDB gives it, over all pages."""
    for page in lab.client("dynamodb").get_paginator("scan").paginate(TableName=name):
        yield from page["Items"]


def count_items(lab: Lab, name: str) -> int:
    """How many items a table holds; raises `StageMissing` when it does not exist.

    Counted, because ItemCount of DescribeTable is up to six hours old.
    """
    pages = lab.client("dynamodb").get_paginator("scan").paginate(TableName=name, Select="COUNT")
    with explained("Table", name):
        return sum(page["Count"] for page in pages)


def plain(image: dict[str, Any]) -> dict[str, Any]:
    """An item of typed values (`{"S": "536365"}`) as one of Python's values.

    >>> plain({"orderID": {"S": "536365"}, "total": {"N": "139.12"}})
    {'orderID': '536365', 'total': Decimal('139.12')}
    """
    return {name: _deserialize(value) for name, value in image.items()}


def flatten(value: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """The attributes of an item with dotted names; a list counts its entries.

    >>> dict(flatten({"customer": {"id": "17850"}, "lines": [1, 2]}))
    {'customer.id': '17850', 'lines': '2 entries'}
    """
    for name, entry in value.items():
        if isinstance(entry, dict) and entry:
            yield from flatten(entry, f"{path}{name}.")
        elif isinstance(entry, list):
            yield f"{path}{name}", "1 entry" if len(entry) == 1 else f"{len(entry)} entries"
        elif entry is None:
            yield f"{path}{name}", ""
        else:
            yield f"{path}{name}", entry


def readable(frame: Frame) -> Frame:
    """The frame with its Decimals as money (two decimals) or as whole numbers."""
    for column in frame.columns:
        numbers = [value for value in frame[column] if isinstance(value, Decimal)]
        if not numbers:
            continue
        whole = all(number == number.to_integral_value() for number in numbers)
        if whole and not column.lower().endswith(MONEY):
            values = [
                int(value) if isinstance(value, Decimal) else value for value in frame[column]
            ]
        else:
            values = [
                value.quantize(CENT) if isinstance(value, Decimal) else value
                for value in frame[column]
            ]
        counted = {type(value) for value in values} == {int}
        frame[column] = pd.Series(values, index=frame.index, dtype=int if counted else object)
    return frame
