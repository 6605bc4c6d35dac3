"""The whole day of real orders, through every stage, each accounted for by what was observed."""

from __future__ import annotations

import json

import pytest
from pandas import DataFrame

from labkit import orders
from labkit.lab import Lab
from labkit.pipeline import queue, writer

STORED = 127
REFUSED = 6
DEAD_LETTERED = 10
PATIENCE = 60.0


@pytest.fixture(scope="module")
def accounts(built: Lab) -> DataFrame:
    """The account of the day after all 143 orders have been sent."""
    confirmations = len(built.webhook(built.names.webhook)), len(built.inbox())
    answers = {order["id"]: built.post_order(order) for order in orders.load()}
    # The last of each: later ones are not expected.
    last_post, last_mail = (STORED - 1 + seen for seen in confirmations)
    assert built.webhook(built.names.webhook, after=last_post, wait=PATIENCE)
    assert built.inbox(after=last_mail, wait=PATIENCE)
    dead = queue.dead_letters(built, expected=DEAD_LETTERED)
    return orders.account(
        answers,
        items=built.client("dynamodb").scan(TableName=built.names.table)["Items"],
        posts=built.webhook(built.names.webhook),
        mails=built.inbox(),
        dead_letters=dead,
        refusals=writer.refusals(built),
    )


def test_every_invoice_ends_in_exactly_one_place(accounts: DataFrame) -> None:
    """127 stored and notified, 6 refused at the API, 10 dead-lettered, none unaccounted."""
    assert dict(orders.totals(accounts).to_dict("split")["data"]) == {
        "stored and notified": STORED,
        "refused at the API": REFUSED,
        "dead-lettered": DEAD_LETTERED,
        "unaccounted": 0,
        "all invoices": 143,
    }


def test_each_order_that_did_not_arrive_has_its_reason(accounts: DataFrame) -> None:
    """The API's words for a cancellation, the order writer's for an adjustment of the stock."""
    reasons = accounts.set_index("invoice")["reason"]
    assert set(reasons[accounts.set_index("invoice")["end"] == "refused at the API"]) == {
        "Invalid request body"
    }
    assert reasons["536414"] == "line 1 (22139) has no description"


@pytest.mark.parametrize("name", ["ampersand", "plus", "guest", "largest"])
def test_difficult_orders_arrive_unharmed(name: str, accounts: DataFrame, built: Lab) -> None:
    """What the webhook received is, line for line, what the shop sent."""
    sent = orders.difficult()[name]
    received = [
        json.loads(json.loads(post["body"])["Message"])
        for post in built.webhook(built.names.webhook)
        if orders.accounting.order_of_post(post) == sent["id"]
    ]
    assert len(received) == 1
    told = [(line["sku"], line["description"], line["quantity"]) for line in received[0]["lines"]]
    assert told == [(line["sku"], line["description"], line["quantity"]) for line in sent["lines"]]
    assert f"{received[0]['total']:.2f}" == str(sent["total"])


def test_the_audit_queue_received_the_large_orders_only(accounts: DataFrame, built: Lab) -> None:
    """Its filter lets through orders of 1,000 pounds and more: ten of that day."""
    sqs = built.client("sqs")
    url = sqs.get_queue_url(QueueName=built.names.audit_queue)["QueueUrl"]
    totals = {}
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
    ).get("Messages"):
        for message in messages:
            order = json.loads(json.loads(message["Body"])["Message"])
            totals[order["orderID"]] = order["total"]
    large = [order for order in orders.load() if order["total"] >= 1000]
    assert sorted(totals) == sorted(order["id"] for order in large)
    assert len(totals) == 10


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("not JSON", "Invalid request body"),
        ("", "Invalid request body"),
        ('{"id": "536365"}', "Invalid request body"),
    ],
)
def test_what_is_no_order_is_refused_at_the_edge(body: str, message: str, built: Lab) -> None:
    """The shop reads AWS's words, and nothing reaches the queue."""
    answer = built.post_order(body)
    assert (answer.status, answer.body) == (400, {"message": message})
