"""Ten thousand orders through a storm of faults: none lost, none stored twice."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable

import pytest
from tabulate import tabulate

import labkit
from labkit import orders, pipeline
from labkit.lab import Lab
from labkit.orders.invoices import Order
from labkit.pipeline import fan_out
from tests.processes import children
from tests.reliability.storm import Storm, kept, send, stored

ORDERS = int(os.environ.get("ORDERS", 10_000))
SEED = 20_261_123
KILL_EVERY = (200, 500)  # deliveries

THROTTLED = {
    "service": "dynamodb",
    "operation": "PutItem",
    "share": 1 / 20,
    "seed": SEED,
    "error": "ProvisionedThroughputExceededException",
}
# Together they spoil a tenth of the subscriber's calls: the second sees what the first lets pass.
REFUSES = {
    "service": "webhook",
    "operation": "orders",
    "share": 1 / 20,
    "seed": SEED,
    "status": 500,
}
HANGS = {**REFUSES, "share": 1 / 19, "seed": SEED + 1, "delay": 3600}
# SNS's default of three retries would lose one message in ten thousand here.
PERSISTENT = {
    "healthyRetryPolicy": {
        "numRetries": 20,
        "minDelayTarget": 1,
        "maxDelayTarget": 20,
        "backoffFunction": "exponential",
    }
}


@pytest.mark.timeout(300)
@pytest.mark.fidelity(
    "The local cloud",
    "Killed workers, throttled puts and failing subscribers lose no order and store none twice.",
    source="Lambda guide: with-sqs",
)
def test_ten_thousand_orders_survive_everything(
    record_property: Callable[[str, object], None],
) -> None:
    """Every order is stored exactly once and delivered at least once."""
    before = children(os.getpid())
    with labkit.connect() as lab:
        [cloud] = set(children(os.getpid())) - set(before)
        pipeline.build(lab, progress=False)
        make_strict(lab)
        sent = many_orders(ORDERS)
        expected = {order["id"] for order in sent}
        storm = Storm(lab, cloud, SEED, KILL_EVERY)
        began = time.perf_counter()
        with lab.faults(THROTTLED, REFUSES, HANGS) as faults:
            send(lab, sent)
            storm.pass_over(expected)
        seconds = time.perf_counter() - began
        throttled, refused, hung = faults.counts()
        events, items = stored(lab), kept(lab)
        dead = lab.peek(lab.names.dead_letter_queue)
    rows = [
        ("puts that DynamoDB throttled", throttled["hits"], f"of {throttled['calls']:,}"),
        ("posts answered 500", refused["hits"], f"of {refused['calls']:,}"),
        ("posts that hung for 15 s", hung["hits"], f"of {refused['calls']:,}"),
        ("workers killed", len(storm.killed), ""),
        ("orders dead-lettered and redriven", storm.redriven, ""),
        ("orders sent", len(expected), f"in {seconds:.0f} s, {len(sent) / seconds:.0f} a second"),
        ("orders stored exactly once", sum(count == 1 for count in events.values()), ""),
        ("orders in the table", len(items), ""),
        ("orders delivered at least once", len(storm.delivered), ""),
        ("deliveries beyond the first", storm.delivered.total() - len(storm.delivered), ""),
        ("times the clock was turned", storm.turned, ""),
    ]
    table = tabulate(rows, headers=["faults injected and survived", "number", ""], intfmt=",")
    record_property("table", table)
    assert events == dict.fromkeys((("INSERT", order) for order in expected), 1)
    assert sorted(items) == sorted(expected)
    assert storm.delivered.keys() == expected
    assert not dead
    assert min(throttled["hits"], refused["hits"], hung["hits"]) > ORDERS / 30
    assert len(storm.killed) >= ORDERS / KILL_EVERY[1] - 1


def make_strict(lab: Lab) -> None:
    """One subscriber, which SNS does not give up; and a writer that every throttle reaches."""
    sns, functions = lab.client("sns"), lab.client("lambda")
    for (protocol, _), arn in fan_out.subscriptions(lab).items():
        if protocol == "http":
            sns.set_subscription_attributes(
                SubscriptionArn=arn,
                AttributeName="DeliveryPolicy",
                AttributeValue=json.dumps(PERSISTENT),
            )
        else:
            sns.unsubscribe(SubscriptionArn=arn)
    # The SDK would try again by itself, and nothing would come back to the queue.
    writer = functions.get_function_configuration(FunctionName=lab.names.writer)
    functions.update_function_configuration(
        FunctionName=lab.names.writer,
        Environment={"Variables": {**writer["Environment"]["Variables"], "AWS_MAX_ATTEMPTS": "1"}},
    )


def many_orders(count: int) -> list[Order]:
    """So many orders of one real, short kind, each with an id of its own."""
    usual = [order for order in orders.load() if order["id"] not in orders.DIFFICULT.values()]
    short = min(usual, key=lambda order: len(order["lines"]))
    return [short | {"id": str(10_000_000 + number)} for number in range(count)]
