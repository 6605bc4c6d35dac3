"""From the retailer's invoice lines to JSON orders: pure functions, no surprises.

One order is all lines that share an InvoiceNo, in the order of the file. Nothing is cleaned on
the way: descriptions keep their spaces, ampersands and plus signs, cancellations their negative
quantities. What changes is the form:

    CustomerID 17850.0           customer "17850"; an empty one is "guest"
    InvoiceDate, London time     placed_at in ISO 8601, "Z" because December is GMT there; an
                                 invoice whose lines differ takes its first line's
    UnitPrice 2.1                price 2.10: a Decimal with two places, exact
    (nothing)                    currency "GBP", total = sum of quantity x price
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any

Order = dict[str, Any]
PENNY = Decimal("0.01")


def orders_of(csv_text: str) -> list[Order]:
    """The orders of a CSV file of invoice lines, in the order of their first line.

    >>> header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    >>> [order] = orders_of(header + "\\n536369,21756,BATH,3,2010-12-01 08:35:00,5.95,13047.0,EIRE")
    >>> order["customer"], order["placed_at"], order["total"]
    ('13047', '2010-12-01T08:35:00Z', Decimal('17.85'))
    """
    rows = csv.DictReader(io.StringIO(csv_text))
    return [_order(list(lines)) for _, lines in groupby(rows, key=lambda row: row["InvoiceNo"])]


def to_json(value: Any) -> str:
    """JSON text in which every Decimal is a number with all of its places (2.10, not 2.1).

    Python's `json` turns a Decimal into nothing at all, and a float cannot say 2.10.

    >>> to_json({"price": Decimal("2.10"), "description": "GIN + TONIC"})
    '{"price": 2.10, "description": "GIN + TONIC"}'
    """
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        members = (f"{json.dumps(name)}: {to_json(member)}" for name, member in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(to_json, value)) + "]"
    return json.dumps(value)


def from_json(text: str | bytes) -> Any:
    """What `to_json` wrote: numbers with a point become Decimal, exactly as written."""
    return json.loads(text, parse_float=Decimal)


def to_json_lines(orders: Iterable[Order]) -> str:
    """One order a line, as in the file that ships with the lab."""
    return "".join(to_json(order) + "\n" for order in orders)


def _order(rows: list[dict[str, str]]) -> Order:
    first = rows[0]
    lines = [_line(row) for row in rows]
    return {
        "id": first["InvoiceNo"],
        "customer": first["CustomerID"].removesuffix(".0") or "guest",
        "country": first["Country"],
        "placed_at": first["InvoiceDate"].replace(" ", "T") + "Z",
        "currency": "GBP",
        "lines": lines,
        "total": sum((line["quantity"] * line["price"] for line in lines), Decimal("0.00")),
    }


def _line(row: dict[str, str]) -> dict[str, Any]:
    return {
        "sku": row["StockCode"],
        "description": row["Description"],
        "quantity": int(row["Quantity"]),
        "price": Decimal(row["UnitPrice"]).quantize(PENNY),
    }
