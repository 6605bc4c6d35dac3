"""What a check does with a subscriber of the topic: finds it, sends it something, lets it fail."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from typing import Any

from labkit.course.judgement import require
from labkit.course.probes.arrivals import find, latest
from labkit.course.probes.orders import make_order, order_number, take
from labkit.lab import Lab
from labkit.orders.accounting import order_of_post
from labkit.pipeline.arns import topic_arn

SOON = 3  # seconds; what SNS has taken is with a subscriber in some milliseconds
ATTEMPTS, APART = 4, 20  # SNS's default for HTTP: three retries, 20 seconds apart


def find_subscription(lab: Lab, protocol: str, endpoint: str, name: str) -> dict[str, Any]:
    """The attributes of a subscription to the topic, which is confirmed."""
    sns = lab.client("sns")
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn(lab))
    arns = [
        found["SubscriptionArn"]
        for page in pages
        for found in page["Subscriptions"]
        if (found["Protocol"], found["Endpoint"]) == (protocol, endpoint)
    ]
    require(
        arns,
        f"Nobody subscribed '{name}' to the topic.",
        f"sns.subscribe(TopicArn=topic_arn, Protocol='{protocol}', Endpoint=...)",
    )
    require(
        arns[0].startswith("arn:"),
        f"The subscription of '{name}' is not confirmed, so SNS sends it nothing.",
        "The webhook was sent a Token: pass it to sns.confirm_subscription.",
    )
    return sns.get_subscription_attributes(SubscriptionArn=arns[0])["Attributes"]


def receive(lab: Lab, url: str, sent: Container[str | None], *, count: int) -> Iterator[str]:
    """The numbers of `sent` that came, taken out of the queue; `count` of them are waited for."""
    seconds = SOON
    while body := take(lab, url, lambda body: order_number(body) in sent, seconds=seconds):
        count -= 1
        seconds = SOON if count > 0 else 0
        yield str(order_number(body))


def publish(lab: Lab, number: str, total: float, customer_type: str) -> None:
    """Publish an order with the attributes that the order notifier gives it."""
    guest = customer_type == "guest"
    message = {"orderID": number, "customer": "guest" if guest else "17850", "total": total}
    lab.client("sns").publish(
        TopicArn=topic_arn(lab),
        Subject=f"Order {number}",
        Message=json.dumps(message),
        MessageAttributes={
            "orderID": {"DataType": "String", "StringValue": number},
            "country": {"DataType": "String", "StringValue": "United Kingdom"},
            "customer_type": {"DataType": "String", "StringValue": customer_type},
            "total": {"DataType": "Number", "StringValue": f"{total:.2f}"},
        },
    )


def let_fail(lab: Lab, webhook: str, dead_letter_queue: str) -> bool:
    """Let a webhook fail until SNS gives up; whether the message is in the dead-letter queue then.

    It is taken out of there. The clock of the local cloud is turned for each retry.
    """

    def posts(**query: Any) -> list[dict[str, Any]]:
        return lab.webhook(webhook, **query)

    number, seen = make_order()["id"], latest(posts())
    lab.webhook_answers(webhook, status=500)
    try:
        publish(lab, number, 5.0, "account")
        for _ in range(2 * ATTEMPTS):
            post = find(posts, lambda post: order_of_post(post) == number, after=seen, seconds=1)
            seen = seen if post is None else post["id"]
            lab.clock.advance(seconds=APART)
            if any(number in message["body"] for message in lab.peek(dead_letter_queue)):
                break
    finally:
        lab.webhook_answers(webhook, status=200)
    url = lab.client("sqs").get_queue_url(QueueName=dead_letter_queue)["QueueUrl"]
    return take(lab, url, lambda body: number in body, seconds=SOON) is not None
