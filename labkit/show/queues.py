"""Queues and the messages in them.

SQS has no way to look at a message without receiving it: "each time a message is received, its
ApproximateReceiveCount grows" even with a visibility timeout of 0, and once the count exceeds
maxReceiveCount the next receive moves the message to the dead-letter queue
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html).
The SQS console's "Poll for messages" has exactly this effect. So `messages` reads the local
cloud's own page, which lists a queue and touches nothing. On AWS it receives every visible message
and makes it visible again, but only from a queue without a dead-letter queue, where the growing
count does no harm; where looking would use up a message's attempts it raises instead.
"""

from __future__ import annotations

import json
from typing import Any

from labkit.errors import LocalOnly
from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.missing import explained
from labkit.show.stable import Aliases, compact, name_of, offsets

QUEUE_COLUMNS = [
    "queue",
    "visible",
    "in flight",
    "delayed",
    "visibility timeout (s)",
    "delivery delay (s)",
    "retention (s)",
    "dead letters to",
    "max receives",
]
MESSAGE_COLUMNS = ["message", "state", "receives", "sent", "attributes", "body"]
RECEIVE_AT_MOST = 10  # ReceiveMessage, MaxNumberOfMessages
HELD = 60  # seconds that messages stay hidden should the look be interrupted


def queue(lab: Lab, name: str | None = None) -> Frame:
    """The attributes of a queue, or of the pipeline's queue and its dead-letter queue.

    Columns: queue, visible, in flight, delayed (messages in each state), visibility timeout (s),
    delivery delay (s), retention (s), dead letters to (a queue, or empty), max receives (before a
    message goes there, or empty). Raises `StageMissing` when the queue does not exist.

    >>> show.queue(lab)
    queue        visible  in flight  delayed  visibility timeout (s)  ...
    orders             0          0        0                      30  ...
    orders-dead        1          0        0                      30  ...
    """
    attributes = read_queue(lab, name or lab.names.queue)
    rows = [_queue_row(attributes)]
    dead_letters = rows[0]["dead letters to"]
    if name is None and dead_letters:
        rows.append(_queue_row(read_queue(lab, dead_letters)))
    return build_frame(QUEUE_COLUMNS, rows)


def messages(lab: Lab, name: str | None = None, *, ids: bool = False) -> Frame:
    """The messages in a queue, oldest first, without consuming any.

    Columns: message (an alias; its MessageId with `ids=True`), state (visible, in flight or
    delayed), receives (how often it has been received), sent (seconds after the first one shown),
    attributes, body. On the local cloud looking changes nothing. On AWS only visible messages can
    be seen, and looking hides them for that moment and counts as a receive, so there a queue with a
    dead-letter queue raises `LocalOnly`. Raises `StageMissing` when the queue does not exist.

    >>> show.messages(lab, "orders-dead")
    message    state    receives  sent    attributes  body
    message-1  visible         0  +0.0 s              {"orderID": "536414"}
    """
    found = read_messages(lab, name or lab.names.queue)
    aliases = Aliases("message", ids=ids)
    times = offsets(message["sent"] for message in found)
    rows = [
        {
            "message": aliases[message["id"]],
            "state": message["state"],
            "receives": message["receives"],
            "sent": time,
            "attributes": compact(message["attributes"]),
            "body": message["body"],
        }
        for message, time in zip(found, times, strict=True)
    ]
    return build_frame(MESSAGE_COLUMNS, rows)


def read_queue(lab: Lab, name: str) -> dict[str, str]:
    """Every attribute of a queue, with its name as `QueueName` and its URL as `QueueUrl`."""
    sqs = lab.client("sqs")
    with explained("Queue", name):
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {**attributes, "QueueName": name, "QueueUrl": url}


def read_messages(lab: Lab, name: str) -> list[dict[str, Any]]:
    """Every message in a queue as `lab.peek` gives it, oldest first, as `messages` says."""
    attributes = read_queue(lab, name)
    found = lab.peek(name) if lab.is_local else _receive(lab, name, attributes)
    return sorted(found, key=lambda message: message["sent"])


def _queue_row(attributes: dict[str, str]) -> dict[str, Any]:
    redrive = json.loads(attributes.get("RedrivePolicy") or "{}")
    return {
        "queue": attributes["QueueName"],
        "visible": int(attributes["ApproximateNumberOfMessages"]),
        "in flight": int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        "delayed": int(attributes["ApproximateNumberOfMessagesDelayed"]),
        "visibility timeout (s)": int(attributes["VisibilityTimeout"]),
        "delivery delay (s)": int(attributes["DelaySeconds"]),
        "retention (s)": int(attributes["MessageRetentionPeriod"]),
        "dead letters to": name_of(redrive.get("deadLetterTargetArn", "")),
        "max receives": int(redrive["maxReceiveCount"]) if redrive else "",
    }


def _receive(lab: Lab, name: str, attributes: dict[str, str]) -> list[dict[str, Any]]:
    """The visible messages: received, held until all are seen, then made visible again."""
    if attributes.get("RedrivePolicy"):
        raise LocalOnly(
            f"Looking into queue '{name}' would count as receiving its messages and so push them "
            "towards its dead-letter queue. Look at show.queue(lab) for the counts, or at the "
            "messages of the dead-letter queue."
        )
    sqs, url = lab.client("sqs"), attributes["QueueUrl"]
    found: dict[str, dict[str, Any]] = {}
    try:
        while len(found) < int(attributes["ApproximateNumberOfMessages"]):
            batch = sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=RECEIVE_AT_MOST,
                VisibilityTimeout=HELD,
                WaitTimeSeconds=1,  # a short poll may miss messages; a long poll asks every server
                MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            if not batch:
                break
            found |= {message["MessageId"]: message for message in batch}
    finally:
        for message in found.values():
            sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
    return [_received(message) for message in found.values()]


def _received(message: dict[str, Any]) -> dict[str, Any]:
    system = message["Attributes"]
    values = message.get("MessageAttributes", {})
    return {
        "id": message["MessageId"],
        "state": "visible",
        "receives": int(system["ApproximateReceiveCount"]),
        "sent": int(system["SentTimestamp"]) / 1000,
        "attributes": {key: value.get("StringValue", "(binary)") for key, value in values.items()},
        "body": message["Body"],
    }
