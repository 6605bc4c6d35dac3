"""The order writer: each order once, money exact, failures reported one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from labkit import orders

KEY = [{"AttributeName": "orderID", "KeyType": "HASH"}]


@pytest.fixture
def app(cloud: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The writer's module in a fresh worker: its clients reach the local cloud."""
    from labkit.functions.order_writer import app

    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    app.orders_table.cache_clear()
    yield app
    app.orders_table.cache_clear()


@pytest.fixture
def table(
    client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """An empty table that the writer is told of; gives its items."""
    dynamodb = client("dynamodb")
    name = f"Writer-{request.node.name.split('[')[0][:60]}"
    dynamodb.create_table(
        TableName=name,
        KeySchema=KEY,
        AttributeDefinitions=[{"AttributeName": "orderID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    monkeypatch.setenv("TABLE_NAME", name)
    yield lambda: dynamodb.scan(TableName=name)["Items"]
    dynamodb.delete_table(TableName=name)


def batch(*bodies: str) -> dict[str, Any]:
    """An SQS event with one message for each body: ids m0, m1, ..."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1291192000000",
                },
            }
            for number, body in enumerate(bodies)
        ]
    }


def failed(answer: dict[str, Any]) -> list[str]:
    """The ids of the messages that a handler reported as failed."""
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_orders_are_stored_with_exact_money(app: ModuleType, table: Callable) -> None:
    """Each order becomes one item under its own id; amounts are numbers, not floats."""
    named = orders.difficult()
    bodies = [orders.to_json(named[name]) for name in ("ampersand", "plus", "largest")]
    assert failed(app.handler(batch(*bodies), None)) == []
    items = {item["orderID"]["S"]: item for item in table()}
    assert sorted(items) == ["536378", "536381", "536592"]
    assert Decimal(items["536378"]["total"]["N"]) == named["ampersand"]["total"]
    assert len(items["536592"]["lines"]["L"]) == 592
    assert "id" not in items["536381"]
    assert any(
        line["M"]["description"]["S"] == "GIN + TONIC DIET METAL SIGN"
        for line in items["536381"]["lines"]["L"]
    )


def test_a_second_delivery_is_a_success_and_changes_nothing(
    app: ModuleType, table: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    """The conditional put fails, which proves that the work has been done."""
    body = orders.to_json(orders.first())
    app.handler(batch(body), None)
    before = table()
    assert failed(app.handler(batch(body, body), None)) == []
    assert table() == before
    outcomes = [json.loads(record.message)["outcome"] for record in caplog.records]
    assert outcomes == ["stored", "duplicate", "duplicate"]


def test_only_the_message_that_failed_is_reported(app: ModuleType, table: Callable) -> None:
    """A message that is no order fails; its neighbours are stored."""
    good = orders.to_json(orders.first())
    answer = app.handler(batch("not JSON", good, '{"id": "1"}', "[]"), None)
    assert failed(answer) == ["m0", "m2", "m3"]
    assert [item["orderID"]["S"] for item in table()] == ["536365"]


def test_orders_that_break_a_rule_are_refused_with_the_reason(
    app: ModuleType, table: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten real invoices have a line without a description; each is refused and logged."""
    wrong = [
        order
        for order in orders.load()
        if not order["id"].startswith("C")
        and any(not line["description"] for line in order["lines"])
    ]
    assert len(wrong) == 10
    answer = app.handler(batch(*map(orders.to_json, wrong)), None)
    assert len(failed(answer)) == 10
    assert table() == []
    line = json.loads(caplog.records[0].message)
    assert line == {
        "outcome": "refused",
        "orderID": "536414",
        "reason": "line 1 (22139) has no description",
        "messageId": "m0",
        "receiveCount": 1,
        "batchSize": 10,
        "sentTimestamp": 1291192000000,
    }


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"description": "  "}, "no description"),
        ({"quantity": 0}, "the quantity 0"),
        ({"price": Decimal("0.00")}, "no price"),
    ],
)
def test_the_rules_of_the_business(app: ModuleType, change: dict[str, Any], reason: str) -> None:
    """A line must have a description, a quantity and a price."""
    order = orders.first()
    order["lines"][1] |= change
    with pytest.raises(app.OrderRefused, match=f"line 2.*{reason}"):
        app.refuse_if_wrong(order)


def test_every_order_that_is_accepted_keeps_the_rules(app: ModuleType) -> None:
    """127 of the day's invoices are stored: 143 less 6 cancellations less 10 refused."""

    def kept(order: orders.Order) -> bool:
        try:
            app.refuse_if_wrong(order)
        except app.OrderRefused:
            return False
        return True

    assert sum(map(kept, orders.load())) == 127


def test_a_table_with_another_key_is_refused_at_the_cold_start(
    app: ModuleType, client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what was found, what is needed, and how to get there."""
    client("dynamodb").create_table(
        TableName="OtherKey",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    monkeypatch.setenv("TABLE_NAME", "OtherKey")
    with pytest.raises(RuntimeError, match=r"'OtherKey' has the key id \(HASH\).*needs orderID"):
        app.handler(batch(orders.to_json(orders.first())), None)


def test_a_table_that_is_gone_is_named_at_the_cold_start(
    app: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DescribeTable's own words name it, before an order is touched."""
    monkeypatch.setenv("TABLE_NAME", "Gone")
    with pytest.raises(ClientError, match=r"DescribeTable.*not found: Table: Gone"):
        app.handler(batch(orders.to_json(orders.first())), None)
