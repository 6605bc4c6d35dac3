"""Workers that are killed in mid-batch: nothing is lost, and nothing is stored twice."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter

import labkit
from labkit import orders, pipeline
from labkit.lab import Lab
from tests.processes import alive, children
from tests.waiting import until

ORDERS = 120  # at least; they go on until the last worker is killed
KILLS = 12


def workers(known: list[int]) -> list[int]:
    """The workers of the clouds that this process started after `known`."""
    clouds = [each for each in children(os.getpid()) if each not in known]
    return [worker for cloud in clouds for worker in children(cloud) if alive(worker)]


def delivered(lab: Lab) -> Counter[str]:
    """How often the webhook received each order."""
    found = (orders.accounting.order_of_post(post) for post in lab.webhook(lab.names.webhook))
    return Counter(order for order in found if order)


def test_orders_survive_killed_workers():
    """kill -9 of workers while orders flow: each is stored once and delivered at least once."""
    before = children(os.getpid())
    with labkit.connect() as lab:
        pipeline.build(lab, progress=False)
        usual = [order for order in orders.load() if order["id"] not in orders.DIFFICULT.values()]
        sent: list[orders.Order] = []
        killed: set[int] = set()

        def kill_again_and_again() -> None:
            while len(killed) < KILLS:
                until(lambda: set(workers(before)) - killed)
                worker = min(set(workers(before)) - killed)
                os.kill(worker, signal.SIGKILL)
                killed.add(worker)

        killer = threading.Thread(target=kill_again_and_again)
        killer.start()
        while len(sent) < ORDERS or killer.is_alive():
            sent.append(usual[0] | {"id": str(9_000_000 + len(sent))})
            assert lab.post_order(sent[-1]).status == 200

        while not delivered(lab).keys() >= {order["id"] for order in sent}:
            # A killed worker's orders come back when their visibility timeout is over. The clock
            # is turned only when nothing moves: who is at work must not lose its messages.
            if not lab.webhook(
                lab.names.webhook, after=len(lab.webhook(lab.names.webhook)), wait=1
            ):
                lab.clock.advance(seconds=31)
        items = lab.client("dynamodb").scan(TableName=lab.names.table)["Items"]
        dead = lab.peek(lab.names.dead_letter_queue)
        stored = Counter(item["orderID"]["S"] for item in items)
        arrived = delivered(lab)
    assert len(killed) == KILLS
    assert stored == Counter({order["id"]: 1 for order in sent})
    assert arrived.keys() == stored.keys()
    assert not dead
