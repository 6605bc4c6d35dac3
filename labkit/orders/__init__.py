"""The real orders of the lab: one day, 143 invoices, of an online retailer.

Source: Chen, D. (2015), Online Retail, UCI Machine Learning Repository, doi:10.24432/C5BW33,
licence CC BY 4.0; see the README in this folder for what was changed.
"""

from __future__ import annotations

import json
import random
from functools import cache
from importlib.resources import files
from typing import Any

from labkit.orders.accounting import account, totals
from labkit.orders.invoices import Order, from_json, orders_of, to_json, to_json_lines

__all__ = [
    "DIFFICULT",
    "Order",
    "account",
    "difficult",
    "first",
    "from_json",
    "load",
    "orders_of",
    "schema",
    "to_json",
    "to_json_lines",
    "totals",
    "yours",
]

JSON_LINES = "2010-12-01.jsonl"

# The orders that find the faults, by what is difficult about them.
DIFFICULT = {
    "ampersand": "536378",  # CHARLIE & LOLA WASTEPAPER BIN FLORA
    "plus": "536381",  # GIN + TONIC DIET METAL SIGN
    "guest": "536596",  # no customer, six lines, otherwise in order
    "cancellation": "C536379",  # negative quantity and total: refused at the API
    "no description": "536414",  # passes the API, refused by the order writer
    "negative quantity": "536589",  # a stock adjustment without a C: refused by the order writer
    "largest": "536592",  # 592 lines, 56 KB of JSON
}


def load() -> list[Order]:
    """All 143 orders of the day, in the order in which they were written; money is Decimal.

    >>> len(load())
    143
    """
    return [from_json(line) for line in _text(JSON_LINES).splitlines()]


def first() -> Order:
    """The first order of the day.

    >>> first()["id"], first()["total"]
    ('536365', Decimal('139.12'))
    """
    return from_json(_text(JSON_LINES).split("\n", 1)[0])


def difficult() -> dict[str, Order]:
    """The orders that find the faults, by what is difficult about them.

    >>> difficult()["plus"]["id"]
    '536381'
    """
    by_id = {order["id"]: order for order in load()}
    return {name: by_id[order_id] for name, order_id in DIFFICULT.items()}


def yours(student_id: str, *, count: int = 3) -> list[Order]:
    """Orders for the exercises of one student: good ones, the same at each call, others for others.

    They are drawn from the day without its first order, in the order of the day.

    >>> [order["id"] for order in yours("s01")] == [order["id"] for order in yours("s01")]
    True
    >>> yours("s01") == yours("s02")
    False
    """
    good = [order for order in load()[1:] if _is_good(order)]
    drawn = random.Random(f"orders of {student_id}").sample(range(len(good)), count)
    return [good[index] for index in sorted(drawn)]


def _is_good(order: Order) -> bool:
    # What both the API and the order writer take.
    lines = order["lines"]
    sound = all(line["description"].strip() and line["quantity"] > 0 for line in lines)
    return sound and order["id"].isdigit() and order["total"] > 0 and len(lines) <= 40


def schema() -> dict[str, Any]:
    """The JSON schema (draft 4) of an order, as the API's model holds it.

    >>> schema()["properties"]["currency"]["enum"]
    ['GBP']
    """
    return json.loads(_text("order.schema.json"))


@cache
def _text(name: str) -> str:
    return (files(__name__) / name).read_text(encoding="utf-8")
