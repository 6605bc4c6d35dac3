"""The items of a table."""

from __future__ import annotations

from decimal import Decimal

import pytest

from labkit.errors import StageMissing
from labkit.show import table


def build_table(lab, *orders: dict) -> None:
    dynamodb = lab.session.resource("dynamodb")
    made = dynamodb.create_table(
        TableName="Orders",
        AttributeDefinitions=[{"AttributeName": "orderID", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "orderID", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for order in orders:
        made.put_item(Item=order)


def test_key_first_then_names_in_order(aws_lab):
    """Rows are sorted by key; the key is the first column, the others follow by name."""
    build_table(
        aws_lab,
        {"orderID": "536366", "total": Decimal("22.2"), "country": "France"},
        {"orderID": "536365", "total": Decimal("139.12"), "lines": [1, 2]},
    )
    frame = table(aws_lab)
    assert list(frame.columns) == ["orderID", "country", "lines", "total"]
    assert list(frame["orderID"]) == ["536365", "536366"]
    assert list(frame["country"]) == ["", "France"]
    assert list(frame["lines"]) == ["2 entries", ""]


def test_money_has_two_decimals(aws_lab):
    """A total is exact and shows its pence, also when it is a whole number of pounds."""
    build_table(aws_lab, {"orderID": "1", "total": Decimal(12)})
    frame = table(aws_lab)
    assert frame.loc[0, "total"] == Decimal("12.00")
    assert "12.00" in repr(frame)


def test_whole_numbers_are_integers(aws_lab):
    """A count is a whole number, not 6.00."""
    build_table(aws_lab, {"orderID": "1", "quantity": 6}, {"orderID": "2", "quantity": 7})
    assert str(table(aws_lab)["quantity"].dtype) == "int64"


def test_maps_become_columns(aws_lab):
    """An entry of a map is a column with a dotted name."""
    build_table(aws_lab, {"orderID": "1", "customer": {"id": "17850", "guest": False}})
    frame = table(aws_lab)
    assert list(frame.columns) == ["orderID", "customer.guest", "customer.id"]


def test_empty_table_has_its_key(aws_lab):
    """No item is an empty table with the key's column."""
    build_table(aws_lab)
    assert list(table(aws_lab).columns) == ["orderID"]


def test_missing_table_says_what_to_do(aws_lab):
    """A table that is not there is an error with the next step."""
    with pytest.raises(StageMissing, match=r"Table 'Orders' does not exist yet\. Run notebook 04"):
        table(aws_lab)
