"""Waiting for what happens by itself, and giving up in words."""

from __future__ import annotations

import pytest

from labkit import orders, pipeline
from labkit.errors import TooLate
from labkit.lab import Lab
from labkit.pipeline import mapping, queue, wait


@pytest.fixture(scope="module")
def half(lab: Lab) -> Lab:
    """The pipeline from the API to the table, with one order in it."""
    pipeline.build(lab, before=5, progress=False)
    lab.post_order(orders.first())
    return lab


def test_an_order_is_waited_for_until_it_is_stored(half: Lab):
    """The call returns when the order is in the table."""
    wait.until_stored(half, orders.first()["id"])
    assert half.client("dynamodb").scan(TableName="Orders")["Count"] == 1


def test_the_queue_is_empty_and_the_log_complete_after_waiting(half: Lab):
    """What has been worked off is deleted, and logged to its last line."""
    wait.until_worked_off(half)
    wait.until_logged(half, "order-writer")
    wait.until_logged(half, "order-writer", "536365")
    assert half.peek("orders") == []


def test_a_mapping_is_waited_for_until_it_is_enabled_or_gone(half: Lab):
    """The call returns when the mapping is at work, or when there is none."""
    [found] = mapping.mappings(half, "order-writer")
    wait.until_enabled(half, found["UUID"])
    wait.until_deleted(half, "00000000-0000-0000-0000-000000000000")


def test_what_does_not_come_is_too_late_and_says_where_to_look(half: Lab):
    """Each wait ends with a message that names what is missing and the next step."""
    half.client("sqs").send_message(QueueUrl=queue.dead_letter_queue_url(half), MessageBody="stays")
    with pytest.raises(TooLate, match=r"Order 1 is not in table 'Orders'.*show\.logs"):
        wait.until_stored(half, "1", patience=0.1)
    with pytest.raises(TooLate, match=r"Queue 'orders-dead' is not empty.*show\.messages"):
        wait.until_worked_off(half, "orders-dead", patience=0.1)
    [found] = mapping.mappings(half, "order-writer")
    with pytest.raises(TooLate, match=r"The mapping is not deleted.*show\.mappings"):
        wait.until_deleted(half, found["UUID"], patience=0.1)
    with pytest.raises(TooLate, match=r"does not hold 'never' 1 times.*show\.mappings"):
        wait.until_logged(half, "order-writer", "never", patience=0.1)
