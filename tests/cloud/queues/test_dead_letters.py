"""Messages that were received too often, and the queues that take them."""

from __future__ import annotations

import json

import pytest
from moto.sqs.exceptions import SQSException
from time_machine import Traveller

from labkit.cloud.queues.backend import LabSQSBackend
from labkit.cloud.queues.queue import IndexedQueue


def redrive(target: IndexedQueue, count: object = 2) -> dict[str, str]:
    """The attributes of a queue whose dead letters go to `target`."""
    policy = {"deadLetterTargetArn": target.queue_arn, "maxReceiveCount": count}
    return {"RedrivePolicy": json.dumps(policy)}


@pytest.fixture
def dead(backend: LabSQSBackend) -> IndexedQueue:
    """A dead-letter queue."""
    return backend.create_queue("orders-dead")


def fail_twice(queue: IndexedQueue, clock: Traveller) -> None:
    """Receive all there is, twice, and delete nothing."""
    for _ in range(2):
        queue.receive(10, 1)
        clock.shift(1)


@pytest.mark.fidelity(
    "SQS",
    "A message moves to the dead-letter queue when its receive count would exceed "
    "maxReceiveCount; id and body stay.",
    source="recorded: test_redrive_policy_with_failing_lambda",
)
@pytest.mark.fidelity(
    "SQS",
    "A message's receive count goes on in the dead-letter queue.",
    source="botocore: sqs",
)
def test_the_receive_that_would_exceed_the_count_moves_the_message(
    backend: LabSQSBackend, dead: IndexedQueue, clock: Traveller
) -> None:
    """With a count of 2 it is seen twice; id, body, attributes and enqueue time stay."""
    queue = backend.create_queue("orders", **redrive(dead))
    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    sent = backend.send_message("orders", "body", message_attributes=attributes)
    sent_timestamp = sent.sent_timestamp
    fail_twice(queue, clock)
    assert queue.approximate_number_of_messages == 1
    assert queue.receive(1, 30) == []
    assert queue.approximate_number_of_messages == 0
    (message,) = dead.receive(1, 30)
    assert (message.id, message.body) == (sent.id, "body")
    assert message.message_attributes == attributes
    assert message.sent_timestamp == sent_timestamp
    assert message.approximate_receive_count == 3
    assert dead.dead_letter_source_of(message.id) == queue.queue_arn


def test_the_messages_behind_a_dead_letter_are_received_in_the_same_call(
    backend: LabSQSBackend, dead: IndexedQueue, clock: Traveller
) -> None:
    """Moving costs a place in the line, not an empty answer."""
    queue = backend.create_queue("orders", **redrive(dead))
    backend.send_message("orders", "poison")
    fail_twice(queue, clock)
    backend.send_message("orders", "good")
    assert [message.body for message in queue.receive(1, 30)] == ["good"]


@pytest.mark.fidelity(
    "SQS",
    "On a standard queue a dead letter keeps its enqueue time, and so its age.",
    source="SQS guide: sqs-dead-letter-queues",
)
def test_dead_letters_age_from_their_first_enqueue(
    backend: LabSQSBackend, dead: IndexedQueue, clock: Traveller
) -> None:
    """On standard queues, so a dead-letter queue should keep messages for longer."""
    queue = backend.create_queue("orders", **redrive(dead))
    dead.change_attributes({"MessageRetentionPeriod": "60"})
    backend.send_message("orders", "body")
    clock.shift(40)
    fail_twice(queue, clock)
    queue.receive(1, 30)
    assert dead.approximate_number_of_messages == 1
    clock.shift(18)
    assert dead.approximate_number_of_messages == 0


@pytest.mark.fidelity(
    "SQS",
    "While its dead-letter queue is deleted, a queue keeps giving out its messages.",
    differs="AWS's pages do not say what happens; no message is lost here.",
)
def test_without_its_dead_letter_queue_a_message_goes_on(
    backend: LabSQSBackend, dead: IndexedQueue, clock: Traveller
) -> None:
    """A redrive policy names an ARN: it works again when that queue is there again."""
    queue = backend.create_queue("orders", **redrive(dead))
    backend.send_message("orders", "body")
    backend.delete_queue("orders-dead")
    fail_twice(queue, clock)
    assert len(queue.receive(1, 1)) == 1
    clock.shift(1)
    again = backend.create_queue("orders-dead")
    assert queue.receive(1, 1) == []
    assert again.approximate_number_of_messages == 1


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ('{"deadLetterTargetArn": "dummy", "maxReceiveCount": 42}', "deadLetterTargetArn."),
        ('{"maxReceiveCount": 3}', "does not contain mandatory attribute: deadLetterTargetArn."),
        (
            '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:orders-dead"}',
            "does not contain mandatory attribute: maxReceiveCount.",
        ),
        (
            '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:none",'
            ' "maxReceiveCount": 3}',
            "Dead letter target does not exist.",
        ),
        (
            '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:orders-dead",'
            ' "maxReceiveCount": 1001}',
            "valid values are from 1 to 1000 both inclusive.",
        ),
        ("not JSON", "not valid JSON"),
        ("[]", "not valid JSON"),
    ],
)
@pytest.mark.fidelity(
    "SQS",
    "A wrong redrive policy is `InvalidParameterValue`, quoted with the reason.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_refuses_a_redrive_policy_in_the_words_of_aws(
    backend: LabSQSBackend, dead: IndexedQueue, policy: str, reason: str
) -> None:
    """InvalidParameterValue that quotes the policy and says what is wrong with it."""
    with pytest.raises(SQSException) as refused:
        backend.create_queue("orders", RedrivePolicy=policy)
    assert refused.value.code == "InvalidParameterValue"
    assert f"Value {policy} for parameter RedrivePolicy is invalid" in refused.value.message
    assert reason in refused.value.message
    assert "orders" not in backend.queues


@pytest.mark.fidelity(
    "SQS",
    "The dead-letter queue of a FIFO queue is FIFO, that of a standard queue standard.",
    source="SQS guide: sqs-dead-letter-queues",
)
def test_a_dead_letter_queue_is_of_the_same_type(
    backend: LabSQSBackend, dead: IndexedQueue
) -> None:
    """FIFO goes to FIFO, standard to standard."""
    with pytest.raises(SQSException, match="must be same type of queue as the source"):
        backend.create_queue("orders.fifo", FifoQueue="true", **redrive(dead))


@pytest.mark.parametrize(
    ("policy", "is_allowed"),
    [
        ({"redrivePermission": "allowAll"}, True),
        ({"redrivePermission": "denyAll"}, False),
        (
            {
                "redrivePermission": "byQueue",
                "sourceQueueArns": ["arn:aws:sqs:us-east-1:123456789012:orders"],
            },
            True,
        ),
        ({"redrivePermission": "byQueue", "sourceQueueArns": ["arn:aws:sqs:x:1:other"]}, False),
    ],
)
@pytest.mark.fidelity(
    "SQS",
    "RedriveAllowPolicy says which queues may name a queue as their dead-letter queue.",
    source="SQS API: SetQueueAttributes",
)
def test_a_dead_letter_queue_says_who_may_use_it(
    backend: LabSQSBackend, dead: IndexedQueue, policy: dict[str, object], is_allowed: bool
) -> None:
    """RedriveAllowPolicy is shown as it was set, and decides who may name the queue."""
    text = json.dumps(policy, separators=(",", ":"))
    dead.change_attributes({"RedriveAllowPolicy": text})
    assert dead.attributes["RedriveAllowPolicy"] == text
    if is_allowed:
        assert backend.create_queue("orders", **redrive(dead)).dead_letter_queue is dead
    else:
        with pytest.raises(SQSException, match="RedrivePolicy is invalid"):
            backend.create_queue("orders", **redrive(dead))


@pytest.mark.fidelity(
    "SQS",
    "An empty redrive policy takes the dead-letter queue away.",
    source="SQS API: SetQueueAttributes",
)
def test_an_empty_redrive_policy_takes_it_away(backend: LabSQSBackend, dead: IndexedQueue) -> None:
    """And the queue is no source of the dead-letter queue any more."""
    queue = backend.create_queue("orders", **redrive(dead, "5"))
    assert '"maxReceiveCount":5' in queue.attributes["RedrivePolicy"]
    assert backend.list_dead_letter_source_queues("orders-dead") == [queue]
    backend.set_queue_attributes("orders", {"RedrivePolicy": ""})
    assert queue.attributes["RedrivePolicy"] is None
    assert backend.list_dead_letter_source_queues("orders-dead") == []


@pytest.mark.fidelity(
    "SQS",
    "A queue that is its own dead-letter queue goes on giving out its messages.",
    differs="AWS's pages do not say what happens; no message is lost here, and nothing hangs.",
)
def test_a_queue_may_be_its_own_dead_letter_queue(backend: LabSQSBackend, clock: Traveller) -> None:
    """A message that is due to move to where it is stays, and can be received."""
    queue = backend.create_queue("orders")
    backend.set_queue_attributes("orders", redrive(queue, 1))
    backend.send_message("orders", "again and again")
    fail_twice(queue, clock)
    assert [message.approximate_receive_count for message in queue.receive(10, 1)] == [3]
