"""Stage 2: is the queue one from which no order is lost, and which no order can block?"""

from __future__ import annotations

import json
import secrets
from typing import Any

from labkit.course.checks._check import check
from labkit.course.judgement import Mistake, require
from labkit.course.probes.orders import take
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import queue_arn
from labkit.pipeline.function import TIMEOUT
from labkit.pipeline.queue import VISIBILITY_TIMEOUT

COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@check("queue")
def queue(lab: Lab) -> str:
    """The settings of both queues; then a message that is never deleted, followed to its end."""
    names = lab.names
    url, attributes = _read(lab, names.queue)
    redrive = _redrive(lab, attributes)
    dead_url, dead_attributes = _read(lab, names.dead_letter_queue)
    _visibility(names.queue, int(attributes["VisibilityTimeout"]))
    _allowed(lab, dead_attributes)
    _retention(names.dead_letter_queue, attributes, dead_attributes)
    receives = int(redrive["maxReceiveCount"])
    if _has_consumer(lab):
        return f"Set up well: '{names.dead_letter_queue}' takes an order after {receives} receives."
    _empty(names.queue, attributes)
    _follow_a_failure(lab, url, dead_url, receives)
    return (
        f"A message that nobody deletes comes back, and after {receives} receives it is in "
        f"'{names.dead_letter_queue}'."
    )


def _read(lab: Lab, name: str) -> tuple[str, dict[str, str]]:
    sqs = lab.client("sqs")
    found = unless_absent(sqs.get_queue_url, QueueName=name)
    require(
        found is not None,
        f"There is no queue '{name}'.",
        f'Make it with sqs.create_queue(QueueName="{name}").',
    )
    assert found is not None
    url = found["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def _redrive(lab: Lab, attributes: dict[str, str]) -> dict[str, Any]:
    names = lab.names
    require(
        "RedrivePolicy" in attributes,
        f"Queue '{names.queue}' has no RedrivePolicy: an order that fails comes back until it "
        "expires.",
        "Set the attribute RedrivePolicy, with deadLetterTargetArn and maxReceiveCount.",
    )
    redrive = json.loads(attributes["RedrivePolicy"])
    target = redrive["deadLetterTargetArn"]
    require(
        target != queue_arn(lab, names.queue),
        f"Queue '{names.queue}' is its own dead-letter queue, so a failed order stays where it is.",
        f"Set deadLetterTargetArn to the ARN of '{names.dead_letter_queue}'.",
    )
    require(
        target == queue_arn(lab, names.dead_letter_queue),
        f"Dead letters go to {target}.",
        f"Set deadLetterTargetArn to {queue_arn(lab, names.dead_letter_queue)}.",
    )
    require(
        int(redrive["maxReceiveCount"]) > 1,
        "With a maxReceiveCount of 1, one crash of the function makes a dead letter of a good "
        "order.",
        "Allow several receives; AWS advises at least 5 for a queue that Lambda reads.",
    )
    return redrive


def _visibility(name: str, timeout: int) -> None:
    if timeout < TIMEOUT:
        raise Mistake(
            f"Messages of '{name}' are hidden for {timeout} s, but the function that reads them "
            f"may take {TIMEOUT} s: a second one would get the order while the first is at work.",
            f"Set VisibilityTimeout to {VISIBILITY_TIMEOUT} or more. With less than the function's "
            "timeout Lambda refuses the event source mapping.",
        )
    require(
        timeout >= VISIBILITY_TIMEOUT,
        f"A VisibilityTimeout of {timeout} s is less than six times the function's {TIMEOUT} s.",
        f"Set it to {VISIBILITY_TIMEOUT} or more: Lambda retries inside of that time when it is "
        "throttled.",
    )


def _allowed(lab: Lab, dead_attributes: dict[str, str]) -> None:
    policy = json.loads(dead_attributes.get("RedriveAllowPolicy") or "{}")
    permission = policy.get("redrivePermission", "allowAll")
    sources = policy.get("sourceQueueArns", [])
    require(
        permission == "allowAll"
        or (permission == "byQueue" and queue_arn(lab, lab.names.queue) in sources),
        f"'{lab.names.dead_letter_queue}' does not let '{lab.names.queue}' use it: its "
        f"RedriveAllowPolicy is {permission}.",
        f"Name the ARN of '{lab.names.queue}' in sourceQueueArns, or leave the policy out.",
    )


def _retention(name: str, attributes: dict[str, str], dead_attributes: dict[str, str]) -> None:
    kept = int(attributes["MessageRetentionPeriod"])
    dead_kept = int(dead_attributes["MessageRetentionPeriod"])
    require(
        dead_kept > kept,
        f"'{name}' keeps messages for {dead_kept} s, the queue itself for {kept} s.",
        "A dead letter keeps the age that it has, so it needs a longer MessageRetentionPeriod: "
        "14 days (1209600) is the most.",
    )


def _has_consumer(lab: Lab) -> bool:
    found = lab.client("lambda").list_event_source_mappings(
        EventSourceArn=queue_arn(lab, lab.names.queue)
    )
    return bool(found["EventSourceMappings"])


def _empty(name: str, attributes: dict[str, str]) -> None:
    # The check receives, and receiving counts: a message that waits here would be pushed towards
    # the dead-letter queue.
    waiting = sum(int(attributes[count]) for count in COUNTS)
    require(
        not waiting,
        f"Queue '{name}' still holds {waiting} message(s), which the check must not touch.",
        "Receive and delete them, or sqs.purge_queue(QueueUrl=queue_url), then check again.",
    )


def _follow_a_failure(lab: Lab, url: str, dead_url: str, receives: int) -> None:
    sqs = lab.client("sqs")
    body = f"check {secrets.token_hex(8)}"
    sqs.send_message(QueueUrl=url, MessageBody=body)
    for attempt in range(1, receives + 1):
        messages = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0, WaitTimeSeconds=2).get(
            "Messages", []
        )
        require(
            [message["Body"] for message in messages] == [body],
            f"A test message was gone after {attempt - 1} of {receives} receives.",
            "Is something else reading the queue? Stop it and check again.",
        )
    # One receive more than allowed is what makes SQS move the message.
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
    require(
        take(lab, dead_url, lambda found: found == body) is not None,
        f"A test message failed {receives} times, but did not reach the dead-letter queue.",
        "Compare deadLetterTargetArn with the QueueArn of the dead-letter queue.",
    )
