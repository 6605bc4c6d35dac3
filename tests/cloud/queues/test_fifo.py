"""FIFO queues: groups in order, one consumer a group, duplicates for five minutes."""

from __future__ import annotations

import copy
import json

import pytest
from moto.sqs.exceptions import SQSException
from time_machine import Traveller

from labkit.cloud.queues.backend import LabSQSBackend
from labkit.cloud.queues.message import LabMessage
from labkit.cloud.queues.queue import IndexedQueue

NAME = "orders.fifo"


@pytest.fixture
def queue(backend: LabSQSBackend) -> IndexedQueue:
    """An empty FIFO queue that tells duplicates by their content."""
    return backend.create_queue(NAME, FifoQueue="true", ContentBasedDeduplication="true")


def with_dead_letters(backend: LabSQSBackend, **options: str) -> tuple[IndexedQueue, IndexedQueue]:
    """A FIFO queue that gives a message up after one receive, and its dead-letter queue."""
    dead = backend.create_queue("dead.fifo", FifoQueue="true")
    policy = json.dumps({"deadLetterTargetArn": dead.queue_arn, "maxReceiveCount": 1})
    queue = backend.create_queue(NAME, FifoQueue="true", RedrivePolicy=policy, **options)
    return queue, dead


def send(backend: LabSQSBackend, *bodies: str, **options: str) -> LabMessage:
    """Send each body to the group that its first letter names; return the last message."""
    for body in bodies:
        message = backend.send_message(NAME, body, group_id=body[0], **options)
    return message


def bodies(messages: list[LabMessage]) -> list[str]:
    """What was received."""
    return [message.body for message in messages]


@pytest.mark.fidelity(
    "SQS",
    "A receive from a FIFO queue takes as many messages of one group as it can, in order.",
    source="SQS guide: FIFO-queues-understanding-logic",
)
def test_one_receive_takes_as_many_of_a_group_as_it_can(
    backend: LabSQSBackend, queue: IndexedQueue
) -> None:
    """Group by group, each in its order."""
    send(backend, "a1", "b1", "a2", "b2")
    assert bodies(queue.receive(3, 30)) == ["a1", "a2", "b1"]


@pytest.mark.fidelity(
    "SQS",
    "While messages of a group are in flight, the group's others are held back.",
    source="SQS guide: FIFO-queues-understanding-logic",
)
def test_a_group_in_flight_holds_back_its_other_messages(
    backend: LabSQSBackend, queue: IndexedQueue
) -> None:
    """Until what was taken of it is deleted."""
    send(backend, "a1", "a2", "b1")
    (taken,) = queue.receive(1, 30)
    assert bodies(queue.receive(10, 30)) == ["b1"]
    assert not queue.has_visible()
    assert queue.approximate_number_of_messages == 1
    queue.delete_message(taken.receipt_handle)
    assert bodies(queue.receive(10, 30)) == ["a2"]


@pytest.mark.parametrize(("visible", "received"), [("", ""), ("1", "1"), ("2", ""), ("12", "12")])
@pytest.mark.fidelity(
    "SQS",
    "What is visible again of a FIFO group is received, up to the first that is in flight.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_a_group_goes_on_up_to_what_is_in_flight(
    backend: LabSQSBackend, queue: IndexedQueue, visible: str, received: str
) -> None:
    """test_fifo_group_visibility_extends_with_change_message_visibility; "2" is of the guide."""
    send(backend, "a1", "a2", "a3", "a4")
    taken = {message.body: message for message in queue.receive(3, 30)}
    for number in visible:
        queue.change_visibility(taken[f"a{number}"].receipt_handle, 0)
    assert bodies(queue.receive(10, 30)) == [f"a{number}" for number in received]


def test_other_groups_come_before_one_that_comes_back(
    backend: LabSQSBackend, queue: IndexedQueue
) -> None:
    """test_fifo_message_group_visibility_after_terminate_visibility_timeout."""
    send(backend, "a1", "a2", "b1")
    first, _ = queue.receive(2, 30)
    queue.change_visibility(first.receipt_handle, 0)
    assert bodies(queue.receive(3, 30)) == ["b1", "a1"]


@pytest.mark.fidelity(
    "SQS",
    "Another DeduplicationScope does not hold at once, but after a minute.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_another_scope_of_deduplication_holds_after_a_minute(
    backend: LabSQSBackend, queue: IndexedQueue, clock: Traveller
) -> None:
    """test_fifo_change_to_high_throughput_after_creation, and to_regular for the way back."""

    def arrives(body: str, deduplication_id: str) -> bool:
        send(backend, body, deduplication_id=deduplication_id)
        received = queue.receive(10, 30)
        for message in received:
            queue.delete_message(message.receipt_handle)
        return bodies(received) == [body]

    assert arrives("a1", "1")
    queue.change_attributes(
        {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
    )
    assert not arrives("b1", "1")
    assert arrives("c1", "2")
    assert not arrives("d1", "2")
    clock.shift(60)
    assert arrives("e1", "2")
    queue.change_attributes({"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"})
    assert arrives("f1", "2")


@pytest.mark.fidelity(
    "SQS",
    "What comes back to a FIFO queue is received again before what was sent later.",
    source="SQS guide: FIFO-queues-understanding-logic",
)
def test_what_comes_back_keeps_its_place(
    backend: LabSQSBackend, queue: IndexedQueue, clock: Traveller
) -> None:
    """A failed batch is received again in order, before what was sent later."""
    send(backend, "a1", "a2", "a3")
    _, second = queue.receive(2, 30)
    queue.change_visibility(second.receipt_handle, 0)
    assert not queue.has_visible()
    clock.shift(30)
    first, second, third = queue.receive(10, 30)
    for message in (first, third, second):
        queue.change_visibility(message.receipt_handle, 0)
    assert bodies(queue.receive(10, 30)) == ["a1", "a2", "a3"]


@pytest.mark.fidelity(
    "SQS",
    "A duplicate within five minutes is answered with success and not delivered.",
    source="SQS guide: using-messagededuplicationid-property",
)
def test_a_duplicate_is_answered_and_not_delivered(
    backend: LabSQSBackend, queue: IndexedQueue, clock: Traveller
) -> None:
    """For five minutes, even after the first one was deleted."""
    first = send(backend, "a1")
    queue.delete_message(queue.receive(1, 30)[0].receipt_handle)
    clock.shift(299)
    again = send(backend, "a1")
    assert (again.id, again.sequence_number) == (first.id, first.sequence_number)
    assert queue.approximate_number_of_messages == 0
    clock.shift(1)
    assert send(backend, "a1").id != first.id
    assert queue.approximate_number_of_messages == 1


@pytest.mark.fidelity(
    "SQS",
    "An explicit deduplication id counts more than the SHA-256 of the body.",
    source="SQS API: SendMessage",
)
def test_the_deduplication_id_counts_more_than_the_content(
    backend: LabSQSBackend, queue: IndexedQueue
) -> None:
    """Equal bodies under two ids are two messages, other bodies under one id are one."""
    send(backend, "a1", deduplication_id="x")
    send(backend, "a1", deduplication_id="y")
    send(backend, "b1", deduplication_id="x")
    assert bodies(queue.receive(10, 30)) == ["a1", "a1"]


@pytest.mark.fidelity(
    "SQS",
    "With DeduplicationScope=messageGroup each group has its own duplicates.",
    source="SQS API: CreateQueue",
)
def test_the_scope_of_deduplication_may_be_the_group(backend: LabSQSBackend) -> None:
    """With DeduplicationScope=messageGroup each group has its own window."""
    queue = backend.create_queue(
        NAME,
        FifoQueue="true",
        DeduplicationScope="messageGroup",
        FifoThroughputLimit="perMessageGroupId",
    )
    for body in ("a1", "b1", "a2"):
        send(backend, body, deduplication_id="x")
    assert bodies(queue.receive(10, 30)) == ["a1", "b1"]


@pytest.mark.fidelity(
    "SQS",
    "A FIFO queue numbers its messages: twenty digits that grow.",
    source="SQS API: SendMessage",
)
def test_sequence_numbers_grow(backend: LabSQSBackend, queue: IndexedQueue) -> None:
    """Twenty digits each, in the order of sending."""
    numbers = [send(backend, body).sequence_number for body in ("a1", "b1", "a2")]
    assert numbers == sorted(numbers, key=int)
    assert {len(number) for number in numbers} == {20}


@pytest.mark.fidelity(
    "SQS",
    "On a FIFO queue an expired receipt handle cannot delete: the request fails.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_an_expired_handle_deletes_nothing(
    backend: LabSQSBackend, queue: IndexedQueue, clock: Traveller
) -> None:
    """Recorded, and unlike a standard queue: the request fails."""
    send(backend, "a1")
    (message,) = queue.receive(1, 1)
    clock.shift(2)
    with pytest.raises(SQSException, match=r"The receipt handle has expired\."):
        queue.delete_message(message.receipt_handle)


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        ({"deduplication_id": "x"}, "MissingParameter", "parameter MessageGroupId"),
        ({"group_id": "g"}, "InvalidParameterValue", "ContentBasedDeduplication enabled or"),
        (
            {"group_id": "g", "deduplication_id": "x", "delay_seconds": 2},
            "InvalidParameterValue",
            "Value 2 for parameter DelaySeconds is invalid",
        ),
    ],
)
@pytest.mark.fidelity(
    "SQS",
    "A FIFO queue takes no message without a group or anything to tell duplicates by.",
    source="SQS API: SendMessage",
)
def test_refuses_what_a_fifo_queue_cannot_take(
    backend: LabSQSBackend, options: dict[str, object], code: str, text: str
) -> None:
    """No group, nothing to tell duplicates by, a delay of its own."""
    backend.create_queue(NAME, FifoQueue="true")
    with pytest.raises(SQSException, match=text) as refused:
        backend.send_message(NAME, "body", **options)
    assert refused.value.code == code


@pytest.mark.fidelity(
    "SQS",
    "A FIFO group goes on after its poison message has become a dead letter.",
    source="SQS guide: sqs-dead-letter-queues",
)
def test_dead_letters_keep_their_group_and_are_enqueued_anew(
    backend: LabSQSBackend, clock: Traveller
) -> None:
    """A group goes on after its poison message has moved."""
    queue, dead = with_dead_letters(backend, ContentBasedDeduplication="true")
    sent = copy.copy(send(backend, "a1"))
    send(backend, "a2")
    queue.receive(1, 1)
    clock.shift(5)
    assert bodies(queue.receive(1, 30)) == ["a2"]
    (message,) = dead.receive(1, 30)
    assert (message.id, message.group_id) == (sent.id, "a")
    assert message.sent_timestamp == sent.sent_timestamp + 5000
    assert not queue.has_visible()


@pytest.mark.fidelity(
    "SQS",
    "A FIFO dead letter can go back at once: its id has become its deduplication id.",
    source="SQS guide: sqs-configure-dead-letter-queue-redrive",
)
def test_a_dead_letter_goes_back_within_the_five_minutes(
    backend: LabSQSBackend, clock: Traveller
) -> None:
    """The source has seen its old deduplication id a moment ago, and takes it all the same."""
    queue, dead = with_dead_letters(backend)
    old = backend.send_message(NAME, "a1", group_id="a", deduplication_id="first")
    queue.receive(1, 1)
    clock.shift(2)
    assert queue.receive(1, 1) == []
    backend.start_message_move_task(dead.queue_arn, None, None)
    assert bodies(dead.receive(1, 1)) == []
    (back,) = queue.receive(1, 1)
    assert back.body == "a1"
    assert back.id != old.id
