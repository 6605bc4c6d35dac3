"""The behaviour of one standard queue, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from moto.sqs.exceptions import SQSException
from time_machine import Traveller

from labkit.cloud.clock import Signal
from labkit.cloud.queues import queue as module
from labkit.cloud.queues.backend import LabSQSBackend
from labkit.cloud.queues.message import LabMessage
from labkit.cloud.queues.queue import IndexedQueue

ReceiveOne = Callable[[int], LabMessage]


class CountingSignal(Signal):
    """A signal that counts its rings."""

    rings = 0

    def ring(self) -> None:
        self.rings += 1


@pytest.fixture
def queue(backend: LabSQSBackend) -> IndexedQueue:
    """An empty standard queue with defaults."""
    queue = backend.create_queue("orders")
    queue.arrival = CountingSignal()
    return queue


def send(backend: LabSQSBackend, *bodies: str, **options: object) -> None:
    """Send each body as a message to `orders`."""
    for body in bodies:
        backend.send_message("orders", body, **options)


@pytest.fixture
def receive_one(backend: LabSQSBackend, queue: IndexedQueue) -> ReceiveOne:
    """Sends one message and receives it: `receive_one(30)` hides it for 30 seconds."""

    def receive(seconds: int) -> LabMessage:
        send(backend, "a")
        (message,) = queue.receive(1, seconds)
        return message

    return receive


def counts(queue: IndexedQueue) -> tuple[int, int, int]:
    """Visible, in flight, delayed."""
    names = ("", "NotVisible", "Delayed")
    return tuple(queue.attributes[f"ApproximateNumberOfMessages{name}"] for name in names)


@pytest.mark.fidelity(
    "SQS",
    "A standard queue gives messages out in the order in which they were sent.",
    source="SQS guide: standard-queues",
    differs="AWS promises no order on a standard queue; a lesson looks the same at every run.",
)
def test_messages_come_in_the_order_in_which_they_were_sent(
    backend: LabSQSBackend, queue: IndexedQueue
) -> None:
    """A standard queue promises no order; ours is first come, first served."""
    send(backend, "a", "b", "c")
    assert [message.body for message in queue.receive(2, 30)] == ["a", "b"]
    assert [message.body for message in queue.receive(10, 30)] == ["c"]
    assert queue.receive(10, 30) == []


@pytest.mark.fidelity(
    "SQS",
    "A received message is hidden until its visibility timeout ends; then it has a new handle "
    "and a higher count.",
    source="SQS guide: sqs-visibility-timeout",
)
def test_a_received_message_is_hidden_until_its_visibility_timeout_ends(
    queue: IndexedQueue, receive_one: ReceiveOne, clock: Traveller
) -> None:
    """It comes back with another receipt handle, a higher count and its first receive time."""
    first = receive_one(30)
    assert counts(queue) == (0, 1, 0)
    assert queue.next_due() == first.received_at + 30
    clock.shift(29.9)
    assert not queue.has_visible()
    clock.shift(0.2)
    assert counts(queue) == (1, 0, 0)
    (second,) = queue.receive(1, 30)
    assert second.id == first.id
    assert second.receipt_handle != first.receipt_handle
    assert (first.approximate_receive_count, second.approximate_receive_count) == (1, 2)
    assert second.approximate_first_receive_timestamp == int(first.received_at * 1000)


def test_a_failing_message_does_not_starve_the_others(
    backend: LabSQSBackend, queue: IndexedQueue, clock: Traveller
) -> None:
    """What comes back joins the end of the line."""
    send(backend, "poison")
    queue.receive(1, 1)
    send(backend, "good")
    clock.shift(1)
    assert [message.body for message in queue.receive(1, 1)] == ["good"]


@pytest.mark.fidelity(
    "SQS",
    "Deleting with an older receipt handle succeeds, and the message stays.",
    source="SQS API: DeleteMessage",
)
def test_deletes_with_the_latest_handle_only(
    queue: IndexedQueue, receive_one: ReceiveOne, clock: Traveller
) -> None:
    """With an older handle the request succeeds and the message stays."""
    first = receive_one(1)
    clock.shift(1)
    (second,) = queue.receive(1, 30)
    queue.delete_message(first.receipt_handle)
    assert counts(queue) == (0, 1, 0)
    queue.delete_message(second.receipt_handle)
    assert counts(queue) == (0, 0, 0)
    queue.delete_message(second.receipt_handle)


@pytest.mark.fidelity(
    "SQS",
    "The latest receipt handle deletes after the visibility timeout, while nobody else has the"
    " message.",
    source="SQS API: DeleteMessage",
)
def test_deletes_after_the_visibility_timeout_while_nobody_else_has_it(
    queue: IndexedQueue, receive_one: ReceiveOne, clock: Traveller
) -> None:
    """The latest handle stays good although the message is visible again."""
    message = receive_one(1)
    clock.shift(2)
    assert counts(queue) == (1, 0, 0)
    queue.delete_message(message.receipt_handle)
    assert counts(queue) == (0, 0, 0)


@pytest.mark.parametrize("handle", ["", "nonsense", "AQEB", "é", "AQEB" * 15])
@pytest.mark.fidelity(
    "SQS",
    "A handle that the queue never issued is `ReceiptHandleIsInvalid`.",
    source="SQS API: DeleteMessage",
)
def test_refuses_a_handle_that_it_never_issued(queue: IndexedQueue, handle: str) -> None:
    """ReceiptHandleIsInvalid, for deleting and for changing the visibility."""
    for act in (queue.delete_message, lambda given: queue.change_visibility(given, 1)):
        with pytest.raises(SQSException) as refused:
            act(handle)
        assert refused.value.code == "ReceiptHandleIsInvalid"


def test_refuses_the_handle_of_another_queue(
    backend: LabSQSBackend, queue: IndexedQueue, receive_one: ReceiveOne
) -> None:
    """A receipt handle belongs to the queue that it was received from."""
    other = backend.create_queue("other")
    message = receive_one(30)
    with pytest.raises(SQSException, match="not a valid receipt handle"):
        other.delete_message(message.receipt_handle)


@pytest.mark.fidelity(
    "SQS",
    "With 120,000 messages in flight a standard queue answers OverLimit, a FIFO queue nothing.",
    source="botocore: sqs",
)
@pytest.mark.parametrize("fifo", [False, True])
def test_so_many_messages_are_in_flight_at_most(
    backend: LabSQSBackend, monkeypatch: pytest.MonkeyPatch, fifo: bool
) -> None:
    """Until one of them is deleted; with as many as seven for the sake of the test."""
    assert module.MAX_IN_FLIGHT == 120_000
    monkeypatch.setattr(module, "MAX_IN_FLIGHT", 7)
    name, options = ("o.fifo", {"FifoQueue": "true"}) if fifo else ("o", {})
    queue = backend.create_queue(name, **options)
    for number in range(9):
        ids = {"group_id": str(number), "deduplication_id": str(number)} if fifo else {}
        backend.send_message(name, "x", **ids)
    taken = queue.receive(5, 30)
    assert len(queue.receive(5, 30)) == 2
    assert not queue.has_visible()  # or who polls would ask for ever
    if fifo:
        assert queue.receive(1, 30) == []
    else:
        with pytest.raises(SQSException) as refused:
            queue.receive(1, 30)
        assert refused.value.code == "OverLimit"
    queue.delete_message(taken[0].receipt_handle)
    assert queue.has_visible()
    assert len(queue.receive(5, 30)) == 1


@pytest.mark.fidelity(
    "SQS",
    "ChangeMessageVisibility counts from the call; 0 shows the message at once.",
    source="SQS API: ChangeMessageVisibility",
)
def test_changes_the_visibility_from_now(
    queue: IndexedQueue, receive_one: ReceiveOne, clock: Traveller
) -> None:
    """The new timeout counts from the call, and zero shows the message at once."""
    message = receive_one(30)
    clock.shift(20)
    queue.change_visibility(message.receipt_handle, 30)
    clock.shift(20)
    assert counts(queue) == (0, 1, 0)
    queue.change_visibility(message.receipt_handle, 0)
    assert counts(queue) == (1, 0, 0)


@pytest.mark.fidelity(
    "SQS",
    "ChangeMessageVisibility still succeeds after the visibility timeout.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_hides_a_message_that_has_become_visible(
    queue: IndexedQueue, receive_one: ReceiveOne, clock: Traveller
) -> None:
    """Recorded: ChangeMessageVisibility succeeds after the visibility timeout."""
    message = receive_one(1)
    clock.shift(2)
    queue.change_visibility(message.receipt_handle, 10)
    assert counts(queue) == (0, 1, 0)


@pytest.mark.fidelity(
    "SQS",
    "A message is hidden for twelve hours at most, counted from its receive.",
    source="SQS API: ChangeMessageVisibility",
)
def test_a_message_is_hidden_for_twelve_hours_at_most(
    queue: IndexedQueue, receive_one: ReceiveOne, clock: Traveller
) -> None:
    """Twelve hours count from the receive, however often the timeout is extended."""
    message = receive_one(43_200)
    queue.change_visibility(message.receipt_handle, 43_200)
    clock.shift(3600)
    queue.change_visibility(message.receipt_handle, 39_600)
    with pytest.raises(SQSException, match="beyond the limit"):
        queue.change_visibility(message.receipt_handle, 39_601)


@pytest.mark.fidelity(
    "SQS",
    "The visibility of a deleted message cannot be changed.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_refuses_to_change_the_visibility_of_a_deleted_message(
    queue: IndexedQueue, receive_one: ReceiveOne
) -> None:
    """The handle is genuine, but its message is gone."""
    message = receive_one(30)
    queue.delete_message(message.receipt_handle)
    with pytest.raises(SQSException, match="not available for visibility timeout change"):
        queue.change_visibility(message.receipt_handle, 1)


def test_a_receive_with_no_timeout_leaves_the_message_visible(
    backend: LabSQSBackend, queue: IndexedQueue
) -> None:
    """It is not given twice to one call, but to the next one; who waits is told."""
    send(backend, "a")
    rings = queue.arrival.rings
    assert len(queue.receive(10, 0)) == 1
    assert queue.arrival.rings > rings
    assert counts(queue) == (1, 0, 0)


@pytest.mark.fidelity(
    "SQS", "Delayed messages have a count of their own.", source="SQS API: GetQueueAttributes"
)
def test_a_delayed_message_is_neither_visible_nor_in_flight(
    backend: LabSQSBackend, queue: IndexedQueue, clock: Traveller
) -> None:
    """It has its own count until its delay ends."""
    send(backend, "a", delay_seconds=60)
    assert counts(queue) == (0, 0, 1)
    assert not queue.has_visible()
    assert queue.next_due() is not None
    clock.shift(60)
    assert counts(queue) == (1, 0, 0)
    assert queue.next_due() is None


@pytest.mark.fidelity(
    "SQS",
    "Messages vanish when the retention period ends, wherever they are.",
    source="SQS API: SetQueueAttributes",
)
def test_messages_vanish_after_the_retention_period(
    backend: LabSQSBackend, queue: IndexedQueue, clock: Traveller
) -> None:
    """Waiting, hidden or delayed, by the queue's present setting."""
    send(backend, "hidden", "waiting")
    send(backend, "delayed", delay_seconds=900)
    queue.receive(1, 43_200)
    backend.set_queue_attributes("orders", {"MessageRetentionPeriod": "600"})
    clock.shift(599)
    assert counts(queue) == (1, 1, 1)
    clock.shift(1)
    assert counts(queue) == (0, 0, 0)


@pytest.mark.fidelity(
    "SQS",
    "A purge deletes all messages, and is refused within a minute of another one.",
    source="SQS API: PurgeQueue",
)
def test_purges_messages_wherever_they_are(backend: LabSQSBackend, queue: IndexedQueue) -> None:
    """A purge is refused when it comes within a minute of another one."""
    send(backend, "a", "b")
    send(backend, "c", delay_seconds=5)
    queue.receive(1, 30)
    backend.purge_queue("orders")
    assert counts(queue) == (0, 0, 0)
    with pytest.raises(SQSException, match="Only one PurgeQueue operation"):
        backend.purge_queue("orders")


def test_deleting_the_queue_wakes_who_waits(backend: LabSQSBackend, queue: IndexedQueue) -> None:
    """`deleted` tells them why."""
    rings = queue.arrival.rings
    backend.delete_queue("orders")
    assert queue.deleted
    assert queue.arrival.rings > rings


def test_arrival_rings_for_all_that_may_be_received(
    backend: LabSQSBackend, queue: IndexedQueue
) -> None:
    """A message sent, one delayed, a visibility changed: each may move the next instant."""
    for event in (
        lambda: send(backend, "a"),
        lambda: send(backend, "b", delay_seconds=5),
        lambda: queue.change_visibility(queue.receive(1, 30)[0].receipt_handle, 5),
    ):
        rings = queue.arrival.rings
        event()
        assert queue.arrival.rings > rings


def test_moto_fires_no_mapping(backend: LabSQSBackend, queue: IndexedQueue) -> None:
    """moto would call `enabled` of a mapping it finds on the queue; nothing here does."""
    queue.lambda_event_source_mappings["arn"] = object()
    send(backend, "a")
    assert counts(queue) == (1, 0, 0)


def test_memory_does_not_grow_with_what_is_gone(
    backend: LabSQSBackend, queue: IndexedQueue
) -> None:
    """Ten thousand messages later, the indexes are as small as at the start."""
    for _ in range(100):
        send(backend, *"x" * 100)
        while messages := queue.receive(10, 43_200):
            for message in messages:
                queue.delete_message(message.receipt_handle)
    places = queue._places
    assert not places._by_id
    for schedule in (places._hidden, places._delayed, places._enqueued):
        assert len(schedule._heap) <= 100
