"""Stage 8 and the first order: does an order go all the way, once, and a bad one to its place?"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from labkit import orders
from labkit.course.checks._check import check
from labkit.course.judgement import require
from labkit.course.probes.arrivals import find
from labkit.course.probes.orders import (
    PATIENCE,
    is_stored,
    let_settle,
    make_order,
    order_number,
    remove_item,
    take,
)
from labkit.errors import TooLate
from labkit.lab import Lab
from labkit.orders.accounting import order_of_mail, order_of_post
from labkit.orders.invoices import Order
from labkit.pipeline import wait
from labkit.pipeline.queue import MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT, dead_letter_queue_url


@check("first order")
def first_order(lab: Lab) -> str:
    """Whether the day's first order is in the table, in the inbox and at the webhook."""
    number = orders.first()["id"]
    require(
        is_stored(lab, number),
        f"Order {number} is not in the table.",
        "Send it with lab.post_order(orders.first()); status 200 says that the API took it.",
    )
    _arrives(lab, number)
    mails = sum(order_of_mail(mail) == number for mail in lab.inbox())
    posts = sum(order_of_post(post) == number for post in _posts(lab))
    require(
        mails == posts == 1,
        f"Order {number} was announced in {mails} mails and {posts} calls of the webhook.",
        "Was the table's item deleted between two posts of the order?",
    )
    return f"Order {number} is stored, and was announced once in the inbox and at the webhook."


@check("end to end")
def end_to_end(lab: Lab) -> str:
    """One order posted twice, one more, and one that cannot be stored: from the API to all ends."""
    twice, other, bad = make_order(), make_order(), make_order(description=" ")
    try:
        _post(lab, twice)
        _reaches_all(lab, twice)
        _post(lab, twice)
        _post(lab, other)
        _reaches_all(lab, other)
    finally:
        let_settle(lab)
        remove_item(lab, twice["id"])
        remove_item(lab, other["id"])
    announced = sum(order_of_post(post) == twice["id"] for post in _posts(lab))
    require(
        not lab.is_local or announced == 1,
        f"An order that was posted twice was announced {announced} times.",
        "The writer's put must be conditional: attribute_not_exists(orderID).",
    )
    _post(lab, bad)
    _dead_lettered(lab, bad)
    return (
        "An order posted to the API is stored, mailed and sent to the webhook, once, also when it "
        "is posted twice; one that cannot be stored is a dead letter."
    )


def _post(lab: Lab, order: Order) -> None:
    answer = lab.post_order(order)
    require(
        answer.status == 200,
        f"The API answered {answer.status} {answer.body} to a good order.",
        "Begin at the front: check.api(lab).",
    )


def _reaches_all(lab: Lab, order: Order) -> None:
    require(
        is_stored(lab, order["id"]),
        "The API took an order, but it is not in the table.",
        "Between the two are the queue and the writer: show.queue(lab), then "
        "show.logs(lab, lab.names.writer).",
    )
    if lab.is_local:
        _arrives(lab, order["id"])


def _arrives(lab: Lab, number: str) -> None:
    def posts(**query: Any) -> list[dict[str, Any]]:
        return lab.webhook(lab.names.webhook, **query)

    require(
        find(posts, lambda post: order_of_post(post) == number, after=0),
        f"Order {number} is in the table, but the webhook has not heard of it.",
        "Between the two are the stream, the notifier and the topic: show.stream(lab), "
        "show.logs(lab, lab.names.notifier), show.subscriptions(lab).",
    )
    require(
        find(lab.inbox, lambda mail: order_of_mail(mail) == number, after=0),
        f"Order {number} reached the webhook, but not the inbox.",
        "Is the e-mail subscription confirmed? Look at show.subscriptions(lab).",
    )


def _posts(lab: Lab) -> list[dict[str, Any]]:
    return lab.webhook(lab.names.webhook) if lab.is_local else []


def _dead_lettered(lab: Lab, order: Order) -> None:
    if lab.is_local:
        for delivery in range(1, MAX_RECEIVE_COUNT + 1):
            # A writer that logs no number of an order is given this second to fail.
            with suppress(TooLate):
                wait.until_logged(lab, lab.names.writer, order["id"], times=delivery, patience=1)
            lab.clock.advance(seconds=VISIBILITY_TIMEOUT + 1)
    url, seconds = dead_letter_queue_url(lab), PATIENCE if lab.is_local else 20
    for _ in range(1 if lab.is_local else MAX_RECEIVE_COUNT + 1):
        if take(lab, url, lambda body: order_number(body) == order["id"], seconds=seconds):
            return
    require(
        False,
        "An order that cannot be stored is not in the dead-letter queue.",
        "Does the writer report it in batchItemFailures, and has the queue a RedrivePolicy?",
    )
