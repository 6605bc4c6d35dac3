"""The real orders: made from the retailer's file by one function, money exact, form checked."""

from __future__ import annotations

from decimal import Decimal
from importlib.resources import files

import pytest
from jsonschema import Draft4Validator

from labkit import orders

FOLDER = files("labkit.orders")
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def test_the_shipped_orders_are_what_the_function_makes_of_the_csv() -> None:
    """2010-12-01.jsonl holds exactly what `orders_of` gives for 2010-12-01.csv."""
    made = orders.orders_of((FOLDER / "2010-12-01.csv").read_text("utf-8"))
    shipped = (FOLDER / orders.JSON_LINES).read_text("utf-8")
    assert orders.to_json_lines(made) == shipped


def test_every_line_of_every_invoice_is_kept() -> None:
    """143 invoices with 3,108 lines, each invoice once."""
    loaded = orders.load()
    assert len(loaded) == 143
    assert len({order["id"] for order in loaded}) == 143
    assert sum(len(order["lines"]) for order in loaded) == 3108


def test_money_is_exact_and_adds_up() -> None:
    """Prices and totals are Decimals with two places; each total is the sum of its lines."""
    for order in orders.load():
        prices = [line["price"] for line in order["lines"]]
        assert all(amount.as_tuple().exponent == -2 for amount in [*prices, order["total"]])
        assert order["total"] == sum(line["quantity"] * line["price"] for line in order["lines"])


def test_an_order_survives_json_to_the_last_place() -> None:
    """Written and read again, an order is the same, and 2.10 is not 2.1."""
    for order in orders.load():
        assert orders.from_json(orders.to_json(order)) == order
    assert orders.to_json([Decimal("2.10"), 3, 'a "b"', None]) == '[2.10, 3, "a \\"b\\"", null]'


def test_descriptions_are_not_cleaned() -> None:
    """Spaces, quotes, ampersands and plus signs stay as the retailer typed them."""
    text = 'A1,X,"  GIN + ""TONIC"" & CO ",1,2010-12-01 09:00:00,1.5,,EIRE'
    [order] = orders.orders_of(HEADER + text)
    assert order["lines"][0]["description"] == '  GIN + "TONIC" & CO '
    assert order["customer"] == "guest"
    assert order["placed_at"] == "2010-12-01T09:00:00Z"


def test_the_difficult_orders_are_what_their_names_say() -> None:
    """Each named order has the difficulty that it is named for."""
    named = orders.difficult()
    descriptions = {
        name: " ".join(line["description"] for line in order["lines"])
        for name, order in named.items()
    }
    assert "CHARLIE & LOLA" in descriptions["ampersand"]
    assert "GIN + TONIC" in descriptions["plus"]
    assert named["guest"]["customer"] == "guest"
    assert named["cancellation"]["total"] < 0
    assert descriptions["no description"] == ""
    assert named["negative quantity"]["lines"][0]["quantity"] < 0
    assert len(named["largest"]["lines"]) == 592


def test_the_schema_refuses_the_six_cancellations_and_nothing_else() -> None:
    """What the API refuses for its form are the cancellations."""
    validator = Draft4Validator(orders.schema())
    refused = [order["id"] for order in orders.load() if not validator.is_valid(order)]
    assert refused == ["C536379", "C536383", "C536391", "C536506", "C536543", "C536548"]


@pytest.mark.parametrize("member", ["id", "customer", "country", "placed_at", "lines", "total"])
def test_the_schema_refuses_an_order_that_lacks_something(member: str) -> None:
    """Every member of an order is required."""
    order = orders.first()
    del order[member]
    assert not Draft4Validator(orders.schema()).is_valid(order)


@pytest.mark.parametrize(
    ("member", "value"),
    [("id", "C536379"), ("id", "12"), ("total", -1), ("total", "9.50"), ("lines", []), ("id", 5)],
)
def test_the_schema_refuses_a_wrong_value(member: str, value: object) -> None:
    """An order's number has digits only, its total is not negative, its lines are some."""
    assert not Draft4Validator(orders.schema()).is_valid(orders.first() | {member: value})
