"""A storm of faults over a running pipeline, and what is left when it has passed.

Orders go into the queue in batches. While they flow, DynamoDB throttles, the subscriber fails or
hangs, and workers are killed. The lab's clock is turned only when nothing moves, for what waits for
a retry: whoever is at work must not lose its messages.
"""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from labkit import orders
from labkit.lab import Lab
from labkit.orders.invoices import Order, to_json
from tests.processes import alive, children

IDLE = 0.3  # seconds without an arrival after which nothing moves any more
MANY = 100  # arrivals that are worth a look
STEP = 16.0  # seconds: a hung subscriber's 15 are over, a message's 30 in a worker's hands are not
ENTRIES = 10  # messages in a batch, SQS's most


@dataclass
class Storm:
    """What happened: deliveries by order, and what was done to the pipeline."""

    lab: Lab
    cloud: int  # the process whose children are the workers
    seed: int
    kill_every: tuple[int, int]  # deliveries between two kills, at least and at most
    delivered: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    killed: set[int] = field(default_factory=set)
    turned: int = 0
    redriven: int = 0

    def pass_over(self, expected: set[str]) -> None:
        """Return when every expected order has been delivered."""
        chance = random.Random(self.seed)
        next_kill = chance.randint(*self.kill_every)
        for posts in self._arrivals(lambda: self.delivered.keys() >= expected):
            for post in posts:
                order = orders.accounting.order_of_post(post)
                if order and post["answered"] == 200:
                    self.delivered[order] += 1
                else:
                    self.failed += 1
            if self.delivered.total() >= next_kill and self._kill(chance):
                next_kill += chance.randint(*self.kill_every)

    def _arrivals(self, enough: Callable[[], bool]) -> Iterator[list[dict[str, Any]]]:
        name, last = self.lab.names.webhook, 0
        while not enough():
            # Many at once, or what has come until then: who asks for each one keeps others waiting.
            self.lab.webhook(name, after=last + MANY, wait=IDLE)
            posts = self.lab.webhook(name, after=last)
            if posts:
                last = posts[-1]["id"]
                yield posts
            else:
                self._redrive()
                self.lab.clock.advance(seconds=STEP)
                self.turned += 1

    def _kill(self, chance: random.Random) -> bool:
        workers = [worker for worker in children(self.cloud) if alive(worker)]
        if workers:
            worker = chance.choice(workers)
            os.kill(worker, signal.SIGKILL)
            self.killed.add(worker)
        return bool(workers)

    def _redrive(self) -> None:
        """Send back what had five bad days: that is what a dead-letter queue is for."""
        dead = self.lab.peek(self.lab.names.dead_letter_queue)
        if dead:
            sqs = self.lab.client("sqs")
            url = sqs.get_queue_url(QueueName=self.lab.names.dead_letter_queue)["QueueUrl"]
            arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
            sqs.start_message_move_task(SourceArn=arn["Attributes"]["QueueArn"])
            self.redriven += len(dead)


def send(lab: Lab, sent: list[Order]) -> None:
    """Put orders into the queue as the API would, ten at a time."""
    sqs = lab.client("sqs")
    url = sqs.get_queue_url(QueueName=lab.names.queue)["QueueUrl"]
    for start in range(0, len(sent), ENTRIES):
        entries = [
            {"Id": str(number), "MessageBody": to_json(order)}
            for number, order in enumerate(sent[start : start + ENTRIES])
        ]
        answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert "Failed" not in answer


def kept(lab: Lab) -> list[str]:
    """The ids of the orders that a scan of the table finds."""
    pages = lab.client("dynamodb").get_paginator("scan").paginate(TableName=lab.names.table)
    return [item["orderID"]["S"] for page in pages for item in page["Items"]]


def stored(lab: Lab) -> Counter[tuple[str, str]]:
    """How often the table's stream says that something happened to an order: (event, order)."""
    streams = lab.client("dynamodbstreams")
    [stream] = streams.list_streams(TableName=lab.names.table)["Streams"]
    description = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
    iterator = streams.get_shard_iterator(
        StreamArn=stream["StreamArn"],
        ShardId=description["Shards"][0]["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )["ShardIterator"]
    events: Counter[tuple[str, str]] = Counter()
    while records := (page := streams.get_records(ShardIterator=iterator))["Records"]:
        for record in records:
            events[record["eventName"], record["dynamodb"]["Keys"]["orderID"]["S"]] += 1
        iterator = page["NextShardIterator"]
    return events
