"""Queues and their messages, without the local cloud's own page."""

from __future__ import annotations

import json

import pytest

from labkit.errors import LocalOnly, StageMissing
from labkit.show import messages, queue
from labkit.show.queues import MESSAGE_COLUMNS, QUEUE_COLUMNS


def build_queues(lab, *, redrive: bool = True) -> str:
    sqs = lab.client("sqs")
    dead = sqs.create_queue(QueueName="orders-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    policy = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 3}
    attributes = {"RedrivePolicy": json.dumps(policy)} if redrive else {}
    return sqs.create_queue(QueueName="orders", Attributes=attributes)["QueueUrl"]


def test_queue_with_its_dead_letter_queue(aws_lab):
    """Without a name, the pipeline's queue and its dead-letter queue stand side by side."""
    url = build_queues(aws_lab)
    aws_lab.client("sqs").send_message(QueueUrl=url, MessageBody="{}")
    frame = queue(aws_lab)
    assert list(frame.columns) == QUEUE_COLUMNS
    assert list(frame["queue"]) == ["orders", "orders-dead"]
    assert list(frame["visible"]) == [1, 0]
    assert frame.loc[0, "dead letters to"] == "orders-dead"
    assert frame.loc[0, "max receives"] == 3
    assert frame.loc[1, "max receives"] == ""


def test_one_queue_by_name(aws_lab):
    """With a name, that queue alone."""
    build_queues(aws_lab)
    assert list(queue(aws_lab, "orders-dead")["queue"]) == ["orders-dead"]


@pytest.mark.parametrize("look", [queue, messages])
def test_missing_queue_says_what_to_do(aws_lab, look):
    """A queue that is not there is an error with the next step."""
    with pytest.raises(StageMissing, match=r"Queue 'orders' does not exist yet\. Run notebook 02"):
        look(aws_lab)


def test_messages_on_aws_are_seen_and_stay(aws_lab):
    """Looking takes no message out; on AWS it counts as a receive."""
    url = build_queues(aws_lab, redrive=False)
    for number in range(12):
        aws_lab.client("sqs").send_message(QueueUrl=url, MessageBody=f"order {number}")
    frame = messages(aws_lab)
    assert list(frame.columns) == MESSAGE_COLUMNS
    assert list(frame["body"]) == [f"order {number}" for number in range(12)]
    assert list(frame["message"][:2]) == ["message-1", "message-2"]
    assert queue(aws_lab).loc[0, "visible"] == 12


def test_empty_queue(aws_lab):
    """No message is an empty table with all its columns."""
    build_queues(aws_lab, redrive=False)
    frame = messages(aws_lab)
    assert list(frame.columns) == MESSAGE_COLUMNS
    assert frame.empty


def test_looking_never_feeds_a_dead_letter_queue(aws_lab):
    """On AWS a queue with a redrive policy is not received from at all."""
    url = build_queues(aws_lab)
    aws_lab.client("sqs").send_message(QueueUrl=url, MessageBody="order")
    for _ in range(5):
        with pytest.raises(LocalOnly, match="towards its dead-letter queue"):
            messages(aws_lab)
    answer = aws_lab.client("sqs").receive_message(QueueUrl=url, AttributeNames=["All"])
    assert answer["Messages"][0]["Attributes"]["ApproximateReceiveCount"] == "1"


def test_ids_on_request(aws_lab):
    """With `ids=True` a message is named by its MessageId."""
    url = build_queues(aws_lab, redrive=False)
    sent = aws_lab.client("sqs").send_message(QueueUrl=url, MessageBody="order")
    assert list(messages(aws_lab, ids=True)["message"]) == [sent["MessageId"]]
