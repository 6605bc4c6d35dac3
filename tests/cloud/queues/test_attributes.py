"""The attributes of a queue: ranges, names, and what setting one leaves alone."""

from __future__ import annotations

import json

import pytest
from moto.sqs.exceptions import SQSException

from labkit.cloud.queues.backend import LabSQSBackend

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]})


@pytest.mark.fidelity(
    "SQS",
    "A new queue has AWS's defaults: visibility 30 s, retention 4 days, messages to 1 MiB, no "
    "delay.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_a_new_queue_has_the_defaults_of_aws(backend: LabSQSBackend) -> None:
    """Recorded, with today's 1 MiB."""
    backend.create_queue("orders")
    shown = backend.get_queue_attributes("orders", ["All"])
    assert {name: value for name, value in shown.items() if value is not None} == {
        "ApproximateNumberOfMessages": 0,
        "ApproximateNumberOfMessagesDelayed": 0,
        "ApproximateNumberOfMessagesNotVisible": 0,
        "CreatedTimestamp": 1_790_000_000,
        "DelaySeconds": 0,
        "LastModifiedTimestamp": 1_790_000_000,
        "MaximumMessageSize": 1_048_576,
        "MessageRetentionPeriod": 345_600,
        "QueueArn": "arn:aws:sqs:us-east-1:123456789012:orders",
        "ReceiveMessageWaitTimeSeconds": 0,
        "SqsManagedSseEnabled": "true",
        "VisibilityTimeout": 30,
    }


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
RANGES = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.fidelity(
    "SQS",
    "An attribute out of its range is `InvalidAttributeValue`, and nothing is changed.",
    source="SQS API: SetQueueAttributes",
)
def test_refuses_values_out_of_range(backend: LabSQSBackend, name: str) -> None:
    """InvalidAttributeValue, at creation and later, and nothing is changed; the ends are taken."""
    lowest, highest = RANGES[name]
    queue = backend.create_queue("orders")
    for value in (lowest, highest):
        backend.set_queue_attributes("orders", {name: str(value)})
        assert int(queue.attributes[name]) == value
    for value in (lowest - 1, highest + 1, "many", ""):
        with pytest.raises(SQSException) as refused:
            backend.create_queue("other", **{name: str(value)})
        assert refused.value.code == "InvalidAttributeValue"
        with pytest.raises(SQSException, match=f"Invalid value for the parameter {name}."):
            backend.set_queue_attributes("orders", {name: str(value)})
    assert list(backend.queues) == ["orders"]
    assert int(queue.attributes[name]) == highest


@pytest.mark.parametrize("name", ["RedrivePolicy", "RedriveAllowPolicy"])
@pytest.mark.parametrize("text", ["{", "[]", "[" * 5000])
def test_a_policy_is_a_json_object(backend: LabSQSBackend, name: str, text: str) -> None:
    """And none that is too deep to read."""
    backend.create_queue("orders")
    with pytest.raises(SQSException, match=f"{name} is not valid JSON"):
        backend.set_queue_attributes("orders", {name: text})


def test_a_refused_change_changes_nothing(backend: LabSQSBackend) -> None:
    """Not even the attribute that would have been right."""
    queue = backend.create_queue("orders")
    asked = {
        "RedriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"}),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": "nowhere", "maxReceiveCount": 1}),
    }
    with pytest.raises(SQSException):
        backend.set_queue_attributes("orders", asked)
    assert queue.redrive_allow_policy is None


@pytest.mark.fidelity(
    "SQS",
    "An unknown attribute is `InvalidAttributeName`.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_refuses_unknown_attributes(backend: LabSQSBackend) -> None:
    """InvalidAttributeName."""
    backend.create_queue("known")
    for name in (
        "Colour",
        # Known to GetQueueAttributes, and not to be set:
        "All",
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "CreatedTimestamp",
        "LastModifiedTimestamp",
        "QueueArn",
        # Of FIFO queues only; those of high throughput have a text of their own (test_recorded).
        "ContentBasedDeduplication",
        "FifoQueue",
    ):
        with pytest.raises(SQSException, match=f"Unknown Attribute {name}."):
            backend.create_queue("orders", **{name: "false"})
        with pytest.raises(SQSException, match=f"Unknown Attribute {name}."):
            backend.set_queue_attributes("known", {name: "false"})


@pytest.mark.fidelity(
    "SQS",
    "A standard queue cannot be made FIFO afterwards, nor the other way round.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_the_type_of_a_queue_stays(backend: LabSQSBackend) -> None:
    """Recorded: a FIFO queue cannot be made a standard one."""
    backend.create_queue("orders.fifo", FifoQueue="true")
    with pytest.raises(SQSException, match=r"Reason: Modifying queue type is not supported\."):
        backend.set_queue_attributes("orders.fifo", {"FifoQueue": "false"})


@pytest.mark.fidelity(
    "SQS",
    "Setting one attribute of a queue leaves the others as they are.",
    source="SQS API: SetQueueAttributes",
)
def test_setting_one_attribute_leaves_the_others(backend: LabSQSBackend) -> None:
    """The policy of the queue among them."""
    queue = backend.create_queue("orders", Policy=POLICY, DelaySeconds="5")
    backend.set_queue_attributes("orders", {"VisibilityTimeout": "60"})
    assert json.loads(queue.attributes["Policy"]) == json.loads(POLICY)
    assert queue.delay_seconds == 5
    backend.set_queue_attributes("orders", {"Policy": ""})
    assert queue.attributes["Policy"] is None


@pytest.mark.fidelity(
    "SQS",
    "CreateQueue is idempotent with the same attributes, and `QueueAlreadyExists` with others.",
    source="SQS API: CreateQueue",
)
def test_creating_it_again_with_the_same_attributes_gives_the_queue(
    backend: LabSQSBackend,
) -> None:
    """With others it is refused, and the first that differs is named."""
    queue = backend.create_queue("orders", DelaySeconds="5")
    backend.send_message("orders", "body")
    assert backend.create_queue("orders", DelaySeconds="5") is queue
    assert backend.create_queue("orders") is queue
    with pytest.raises(SQSException, match="a different value for attribute DelaySeconds"):
        backend.create_queue("orders", DelaySeconds="6")
    assert queue.approximate_number_of_messages_delayed == 1
