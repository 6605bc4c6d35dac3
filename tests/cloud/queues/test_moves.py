"""Redriving dead letters, against recordings of AWS and on a clock that the test moves."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from moto.sqs.exceptions import SQSException
from time_machine import Traveller

from labkit.cloud.clock import Clock
from labkit.cloud.queues.backend import LabSQSBackend
from labkit.cloud.queues.queue import IndexedQueue
from labkit.cloud.tasks import Tasks


class SmallCloud:
    """As much of a cloud as a move with a rate needs."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.tasks = Tasks()


@pytest.fixture
def dead(backend: LabSQSBackend, clock: Traveller) -> IndexedQueue:
    """A dead-letter queue that holds three dead letters of `orders`."""
    dead = backend.create_queue("dead")
    policy = json.dumps({"deadLetterTargetArn": dead.queue_arn, "maxReceiveCount": 1})
    queue = backend.create_queue("orders", RedrivePolicy=policy)
    for body in ("a", "b", "c"):
        backend.send_message("orders", body)
    queue.receive(3, 1)
    clock.shift(5)
    queue.receive(3, 1)
    return dead


def shown(backend: LabSQSBackend, dead: IndexedQueue) -> dict[str, Any]:
    """The latest task."""
    return backend.list_message_move_tasks(dead.queue_arn, 1)[0]


@pytest.mark.fidelity(
    "SQS",
    "Redriven messages return to their sources with new id, enqueue time and count.",
    source="SQS guide: sqs-configure-dead-letter-queue-redrive",
)
def test_dead_letters_go_back_to_where_they_came_from(
    backend: LabSQSBackend, dead: IndexedQueue
) -> None:
    """As new messages: another id, enqueue time and count, the same body."""
    queue = backend.queues["orders"]
    till = {"till": {"DataType": "String", "StringValue": "9"}}
    for message, _ in dead.look():
        message.message_attributes, message.sender_id = till, "AIDA123"
    old = {message.id: message for message in dead.receive(3, 0)}
    backend.start_message_move_task(dead.queue_arn, None, None)
    moved = queue.receive(10, 30)
    assert sorted(message.body for message in moved) == ["a", "b", "c"]
    for message in moved:
        assert message.id not in old
        assert message.approximate_receive_count == 1
        assert (message.message_attributes, message.sender_id) == (till, "AIDA123")
        assert message.sent_timestamp > next(iter(old.values())).sent_timestamp
        assert queue.dead_letter_source_of(message.id) is None
    assert dead.approximate_number_of_messages == 0


@pytest.mark.fidelity(
    "SQS",
    "A finished move task is listed without its handle.",
    source="LocalStack's recording: sqs/test_sqs_move_task",
)
def test_a_finished_task_is_shown_as_recorded(backend: LabSQSBackend, dead: IndexedQueue) -> None:
    """Without its handle."""
    backend.create_queue("elsewhere")
    destination = backend.queues["elsewhere"].queue_arn
    backend.start_message_move_task(dead.queue_arn, destination, None)
    assert shown(backend, dead) == {
        "ApproximateNumberOfMessagesMoved": 3,
        "ApproximateNumberOfMessagesToMove": 3,
        "DestinationArn": destination,
        "SourceArn": dead.queue_arn,
        "StartedTimestamp": 1_790_000_005_000,
        "Status": "COMPLETED",
    }
    assert backend.queues["elsewhere"].approximate_number_of_messages == 3


@pytest.mark.fidelity(
    "SQS",
    "A move task keeps its rate, can be cancelled, and is the only one of its queue.",
    source="SQS API: StartMessageMoveTask",
)
def test_a_task_keeps_its_rate_and_can_be_cancelled(
    backend: LabSQSBackend, dead: IndexedQueue, clock: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message a second; while it runs no other may start."""
    cloud = SmallCloud()
    monkeypatch.setattr(LabSQSBackend, "cloud", cloud, raising=False)

    async def scenario() -> None:
        handle = backend.start_message_move_task(dead.queue_arn, None, 1)
        assert shown(backend, dead)["TaskHandle"] == handle
        assert shown(backend, dead)["Status"] == "RUNNING"
        with pytest.raises(SQSException, match="There is already a task running"):
            backend.start_message_move_task(dead.queue_arn, None, None)
        await asyncio.sleep(0)
        assert shown(backend, dead)["ApproximateNumberOfMessagesMoved"] == 1
        clock.shift(1)
        cloud.clock._ring_due()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert backend.cancel_message_move_task(handle) == 2
        assert shown(backend, dead)["Status"] == "CANCELLED"
        assert "TaskHandle" not in shown(backend, dead)
        await cloud.tasks.stop()

    asyncio.run(scenario())
    assert dead.approximate_number_of_messages == 1


@pytest.mark.fidelity(
    "SQS",
    "A move task whose destination is deleted becomes FAILED and loses nothing.",
    source="SQS API: ListMessageMoveTasks",
)
def test_a_task_fails_when_its_destination_is_gone(
    backend: LabSQSBackend, dead: IndexedQueue
) -> None:
    """The message stays in the dead-letter queue."""
    backend.delete_queue("orders")
    backend.create_queue(
        "other",
        RedrivePolicy=json.dumps({"deadLetterTargetArn": dead.queue_arn, "maxReceiveCount": 1}),
    )
    backend.start_message_move_task(dead.queue_arn, None, None)
    assert shown(backend, dead)["Status"] == "FAILED"
    assert shown(backend, dead)["FailureReason"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert dead.approximate_number_of_messages == 3


def handle_of(source_arn: str) -> str:
    """A well-formed handle of a task that was never started."""
    return base64.b64encode(
        json.dumps({"taskId": str(uuid4()), "sourceArn": source_arn}).encode()
    ).decode()


@pytest.mark.fidelity(
    "SQS",
    "The errors of move tasks have the recorded codes, statuses and texts.",
    source="LocalStack's recording: sqs/test_sqs_move_task",
)
def test_refuses_as_recorded(client: Callable[..., Any]) -> None:
    """Code, status and text of each error that was recorded."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=f"orders-{uuid4()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    dead_url = sqs.create_queue(QueueName=f"dead-{uuid4()}")["QueueUrl"]
    dead_arn = arn.rpartition(":")[0] + ":" + dead_url.rpartition("/")[2]
    policy = {"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy)})
    cases: list[tuple[Callable[[], object], int, str, str]] = [
        (
            lambda: sqs.start_message_move_task(SourceArn=arn),
            400,
            "InvalidParameterValue",
            "Source queue must be configured as a Dead Letter Queue.",
        ),
        (
            lambda: sqs.start_message_move_task(SourceArn=dead_arn, DestinationArn=arn + "0"),
            404,
            "ResourceNotFoundException",
            "The resource that you specified for the DestinationArn parameter doesn't exist.",
        ),
        (
            lambda: sqs.cancel_message_move_task(TaskHandle="nonsense"),
            400,
            "InvalidParameterValue",
            "Value for parameter TaskHandle is invalid.",
        ),
        (
            lambda: sqs.cancel_message_move_task(TaskHandle=handle_of(arn + "0")),
            404,
            "ResourceNotFoundException",
            "The resource that you specified for the SourceArn parameter doesn't exist.",
        ),
        (
            lambda: sqs.cancel_message_move_task(TaskHandle=handle_of(dead_arn)),
            404,
            "ResourceNotFoundException",
            "Task does not exist.",
        ),
    ]
    for call, status, code, text in cases:
        with pytest.raises(ClientError) as refused:
            call()
        answer = refused.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
        assert (answer["Error"]["Code"], answer["Error"]["Message"]) == (code, text)
    started = sqs.start_message_move_task(SourceArn=dead_arn, MaxNumberOfMessagesPerSecond=5)
    assert started["TaskHandle"]
    assert sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"][0]["SourceArn"] == dead_arn


def test_a_destination_is_of_the_same_type(backend: LabSQSBackend, dead: IndexedQueue) -> None:
    """A standard queue's dead letters have no groups, which a FIFO queue would need."""
    fifo = backend.create_queue("others.fifo", FifoQueue="true")
    with pytest.raises(SQSException, match="same type") as refused:
        backend.start_message_move_task(dead.queue_arn, fifo.queue_arn, None)
    assert refused.value.code == "InvalidParameterValue"
    assert dead.approximate_number_of_messages == 3
