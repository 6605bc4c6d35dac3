"""Stage 6: is every new order announced, once, and nothing else?"""

from __future__ import annotations

import json
from typing import Any

from labkit.course.checks._check import check
from labkit.course.judgement import Mistake, require
from labkit.course.probes.functions import find_function, find_mapping, reports_failures
from labkit.course.probes.orders import (
    change_item,
    make_order,
    order_number,
    remove_item,
    store_item,
    take,
)
from labkit.course.probes.topic import listener
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import topic_arn
from labkit.pipeline.stream import stream_arn


@check("order notifier")
def notifier(lab: Lab) -> str:
    """Topic, function and mapping; then two new orders, one of them changed and removed."""
    names = lab.names
    topic = unless_absent(lab.client("sns").get_topic_attributes, TopicArn=topic_arn(lab))
    require(
        topic is not None, f"There is no topic '{names.topic}'.", "Make it with sns.create_topic."
    )
    function = find_function(lab, names.notifier, names.notifier_role)
    variables = function.get("Environment", {}).get("Variables", {})
    require(
        topic_arn(lab) in variables.values(),
        f"No environment variable of '{names.notifier}' holds the topic's ARN.",
        "Pass Environment={'Variables': {'TOPIC_ARN': topic_arn}}.",
    )
    arn = stream_arn(lab)
    mapping = find_mapping(lab, names.notifier, arn, f"the live stream of table '{names.table}'")
    require(
        mapping.get("StartingPosition") != "LATEST",
        "The mapping starts at LATEST: orders stored while it is being made are never announced.",
        "Delete it and make it anew with StartingPosition='TRIM_HORIZON'.",
    )
    reports_failures(mapping, "the records before the one that failed would be announced again")
    _announced(lab)
    return "A new order is announced once; that it is changed or removed is not."


def _announced(lab: Lab) -> None:
    first, second = make_order(), make_order()
    # Orders that were stored a moment ago may still be on their way to the topic.
    ours = {first["id"], second["id"]}
    with listener(lab) as queue_url:
        try:
            store_item(lab, first)
            message = _next(lab, queue_url, ours)
        finally:
            change_item(lab, first["id"])
            remove_item(lab, first["id"])
        if message is None:
            raise Mistake(
                "An order was stored, but no message with its number was published to the topic.",
                "Look at show.logs(lab, lab.names.notifier). The message is JSON with the orderID, "
                "and the order is in record['dynamodb']['NewImage'].",
            )
        require(
            "total" in message.get("MessageAttributes", {}),
            "The announcement has no message attribute 'total', so no subscriber can filter.",
            "Pass MessageAttributes to publish: a Number 'total', Strings 'country' and 'orderID'.",
        )
        # The stream keeps its order: what comes next tells whether the changes were announced.
        try:
            store_item(lab, second)
            message = _next(lab, queue_url, ours)
        finally:
            remove_item(lab, second["id"])
        require(
            message is not None and order_number(message["Message"]) == second["id"],
            "That an order was changed or removed was announced as if it were a new one.",
            "Publish only records whose eventName is INSERT.",
        )


def _next(lab: Lab, queue_url: str, numbers: set[str]) -> dict[str, Any] | None:
    """The next announcement of one of these orders."""

    def is_one(body: str) -> bool:
        return order_number(json.loads(body)["Message"]) in numbers

    body = take(lab, queue_url, is_one)
    return None if body is None else json.loads(body)
