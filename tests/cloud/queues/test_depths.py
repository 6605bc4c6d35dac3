"""What a queue held in past minutes, for its gauges."""

from __future__ import annotations

import json

import pytest
from time_machine import Traveller

from labkit.cloud.metrics.store import Metric
from labkit.cloud.queues.backend import LabSQSBackend
from labkit.cloud.queues.gauges import QueueGauges
from tests.cloud.conftest import START

# The clock starts 20 seconds into a minute.
MINUTE = 60
FIRST = int(START) // MINUTE * MINUTE
VISIBLE = "ApproximateNumberOfMessagesVisible"
HIDDEN = "ApproximateNumberOfMessagesNotVisible"
DELAYED = "ApproximateNumberOfMessagesDelayed"
AGE = "ApproximateAgeOfOldestMessage"


def values(name: str, queue: str = "orders", *, of: int = 10_000) -> list[float]:
    """A gauge's values, one a minute from the first on."""
    metric = Metric("us-east-1", "AWS/SQS", name, (("QueueName", queue),))
    series = QueueGauges("123456789012").series(metric, FIRST, FIRST + of * MINUTE)
    assert list(series) == list(range(FIRST, FIRST + len(series) * MINUTE, MINUTE))
    return [aggregate.total for aggregate in series.values()]


@pytest.mark.fidelity(
    "CloudWatch",
    "A queue's gauges have one value a minute: that of its end, and of now in the present one.",
    differs="AWS takes several samples a minute; one is enough to see a queue fill and empty.",
)
def test_a_gauge_has_one_value_a_minute(backend: LabSQSBackend, clock: Traveller) -> None:
    """A message that comes and goes within a minute leaves no trace."""
    queue = backend.create_queue("orders")
    backend.send_message("orders", "a")
    clock.shift(60)
    (message,) = queue.receive(1, 30)
    queue.delete_message(message.receipt_handle)
    clock.shift(60)
    backend.send_message("orders", "b")
    backend.send_message("orders", "c")
    assert values(VISIBLE) == [1, 0, 2]


def test_time_alone_moves_messages(backend: LabSQSBackend, clock: Traveller) -> None:
    """Visibility timeouts, delays and retention end in the minute in which they end."""
    queue = backend.create_queue("orders", MessageRetentionPeriod="300")
    backend.send_message("orders", "a")
    backend.send_message("orders", "b", delay_seconds=60)
    queue.receive(1, 130)
    clock.shift(8 * 60)
    assert values(HIDDEN) == [1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert values(DELAYED) == [1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert values(VISIBLE) == [0, 1, 2, 2, 2, 0, 0, 0, 0]


def test_the_age_grows_until_the_oldest_is_gone(backend: LabSQSBackend, clock: Traveller) -> None:
    """In whole seconds, at the end of each minute."""
    queue = backend.create_queue("orders", VisibilityTimeout="0")
    backend.send_message("orders", "a")
    clock.shift(60)
    backend.send_message("orders", "b")
    clock.shift(60)
    (oldest,) = queue.receive(1, 0)
    queue.delete_message(oldest.receipt_handle)
    clock.shift(5)
    into = int(START) % 60
    assert values(AGE) == [60 - into, 120 - into, 65]


@pytest.mark.fidelity(
    "CloudWatch",
    "In a dead-letter queue a message's age counts from when it was moved there.",
    source="SQS guide: sqs-available-cloudwatch-metrics",
)
def test_a_dead_letter_is_as_old_as_it_is_there(backend: LabSQSBackend, clock: Traveller) -> None:
    """Not as old as the message was when it was given up."""
    dead = backend.create_queue("dead")
    policy = json.dumps({"deadLetterTargetArn": dead.queue_arn, "maxReceiveCount": 1})
    queue = backend.create_queue("orders", RedrivePolicy=policy)
    backend.send_message("orders", "a")
    queue.receive(1, 1)
    clock.shift(600)
    queue.receive(1, 1)
    clock.shift(7)
    assert values(AGE, "dead")[-1] == 7


@pytest.mark.fidelity(
    "CloudWatch",
    "A queue that has been empty for six hours reports no gauges.",
    source="SQS guide: sqs-monitoring-using-cloudwatch",
)
def test_an_unused_queue_falls_silent(backend: LabSQSBackend, clock: Traveller) -> None:
    """And speaks again of the next message; one that holds messages never falls silent."""
    backend.create_queue("orders")
    clock.shift(24 * 3600)
    assert values(VISIBLE, of=24 * 60) == [0] * 360
    full = backend.create_queue("full")
    backend.send_message("full", "a")
    clock.shift(24 * 3600)
    present = FIRST + 48 * 3600
    metric = Metric("us-east-1", "AWS/SQS", VISIBLE, (("QueueName", full.name),))
    assert len(QueueGauges("123456789012").series(metric, present - 36_000, present)) == 600


def test_a_gauge_of_no_queue_has_no_values(backend: LabSQSBackend) -> None:
    """Nor has one of other dimensions than a queue's name."""
    backend.create_queue("orders")
    gauges = QueueGauges("123456789012")
    for dimensions in ((), (("QueueName", "other"),), (("A", "b"), ("QueueName", "orders"))):
        metric = Metric("us-east-1", "AWS/SQS", VISIBLE, dimensions)
        assert gauges.series(metric, FIRST, FIRST + 9 * MINUTE) == {}


@pytest.mark.fidelity(
    "CloudWatch",
    "A deleted queue takes its gauges along.",
    differs="They are kept with the queue; what was counted of it stays.",
)
def test_a_deleted_queue_takes_its_gauges_along(backend: LabSQSBackend) -> None:
    """The counts stay."""
    backend.create_queue("orders")
    backend.send_message("orders", "a")
    backend.delete_queue("orders")
    assert values(VISIBLE) == []
    assert "NumberOfMessagesSent" in {metric.name for metric in backend.cloud.metrics.metrics()}


def test_counts_what_goes_through(backend: LabSQSBackend) -> None:
    """Sent, received, deleted, in vain, and the size of what was sent."""
    store = backend.cloud.metrics
    queue = backend.create_queue("orders")
    backend.send_message("orders", "abc", {"k": {"DataType": "String", "StringValue": "v"}})
    backend.send_message("orders", "d")
    messages = backend.receive_message("orders", 10, 0, 30)
    for message in messages:
        backend.delete_message("orders", message.receipt_handle)
    assert not backend.receive_message("orders", 10, 0, 30)
    totals = {
        metric.name: sum(
            aggregate.total
            for unit in store.units(metric)
            for aggregate in store.series(metric, unit).values()
        )
        for metric in store.metrics()
    }
    assert totals == {
        "NumberOfMessagesSent": 2,
        "SentMessageSize": 3 + 1 + 6 + 1 + 1,
        "NumberOfMessagesReceived": 2,
        "NumberOfMessagesDeleted": 2,
        "NumberOfEmptyReceives": 1,
    }
    assert queue.approximate_number_of_messages == 0
