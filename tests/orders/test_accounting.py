"""The account of the day: built from evidence, honest about what does not add up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labkit import orders
from labkit.answer import Answer
from labkit.orders.accounting import End, end_of, order_of_mail, order_of_post


def post(order_id: str) -> dict[str, Any]:
    """What the webhook shows of one notification."""
    message = json.dumps({"summary": "1 item", "orderID": order_id})
    return {"body": json.dumps({"Type": "Notification", "Message": message})}


def mail(order_id: str) -> dict[str, Any]:
    """What the inbox shows of one notification."""
    return {"text": json.dumps({"orderID": order_id}, indent=1) + "\n\n--\nTo unsubscribe {...}"}


def test_each_order_ends_in_one_place_with_a_reason() -> None:
    """One row an invoice, in the order in which they were sent."""
    accounts = orders.account(
        {
            "1": Answer(200, {}, {"messageId": "m"}),
            "C2": Answer(400, {}, {"message": "Invalid request body"}),
            "3": Answer(200, {}, {"messageId": "n"}),
        },
        items=[{"orderID": {"S": "1"}}],
        posts=[{"body": '{"Type": "SubscriptionConfirmation"}'}, post("1"), post("1")],
        mails=[{"text": "Please confirm"}, mail("1")],
        dead_letters=[{"Body": '{"id": "3"}'}],
        refusals={"3": "line 1 (X) has no description"},
    )
    assert accounts.to_dict("split")["data"] == [
        ["1", 200, 1, 2, 1, 0, "stored and notified", ""],
        ["C2", 400, 0, 0, 0, 0, "refused at the API", "Invalid request body"],
        ["3", 200, 0, 0, 0, 1, "dead-lettered", "line 1 (X) has no description"],
    ]
    assert orders.totals(accounts).to_dict("split")["data"] == [
        ["stored and notified", 1],
        ["refused at the API", 1],
        ["dead-lettered", 1],
        ["unaccounted", 0],
        ["all invoices", 3],
    ]


@pytest.mark.parametrize(
    ("seen", "case"),
    [
        ((200, 0, 0, 0, 0), "lost on the way"),
        ((200, 1, 0, 1, 0), "stored, but the webhook was not told"),
        ((200, 1, 1, 0, 0), "stored, but no mail came"),
        ((200, 1, 1, 1, 1), "stored and dead-lettered"),
        ((400, 1, 1, 1, 0), "refused, and stored all the same"),
        ((502, 0, 0, 0, 0), "never taken"),
    ],
)
def test_evidence_that_does_not_agree_is_unaccounted(seen: tuple[int, ...], case: str) -> None:
    """Nothing is guessed when the evidence contradicts itself or is incomplete."""
    assert end_of(*seen) is End.UNACCOUNTED, case


def test_the_reason_for_unaccounted_is_what_was_seen() -> None:
    """The row says how often the order was seen at each stage."""
    accounts = orders.account(
        {"1": Answer(200, {}, {})},
        items=[],
        posts=[post("1")],
        mails=[],
        dead_letters=[],
        refusals={},
    )
    assert accounts.loc[0, "reason"] == "seen stored 0, webhook 1, mail 0, dead-lettered 0 times"


def test_other_mails_and_posts_are_passed_over() -> None:
    """Confirmations, and texts that are no JSON, tell of no order."""
    assert order_of_mail({"text": "Hello {name}"}) is None
    assert order_of_post({"body": "not JSON"}) is None
