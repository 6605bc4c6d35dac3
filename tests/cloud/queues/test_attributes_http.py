"""The attributes of a queue as its callers meet them, through boto3 against a running cloud.

Ranges and defaults are those of AWS's reference of SetQueueAttributes:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.waiting import activity


def new_queue(sqs: Any, suffix: str = "", **attributes: str) -> str:
    """The URL of a new queue."""
    name = f"orders-{uuid4()}{suffix}"
    return sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


def refused(call: Callable[..., object], **arguments: Any) -> tuple[str, str]:
    """The code and message of a call that is refused."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def advance(endpoint: str, seconds: float) -> None:
    """Turn the lab's clock."""
    body = json.dumps({"advance": seconds}).encode()
    request = urllib.request.Request(f"{endpoint}/_lab/clock", body, method="POST")
    with urllib.request.urlopen(request) as answer:
        answer.read()


def bodies(answer: Any) -> list[str]:
    """What was received."""
    return [message["Body"] for message in answer.get("Messages", [])]


@pytest.mark.fidelity(
    "SQS",
    "ReceiveMessageWaitTimeSeconds makes every receive a long poll that does not say otherwise.",
    source="SQS guide: sqs-short-and-long-polling",
)
def test_a_queue_may_make_every_receive_a_long_poll(sqs: Any) -> None:
    """It waits for a message that comes later; WaitTimeSeconds=0 does not."""
    url = new_queue(sqs, ReceiveMessageWaitTimeSeconds="20")
    began = time.monotonic()
    assert bodies(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0)) == []
    assert time.monotonic() - began < 5, "the request wins over the queue"
    received: list[str] = []
    poll = threading.Thread(
        target=lambda: received.extend(bodies(sqs.receive_message(QueueUrl=url)))
    )
    seen = activity()
    poll.start()
    activity(after=seen, wait=10)
    assert poll.is_alive(), "it waits"
    sqs.send_message(QueueUrl=url, MessageBody="here")
    poll.join(10)
    assert received == ["here"]


@pytest.mark.fidelity(
    "SQS",
    "VisibilityTimeout and DelaySeconds of a queue hold for what says nothing of its own.",
    source="SQS API: SetQueueAttributes",
)
def test_a_queue_has_times_of_its_own(sqs: Any, cloud: str) -> None:
    """A message of the queue's delay, then hidden for the queue's timeout."""
    url = new_queue(sqs, DelaySeconds="900", VisibilityTimeout="43200")
    sqs.send_message(QueueUrl=url, MessageBody="late")
    sqs.send_message(QueueUrl=url, MessageBody="now", DelaySeconds=0)
    assert bodies(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)) == ["now"]
    advance(cloud, 901)
    assert bodies(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)) == ["late"]
    advance(cloud, 42_200)
    assert bodies(sqs.receive_message(QueueUrl=url)) == []
    advance(cloud, 101)
    assert bodies(sqs.receive_message(QueueUrl=url)) == ["now"]


@pytest.mark.parametrize(
    "policy",
    [
        "{",
        "[]",
        '"allowAll"',
        "{}",
        '{"redrivePermission": "some"}',
        '{"redrivePermission": "byQueue"}',
        '{"redrivePermission": "byQueue", "sourceQueueArns": []}',
        '{"redrivePermission": "byQueue", "sourceQueueArns": "arn:aws:sqs:us-east-1:1:a"}',
        json.dumps(
            {
                "redrivePermission": "byQueue",
                "sourceQueueArns": [f"arn:aws:sqs:us-east-1:123456789012:q{i}" for i in range(11)],
            }
        ),
        '{"redrivePermission": "denyAll", "sourceQueueArns": ["arn:aws:sqs:us-east-1:1:a"]}',
    ],
)
@pytest.mark.fidelity(
    "SQS",
    "A RedriveAllowPolicy is allowAll, denyAll, or byQueue with one to ten ARNs.",
    source="SQS API: SetQueueAttributes",
)
def test_a_malformed_redrive_allow_policy_is_refused(sqs: Any, policy: str) -> None:
    """At creation and later, when the queue keeps the one that it has."""
    deny = json.dumps({"redrivePermission": "denyAll"}, separators=(",", ":"))
    url = new_queue(sqs, RedriveAllowPolicy=deny)
    attributes = {"RedriveAllowPolicy": policy}
    code, message = refused(sqs.set_queue_attributes, QueueUrl=url, Attributes=attributes)
    assert (code, "RedriveAllowPolicy" in message) == ("InvalidParameterValue", True)
    code, _ = refused(sqs.create_queue, QueueName=f"orders-{uuid4()}", Attributes=attributes)
    assert code == "InvalidParameterValue"
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedriveAllowPolicy"])
    assert shown["Attributes"]["RedriveAllowPolicy"] == deny


@pytest.mark.fidelity(
    "SQS",
    "PurgeQueue is `PurgeQueueInProgress` (403) for 60 s after another one.",
    source="SQS API: PurgeQueue",
)
def test_a_queue_is_purged_once_a_minute(sqs: Any, cloud: str) -> None:
    """Refused within the minute, when nothing is deleted, and done after it."""
    url = new_queue(sqs)
    sqs.purge_queue(QueueUrl=url)
    sqs.send_message(QueueUrl=url, MessageBody="kept")
    advance(cloud, 55)
    with pytest.raises(ClientError) as caught:
        sqs.purge_queue(QueueUrl=url)
    response = caught.value.response
    assert response["Error"]["Code"] == "AWS.SimpleQueueService.PurgeQueueInProgress"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert bodies(sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)) == ["kept"]
    advance(cloud, 6)
    sqs.purge_queue(QueueUrl=url)
    assert bodies(sqs.receive_message(QueueUrl=url)) == []


@pytest.mark.fidelity(
    "SQS",
    "Group, deduplication id and sequence number of a FIFO message come with it when asked for.",
    source="SQS API: ReceiveMessage",
)
def test_fifo_attributes_are_received(sqs: Any) -> None:
    """Each by its name, or all of them; a number that the sender was told."""
    url = new_queue(sqs, ".fifo", FifoQueue="true")
    sent = sqs.send_message(
        QueueUrl=url, MessageBody="x", MessageGroupId="shop", MessageDeduplicationId="first"
    )
    wanted = {
        "MessageGroupId": "shop",
        "MessageDeduplicationId": "first",
        "SequenceNumber": sent["SequenceNumber"],
    }
    for name, value in wanted.items():
        answer = sqs.receive_message(
            QueueUrl=url, MessageSystemAttributeNames=[name], VisibilityTimeout=0
        )
        assert answer["Messages"][0]["Attributes"] == {name: value}
    answer = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])
    attributes = answer["Messages"][0]["Attributes"]
    assert wanted.items() <= attributes.items()
    assert attributes["ApproximateReceiveCount"] == "4"


@pytest.mark.fidelity(
    "SQS",
    "ContentBasedDeduplication looks at the body, not at the attributes.",
    source="SQS API: CreateQueue",
)
def test_the_content_is_the_body(sqs: Any) -> None:
    """The same body with other attributes is a duplicate; it has its SHA-256 as an id."""
    url = new_queue(sqs, ".fifo", FifoQueue="true", ContentBasedDeduplication="true")
    ids = {
        sqs.send_message(
            QueueUrl=url,
            MessageBody="order",
            MessageGroupId="shop",
            MessageAttributes={"till": {"DataType": "String", "StringValue": till}},
        )["MessageId"]
        for till in ("1", "2")
    }
    assert len(ids) == 1
    (message,) = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["MessageDeduplicationId"],
    )["Messages"]
    assert message["MessageAttributes"]["till"]["StringValue"] == "1"
    # printf order | sha256sum
    digest = "3eeb7e96e59ce40f9cb1a089daba079fd699f6867a30f6634af8570967b2375a"
    assert message["Attributes"]["MessageDeduplicationId"] == digest


@pytest.mark.fidelity(
    "SQS",
    "A batch for a FIFO queue is refused as a whole when an entry has no group.",
    source="SQS API: SendMessageBatch",
)
def test_a_fifo_batch_needs_groups(sqs: Any) -> None:
    """And nothing of it is sent."""
    url = new_queue(sqs, ".fifo", FifoQueue="true", ContentBasedDeduplication="true")
    entries = [
        {"Id": "1", "MessageBody": "a", "MessageGroupId": "shop"},
        {"Id": "2", "MessageBody": "b"},
    ]
    _, message = refused(sqs.send_message_batch, QueueUrl=url, Entries=entries)
    assert "MessageGroupId" in message
    assert bodies(sqs.receive_message(QueueUrl=url)) == []
