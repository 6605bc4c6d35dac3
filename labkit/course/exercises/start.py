"""Exercises of notebook 00: orders of one's own, found again at the other end."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

from labkit import orders
from labkit.course.exercise import exercise
from labkit.course.judgement import Mistake, require
from labkit.course.probes.arrivals import find
from labkit.course.probes.orders import PATIENCE
from labkit.errors import TooLate
from labkit.lab import Lab
from labkit.orders.accounting import order_of_mail, order_of_post
from labkit.pipeline import wait
from labkit.pipeline.fan_out import AUDIT_FILTER
from labkit.show.tables import plain

CLICKS = 2
LOGGED = 3  # seconds until a line must be in the local cloud's log; CloudWatch takes longer
[[_, AUDITED]] = [rule["numeric"] for rule in AUDIT_FILTER["total"]]  # pounds


@exercise(
    points=1,
    hints=(
        "Send it first, with lab.post_order. Then look at the order itself, in show.table(lab) or "
        "in its mail, lab.inbox(after=2, wait=20)[-1]['text']: what in it is to be packed?",
        "A line of an order is one article; its `quantity` says how many units of it to pack. The "
        "total is an entry of the order.",
        "With mine = orders.yours(lab.student_id)[0]: go through mine['lines'] and add up what "
        "each line has as its 'quantity'. What the customer pays, to the penny, is mine['total'].",
    ),
)
def q0_1(lab: Lab, packing: dict[str, Any]) -> str:
    """How much is there to pack, and to pay?"""
    units, total = _numbers(packing, "units", "total")
    item = _stored(lab, orders.yours(lab.student_id)[0]["id"])
    number, lines = item["orderID"], item["lines"]
    packed = sum(line["quantity"] for line in lines)
    require(
        units != len(lines) or units == packed,
        f"{len(lines)} is the number of lines of order {number}. A line may be for many units.",
        "Add up the quantity of all lines.",
    )
    require(
        units == packed,
        f"Order {number} is not for {units} units.",
        "Add up the quantity of all its lines. The newest mail tells the sum as well.",
    )
    require(
        total == item["total"] or abs(total - item["total"]) >= 1,
        f"The total of order {number} is close to {total} pounds, but money is exact.",
        "Read it to the penny in show.table(lab).",
    )
    require(
        total == item["total"],
        f"The total of order {number} is not {total} pounds.",
        "Read it in show.table(lab).",
    )
    _announced(lab, number)
    return f"Order {number} is stored and announced: {packed} units, {item['total']:.2f} pounds."


@exercise(
    points=2,
    hints=(
        "The API takes both, since it does not look into the table. What does the log of the order "
        "writer say of the second one?",
        "show.logs(lab, lab.names.writer) has an outcome `duplicate`. Only what is new in the "
        "table is announced. And the filter policy in step 4 says what the audit queue hears of.",
        "With twice = orders.yours(lab.student_id)[1], call lab.post_order(twice) two times. Then "
        "count the rows of twice['id'] in show.table(lab) and its subjects in show.inbox(lab), and "
        "compare twice['total'] with the 1000 of the filter policy.",
    ),
)
def q0_2(lab: Lab, heard: dict[str, Any]) -> str:
    """What becomes of an order that is sent twice?"""
    items, mails, audited = _numbers(heard, "table", "inbox", "audit queue")
    item = _stored(lab, orders.yours(lab.student_id)[1]["id"])
    number = item["orderID"]
    _sent_twice(lab, number)
    seen = _announced(lab, number)
    require(
        items == 1,
        f"{items} is not the number of items of order {number} in the table: its key is the "
        "order's number.",
        "The log of the order writer says what it did with the second: "
        "show.logs(lab, lab.names.writer).",
    )
    require(
        mails == seen,
        f"{mails} is not the number of mails about order {number} in the inbox.",
        "Only what is new in the table is announced. Look at the subjects in show.inbox(lab).",
    )
    rule = f"it hears of orders from {AUDITED} pounds on, and this one is for {item['total']:.2f}"
    require(
        audited == int(item["total"] >= AUDITED),
        f"{audited} is not the number of messages in the audit queue: {rule}.",
        "Look at the filter policy in show.subscriptions(lab).",
    )
    return f"Sent twice, stored once, announced once. As for the audit queue: {rule}."


def _numbers(answer: Any, *names: str) -> list[Decimal]:
    wanted = ", ".join(f'"{name}"' for name in names)
    try:
        return [_number(answer[name]) for name in names]
    except (TypeError, KeyError, InvalidOperation):
        raise Mistake(f"The answer is a dictionary with a number for each of {wanted}.") from None


def _number(value: Any) -> Decimal:
    # a truth value counts as in Python, such as that of `total >= 1000`
    return Decimal(value if isinstance(value, bool) else str(value))


def _stored(lab: Lab, number: str) -> dict[str, Any]:
    """The item of an order, once the order writer has nothing more to do."""
    with suppress(TooLate):  # what another order waits for is not looked at here
        wait.until_worked_off(lab, patience=PATIENCE)
    answer = lab.client("dynamodb").get_item(
        TableName=lab.names.table, Key={"orderID": {"S": number}}, ConsistentRead=True
    )
    require(
        "Item" in answer,
        f"Order {number} of yours is not in the table.",
        "Send it with lab.post_order: the question says which of orders.yours(lab.student_id).",
    )
    return plain(answer["Item"])


def _sent_twice(lab: Lab, number: str) -> None:
    patience = LOGGED if lab.is_local else PATIENCE
    try:
        wait.until_logged(lab, lab.names.writer, number, times=CLICKS, patience=patience)
    except TooLate:
        raise Mistake(
            f"The order writer has seen order {number} only once.",
            f"Send it {CLICKS} times, as a customer does who presses the button again.",
        ) from None


def _announced(lab: Lab, number: str) -> int:
    """How many mails tell of an order, once it is at both ends; on AWS mails are yours alone."""
    if not lab.is_local:
        return 1

    def posts(**query: Any) -> list[dict[str, Any]]:
        return lab.webhook(lab.names.webhook, **query)

    ends = [(lab.inbox, order_of_mail, "the inbox"), (posts, order_of_post, "the webhook")]
    for read, order_of, end in ends:
        require(
            find(read, lambda arrival, of=order_of: of(arrival) == number, after=0),
            f"Order {number} is stored, but has not reached {end}.",
            "Connect again, and run the notebook from its top.",
        )
    return Counter(map(order_of_mail, lab.inbox()))[number]
