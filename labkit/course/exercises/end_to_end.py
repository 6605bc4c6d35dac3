"""Exercises of notebook 08: what comes twice, what it costs, and a fault of which no log tells."""

from __future__ import annotations

import math
from typing import Any

from labkit import orders
from labkit.course.exercise import exercise
from labkit.course.judgement import Mistake, require
from labkit.course.probes.arrivals import is_announced
from labkit.course.probes.functions import find_mapping
from labkit.course.probes.orders import (
    PATIENCE,
    is_stored,
    let_settle,
    make_order,
    remove_item,
)
from labkit.lab import Lab
from labkit.orders.accounting import order_of_mail
from labkit.pipeline import wait
from labkit.pipeline.arns import queue_arn
from labkit.pipeline.function import log_group
from labkit.pipeline.stream import stream_arn

POSTS = 3
SHOP = 10  # orders that are sent once a minute each
KB, MINUTES = 1024, 30 * 24 * 60  # of a write unit; of a month
WRITE_UNITS = 0.625  # dollars a million, as in the notebook
HALF_A_CENT = 0.005
SENT_IN_CLASS = {"990001", "990002", "990003"}


@exercise(
    points=1,
    hints=(
        "Step 5 has done it with two posts. Who on the way notices that an order is not new?",
        "Neither the API nor the queue knows what it has seen before. The order writer does not "
        "know either; its put has a condition.",
        "Each post becomes a message of its own, and is delivered as one. A put that fails its "
        "condition changes nothing, and what does not change writes no record to the stream, from "
        "which the mails come.",
    ),
)
def q8_1(lab: Lab, counts: dict[str, int]) -> str:
    """What becomes of an order that is posted three times?"""
    require(
        isinstance(counts, dict)
        and counts.keys() == {"deliveries", "items", "mails"}
        and all(isinstance(number, int | float) for number in counts.values()),
        "Your answer is not a dictionary with numbers of deliveries, items and mails.",
        "{'deliveries': ..., 'items': ..., 'mails': ...}, each with a number.",
    )
    seen = _post_repeatedly(lab)
    for what, why in (
        ("deliveries", "The API and the queue take each post for a new one."),
        ("items", "The writer's put is conditional: attribute_not_exists(orderID)."),
        ("mails", "A put that fails its condition writes no record to the stream."),
    ):
        require(
            counts[what] == seen[what],
            f"An order was posted {POSTS} times, and {counts[what]:g} is not the number of {what}.",
            why,
        )
    return f"{POSTS} posts were delivered to the writer, stored once and announced once."


@exercise(
    points=2,
    hints=(
        "How many write units does each of your orders need? A unit is for up to 1 KB of one item.",
        "Round up each order by itself: math.ceil(len(orders.to_json(order)) / 1024). A month has "
        "30 * 24 * 60 minutes.",
        "`sum(units) * minutes * prices['DynamoDB write units'] / 1_000_000`, with the units of "
        "each order, rounded up.",
    ),
)
def q8_2(lab: Lab, dollars: float) -> str:
    """What does a month of your orders cost at the table?"""
    require(isinstance(dollars, int | float), "Your answer is not a number of dollars.")
    sizes = [len(orders.to_json(order)) for order in orders.yours(lab.student_id, count=SHOP)]
    units = [math.ceil(size / KB) for size in sizes]
    if abs(dollars - _month(sum(units))) <= HALF_A_CENT:
        return f"Your orders need {sum(units)} write units a minute: {dollars:.2f} dollars a month."
    for wrong, message, hint in (
        (
            _month(len(sizes)),
            "You have counted a write unit for each order, whatever its size.",
            "A write unit is for up to 1 KB; a larger item takes several.",
        ),
        (
            _month(math.ceil(sum(sizes) / KB)),
            "You have rounded up the sum of your orders; DynamoDB rounds up each item.",
            "Round up first, then add.",
        ),
        (
            _month(sum(sizes) / KB),
            "You have counted parts of write units.",
            "DynamoDB bills whole units: round up each order.",
        ),
        (
            _month(sum(math.ceil(size / 1000) for size in sizes)),
            "You have taken 1000 bytes for a KB.",
            "Here a KB is 1024 bytes.",
        ),
        (_month(sum(units)) / 30, "That is the cost of a day.", "A month has 30 of them."),
        (_month(sum(units)) * 100, "That is the cost in cents.", "A dollar has 100 of them."),
        (_month(sum(units)) * 1e6, "The price is for a million write units.", "Divide by 1e6."),
    ):
        require(not math.isclose(dollars, wrong, rel_tol=0.01, abs_tol=HALF_A_CENT), message, hint)
    raise Mistake(
        f"{dollars:.2f} dollars is not what the writes of a month cost.",
        "Units of each order, times minutes of the month, times the price of a unit.",
    )


@exercise(
    points=3,
    hints=(
        "Send an order and ask seen(...). Where does it stop? Has the function after that place "
        "logged anything at all since?",
        "A function that is not called logs nothing. What calls it is an event source mapping: "
        "show.mappings(lab). There is more than one thing to mend.",
        "aws_lambda.update_event_source_mapping(UUID=..., Enabled=True) starts a mapping, and "
        "FilterCriteria={} takes its filter away. What was filtered out does not come again: send "
        "a new order.",
    ),
)
def q8_3(lab: Lab, number: str) -> str:
    """Can you find a fault of which no log tells?"""
    writer = _mapping(lab, lab.names.writer, queue_arn(lab, lab.names.queue), "queue")
    require(
        writer["State"] in ("Enabled", "Enabling"),
        "The API takes an order, and then it waits in the queue: nobody fetches it.",
        "The order writer has not failed, it is not called. What calls it? show.mappings(lab).",
    )
    notifier = _mapping(lab, lab.names.notifier, stream_arn(lab), "stream")
    patterns = [each["Pattern"] for each in notifier.get("FilterCriteria", {}).get("Filters", [])]
    require(
        not patterns or any("INSERT" in pattern for pattern in patterns),
        "An order is stored, and nobody is told: the order notifier is not called for it.",
        "It is not called for every record: look at all columns of show.mappings(lab).",
    )
    require(
        isinstance(number, str | int),
        "Your answer is not the number of an order.",
        "It is the `id` of the order that you have sent, such as the number in new_order(...).",
    )
    number = str(number)
    known = {order["id"] for order in orders.load()} | SENT_IN_CLASS
    require(
        number not in known,
        f"Order {number} was sent before the colleague came.",
        "Send a new one: lab.post_order(new_order('990004')).",
    )
    require(
        is_stored(lab, number),
        f"Order {number} is not in the table.",
        "Send it with lab.post_order(new_order(...)), or wait for the queue to hand it out again.",
    )
    require(
        is_announced(lab, number),
        f"Order {number} is stored, but the warehouse has not heard of it.",
        "A record that was filtered out does not come again. Send another order.",
    )
    probe = make_order()
    lab.post_order(probe)
    require(is_announced(lab, probe["id"]), "The next order did not arrive at all ends.")
    let_settle(lab)
    remove_item(lab, probe["id"])
    return f"Order {number} is in the table, in the inbox and at the webhook, and so is the next."


def _month(units: float) -> float:
    return units * MINUTES * WRITE_UNITS / 1_000_000


def _post_repeatedly(lab: Lab) -> dict[str, int]:
    """Post a new order several times, and count what comes of it."""
    order, items = make_order(), _count_items(lab)
    for _ in range(POSTS):
        lab.post_order(order)
    require(
        is_announced(lab, order["id"]),
        "An order that the check has sent did not arrive.",
        "Is the pipeline whole? check.end_to_end(lab) tells where it is not.",
    )
    wait.until_logged(lab, lab.names.writer, order["id"], times=POSTS, patience=PATIENCE)
    let_settle(lab)
    logged = lab.client("logs").filter_log_events(
        logGroupName=log_group(lab.names.writer), filterPattern=f'"{order["id"]}"'
    )
    seen = {
        "deliveries": len(logged["events"]),
        "items": _count_items(lab) - items,
        "mails": sum(order_of_mail(mail) == order["id"] for mail in lab.inbox()),
    }
    remove_item(lab, order["id"])
    return seen


def _count_items(lab: Lab) -> int:
    pages = lab.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=lab.names.table, Select="COUNT", ConsistentRead=True)
    return sum(page["Count"] for page in found)


def _mapping(lab: Lab, function: str, source: str, kind: str) -> dict[str, Any]:
    found = lab.client("lambda").list_event_source_mappings(
        FunctionName=function, EventSourceArn=source
    )["EventSourceMappings"]
    return found[0] if found else find_mapping(lab, function, source, f"the {kind}")
