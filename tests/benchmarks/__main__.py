"""Latency, throughput and backlog of the whole pipeline: `make bench`.

Everything runs on this machine: the cloud, the functions, the senders and the subscriber share its
cores. Compare figures of one run with each other, not with those of another machine.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import urllib3
from tqdm import tqdm

import labkit
from labkit import orders, pipeline
from labkit.lab import Lab
from labkit.orders.invoices import to_json
from tests.benchmarks.subscriber import Subscriber

SENDERS = 8
SINGLE_ORDERS = 200
WARM_UP = 30
STEADY = (200, 1_000, 5_000)
BACKLOGS = (500, 2_000, 10_000)
PATIENCE = 600.0  # seconds; a benchmark that hangs ends


def endless_orders() -> Iterator[dict]:
    """Real orders of usual size that the pipeline stores, over and over, each with a new id."""
    usual = [order for order in orders.load() if is_usual(order)]
    for number, order in zip(itertools.count(10_000_000), itertools.cycle(usual), strict=False):
        yield order | {"id": str(number)}


def is_usual(order: dict) -> bool:
    """Whether the pipeline stores this order, and it is not one of the few very long ones."""
    lines = order["lines"]
    return len(lines) <= 40 and all(
        line["description"] and line["quantity"] > 0 and line["price"] > 0 for line in lines
    )


def sender(lab: Lab) -> Callable[[dict], None]:
    """What posts one order as a shop would, over connections that stay open."""
    url, http = f"{lab.api_url()}/orders", urllib3.PoolManager(maxsize=SENDERS)

    def post(order: dict) -> None:
        answer = http.request(
            "POST", url, body=to_json(order), headers={"Content-Type": "application/json"}
        )
        assert answer.status == 200, answer.data

    return post


def single(lab: Lab, subscriber: Subscriber, source: Iterator[dict], count: int) -> list[float]:
    """Milliseconds from the POST to the subscriber, one order after the other."""
    latencies, post = [], sender(lab)
    for order in itertools.islice(source, count):
        began = time.perf_counter()
        post(order)
        subscriber.wait_for({order["id"]}, timeout=PATIENCE)
        latencies.append(1000 * (subscriber.arrived[order["id"]] - began))
    return latencies


def steady(lab: Lab, subscriber: Subscriber, source: Iterator[dict], count: int) -> float:
    """Seconds until `count` orders, posted by eight senders, have all arrived."""
    batch = list(itertools.islice(source, count))
    post = sender(lab)
    began = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(post, batch))
    subscriber.wait_for({order["id"] for order in batch}, timeout=PATIENCE)
    return time.perf_counter() - began


def backlog(
    lab: Lab, subscriber: Subscriber, source: Iterator[dict], count: int
) -> tuple[float, float]:
    """Seconds to send `count` messages to a queue that nobody reads, and to drain it."""
    sqs, functions = lab.client("sqs"), lab.client("lambda")
    url = sqs.get_queue_url(QueueName=lab.names.queue)["QueueUrl"]
    mappings = functions.list_event_source_mappings(FunctionName=lab.names.writer)
    uuid = mappings["EventSourceMappings"][0]["UUID"]
    functions.update_event_source_mapping(UUID=uuid, Enabled=False)
    batch = list(itertools.islice(source, count))
    began = time.perf_counter()
    for ten in chunks(batch, 10):
        entries = [{"Id": order["id"], "MessageBody": to_json(order)} for order in ten]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    sent = time.perf_counter()
    functions.update_event_source_mapping(UUID=uuid, Enabled=True)
    subscriber.wait_for({order["id"] for order in batch}, timeout=PATIENCE)
    return sent - began, time.perf_counter() - sent


def chunks(items: list[dict], size: int) -> Iterator[list[dict]]:
    """`items` in lists of `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def main() -> None:
    """Run all benchmarks and print their tables."""
    source = endless_orders()
    with labkit.connect() as lab:
        pipeline.build(lab)
        subscriber = Subscriber()
        subscribe(lab, subscriber)
        with tqdm(total=1 + len(STEADY) + len(BACKLOGS), desc="benchmarks") as progress:
            single(lab, subscriber, source, WARM_UP)
            latencies = single(lab, subscriber, source, SINGLE_ORDERS)
            progress.update()
            throughput = []
            for count in STEADY:
                throughput.append((count, steady(lab, subscriber, source, count)))
                progress.update()
            drains = []
            for count in BACKLOGS:
                drains.append((count, *backlog(lab, subscriber, source, count)))
                progress.update()
        subscriber.close()
    report(latencies, throughput, drains)


def subscribe(lab: Lab, subscriber: Subscriber) -> None:
    """Make `subscriber` the topic's only one, so that it alone is measured."""
    sns = lab.client("sns")
    topic = next(
        topic["TopicArn"]
        for topic in sns.list_topics()["Topics"]
        if topic["TopicArn"].endswith(f":{lab.names.topic}")
    )
    for known in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
        if known["SubscriptionArn"].startswith("arn:"):
            sns.unsubscribe(SubscriptionArn=known["SubscriptionArn"])
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=subscriber.url)
    token = subscriber.wait_for_confirmation(timeout=PATIENCE)["Token"]
    sns.confirm_subscription(TopicArn=topic, Token=token)


def report(
    latencies: list[float],
    throughput: list[tuple[int, float]],
    drains: list[tuple[int, float, float]],
) -> None:
    """Print one table a benchmark."""
    cuts = statistics.quantiles(latencies, n=100)
    print("\nOne order, POST to webhook (ms)")
    print(
        pd.DataFrame(
            [{"orders": len(latencies), "p50": cuts[49], "p95": cuts[94], "max": max(latencies)}]
        ).to_string(index=False, float_format="%.1f")
    )
    print(f"\nOrders per second, {SENDERS} senders")
    print(
        pd.DataFrame(
            [{"orders": n, "seconds": s, "orders per second": n / s} for n, s in throughput]
        ).to_string(index=False, float_format="%.1f")
    )
    base = drains[0][2] / drains[0][0]
    print("\nBacklog (cost per order relative to the smallest backlog)")
    print(
        pd.DataFrame(
            [
                {
                    "messages": count,
                    "send s": send,
                    "drain s": drain,
                    "drained per second": count / drain,
                    "relative cost": drain / count / base,
                }
                for count, send, drain in drains
            ]
        ).to_string(index=False, float_format="%.2f")
    )


if __name__ == "__main__":
    main()
