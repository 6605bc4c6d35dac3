"""SQS subscribers: the envelope, raw delivery with attributes, a queue that is gone."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from tests.cloud.notifications.test_retries import receive
from tests.cloud.notifications.test_signature import verify
from tests.permissions import let_send

ATTRIBUTES = {
    "country": {"DataType": "String", "StringValue": "France"},
    "total": {"DataType": "Number", "StringValue": "12.5"},
    "seal": {"DataType": "Binary", "BinaryValue": b"\x00\x01\xff"},
}


@pytest.mark.fidelity(
    "SNS",
    "A queue of the own account needs no confirmation and gets the signed envelope.",
    source="SNS API: Subscribe",
)
def test_a_queue_needs_no_confirmation_and_gets_the_envelope(
    sns: Any, client: Callable[[str], Any], topic: str, queue: tuple[str, str]
):
    """The envelope is signed; binary attributes are Base64 in it."""
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue[1])["SubscriptionArn"]
    assert arn.startswith(f"{topic}:")
    sns.publish(TopicArn=topic, Message="GIN + TONIC", MessageAttributes=ATTRIBUTES)
    message = receive(client, queue[0])
    assert "MessageAttributes" not in message
    document = json.loads(message["Body"])
    assert document["Message"] == "GIN + TONIC"
    assert document["MessageAttributes"]["seal"] == {"Type": "Binary", "Value": "AAH/"}
    with urllib.request.urlopen(document["SigningCertURL"]) as answer:
        verify(document, answer.read())


@pytest.mark.fidelity(
    "SNS",
    "Raw delivery to a queue keeps the attributes.",
    source="SNS guide: sns-large-payload-raw-message-delivery",
)
def test_raw_delivery_keeps_the_attributes(
    sns: Any, client: Callable[[str], Any], topic: str, queue: tuple[str, str]
):
    """Raw: the body is the message and its attributes are the queue message's, bytes included."""
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue[1],
        Attributes={"RawMessageDelivery": "true"},
    )
    sns.publish(TopicArn=topic, Message="GIN + TONIC", MessageAttributes=ATTRIBUTES)
    message = receive(client, queue[0])
    assert message["Body"] == "GIN + TONIC"
    assert message["MessageAttributes"] == ATTRIBUTES


@pytest.mark.fidelity(
    "SNS",
    "A raw message with more than ten attributes does not reach a queue; an envelope does.",
    source="SNS guide: sns-large-payload-raw-message-delivery",
)
def test_a_raw_message_has_ten_attributes(
    sns: Any, client: Callable[[str], Any], topic: str, queue: tuple[str, str], name: str
):
    """A queue's message cannot have more; the next one that fits arrives."""
    sqs = client("sqs")
    raw_url = sqs.create_queue(QueueName=f"{name}-raw")["QueueUrl"]
    let_send(sqs, raw_url)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue[1])
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"{queue[1]}-raw",
        Attributes={"RawMessageDelivery": "true"},
    )
    for count in (11, 10):
        attributes = {
            f"a{number}": {"DataType": "String", "StringValue": "x"} for number in range(count)
        }
        sns.publish(TopicArn=topic, Message=str(count), MessageAttributes=attributes)
        document = json.loads(receive(client, queue[0])["Body"])
        assert (document["Message"], len(document["MessageAttributes"])) == (str(count), count)
    raw = receive(client, raw_url)
    assert (raw["Body"], len(raw["MessageAttributes"])) == ("10", 10)


@pytest.mark.fidelity(
    "SNS",
    "A missing queue is a client-side error, not retried.",
    source="SNS guide: sns-dead-letter-queues",
)
def test_a_missing_queue_buries_the_message(
    sns: Any, client: Callable[[str], Any], topic: str, queue: tuple[str, str]
):
    """A queue that does not exist is a client-side error: straight to the dead-letter queue."""
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"{queue[1]}-gone",
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": queue[1]})},
    )
    sns.publish(TopicArn=topic, Message="order")
    assert json.loads(receive(client, queue[0])["Body"])["Message"] == "order"


@pytest.mark.fidelity(
    "SNS", "A FIFO topic passes group and order on.", source="SNS guide: fifo-message-delivery"
)
def test_a_fifo_topic_passes_group_and_order_on(sns: Any, client: Callable[[str], Any], name: str):
    """A FIFO queue gets a FIFO topic's messages in order, with their group."""
    sqs = client("sqs")
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = sqs.create_queue(QueueName=f"{name}.fifo", Attributes=fifo)["QueueUrl"]
    let_send(sqs, url)
    topic = sns.create_topic(
        Name=f"{name}.fifo",
        Attributes={"FifoTopic": "true", "ContentBasedDeduplication": "true"},
    )["TopicArn"]
    endpoint = f"arn:aws:sqs:us-east-1:123456789012:{name}.fifo"
    raw = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint, Attributes=raw)
    for number in range(3):
        sns.publish(TopicArn=topic, Message=f"order {number}", MessageGroupId="shop")
    messages = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5, AttributeNames=["MessageGroupId"]
    )["Messages"]
    assert [each["Body"] for each in messages] == ["order 0", "order 1", "order 2"]
    assert messages[0]["Attributes"]["MessageGroupId"] == "shop"
    for message in ("first", "again"):
        same = {"MessageGroupId": "shop", "MessageDeduplicationId": "one-order"}
        sns.publish(TopicArn=topic, Message=message, **same)
    sqs.delete_message_batch(
        QueueUrl=url,
        Entries=[{"Id": m["Body"][-1], "ReceiptHandle": m["ReceiptHandle"]} for m in messages],
    )
    (message,) = sqs.receive_message(
        QueueUrl=url, WaitTimeSeconds=5, AttributeNames=["MessageDeduplicationId"]
    )["Messages"]
    assert message["Body"] == "first"
    assert message["Attributes"]["MessageDeduplicationId"] == "one-order"
