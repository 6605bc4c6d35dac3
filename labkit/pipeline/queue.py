"""Stage 2, the queue: orders wait here, and those that cannot be stored end beside it.

A message that a function has received is hidden for the visibility timeout. When it is not deleted
by then it comes back; after `maxReceiveCount` times SQS moves it to the dead-letter queue.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

import json
from typing import Any

from labkit.errors import StageMissing
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import queue_arn
from labkit.pipeline.function import TIMEOUT

VISIBILITY_TIMEOUT = 6 * TIMEOUT  # AWS: at least six times the function's timeout
MAX_RECEIVE_COUNT = 5  # AWS: at least 5, so that throttling alone dead-letters nothing
KEPT = 14 * 24 * 3600  # seconds; the longest that SQS keeps a message


def build(lab: Lab) -> str:
    """Make the queue and its dead-letter queue, set their attributes; return the queue's URL."""
    sqs = lab.client("sqs")
    names = lab.names

    dead_url = sqs.create_queue(QueueName=names.dead_letter_queue)["QueueUrl"]
    allow = {"redrivePermission": "byQueue", "sourceQueueArns": [queue_arn(lab, names.queue)]}
    sqs.set_queue_attributes(
        QueueUrl=dead_url,
        Attributes={
            "MessageRetentionPeriod": str(KEPT),  # time to look at what went wrong
            "RedriveAllowPolicy": json.dumps(allow),
        },
    )

    url = sqs.create_queue(QueueName=names.queue)["QueueUrl"]
    redrive = {
        "deadLetterTargetArn": queue_arn(lab, names.dead_letter_queue),
        "maxReceiveCount": MAX_RECEIVE_COUNT,
    }
    sqs.set_queue_attributes(
        QueueUrl=url,
        Attributes={
            "VisibilityTimeout": str(VISIBILITY_TIMEOUT),
            "RedrivePolicy": json.dumps(redrive),
        },
    )
    return url


def teardown(lab: Lab) -> None:
    """Delete the queue and its dead-letter queue, with all messages in them."""
    for name in (lab.names.queue, lab.names.dead_letter_queue):
        delete_queue(lab, name)


def delete_queue(lab: Lab, name: str) -> None:
    """Delete a queue if it exists."""
    sqs = lab.client("sqs")
    found = unless_absent(sqs.get_queue_url, QueueName=name)
    if found is not None:
        unless_absent(sqs.delete_queue, QueueUrl=found["QueueUrl"])


def queue_url(lab: Lab) -> str:
    """The URL of the orders' queue. Raises `StageMissing` before it is built."""
    return _url(lab, lab.names.queue)


def dead_letter_queue_url(lab: Lab) -> str:
    """The URL of the dead-letter queue. Raises `StageMissing` before it is built."""
    return _url(lab, lab.names.dead_letter_queue)


def dead_letters(lab: Lab, *, expected: int) -> list[dict[str, Any]]:
    """Wait until `expected` messages are dead letters; return them, and leave them in the queue.

    A failing message gets there after `MAX_RECEIVE_COUNT` visibility timeouts. The local cloud's
    clock is turned forward by each of them; on AWS this takes as long as they take. Fewer messages
    come back when no more arrive in that time.
    """
    sqs = lab.client("sqs")
    url = dead_letter_queue_url(lab)
    seen: dict[str, dict[str, Any]] = {}
    for _ in range(MAX_RECEIVE_COUNT + 1):
        while len(seen) < expected and (messages := _receive(lab, url)):
            seen |= {message["MessageId"]: message for message in messages}
        if len(seen) >= expected:
            break
        if lab.is_local:
            lab.clock.advance(seconds=VISIBILITY_TIMEOUT)
    for message in seen.values():
        sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    return list(seen.values())


def _receive(lab: Lab, url: str) -> list[dict[str, Any]]:
    answer = lab.client("sqs").receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        WaitTimeSeconds=1 if lab.is_local else 20,
        # Hidden until everything has been seen, so that none is counted twice.
        VisibilityTimeout=2 * MAX_RECEIVE_COUNT * VISIBILITY_TIMEOUT,
        MessageSystemAttributeNames=["All"],
    )
    return answer.get("Messages", [])


def _url(lab: Lab, name: str) -> str:
    found = unless_absent(lab.client("sqs").get_queue_url, QueueName=name)
    if found is None:
        raise StageMissing(
            f"Queue '{name}' does not exist yet. Run notebook 02, or queue.build(lab)."
        )
    return found["QueueUrl"]
