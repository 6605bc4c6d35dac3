"""Exercises of notebook 02: a queue of one's own, for what customers send back."""

from __future__ import annotations

import json
import secrets
from typing import Any

from labkit.course.exercise import exercise
from labkit.course.judgement import Mistake, require
from labkit.course.probes.orders import take
from labkit.lab import Lab

RETURNS_TIMEOUT = 20  # seconds that the function in the question may take
RECEIVES = 3


@exercise(
    points=1,
    hints=(
        "What happens to a message if the function is still at work when the time is over?",
        "AWS wants at least the function's timeout, and advises six times as much.",
        'create_queue takes Attributes={"VisibilityTimeout": "..."}; the value is a text.',
    ),
)
def q2_1(lab: Lab, queue_url: str) -> str:
    """How long must a queue hide a message from other workers?"""
    timeout = int(_attributes(lab, queue_url, "returns")["VisibilityTimeout"])
    require(
        timeout >= RETURNS_TIMEOUT,
        f"The visibility timeout of {timeout} s is shorter than the function's timeout of "
        f"{RETURNS_TIMEOUT} s: a second worker gets the message while the first is at work.",
        "Let it be six times the function's timeout.",
    )
    require(
        timeout >= 6 * RETURNS_TIMEOUT,
        f"{timeout} s is enough for one attempt of {RETURNS_TIMEOUT} s, but not for the retries of "
        "a function that is throttled.",
        f"AWS advises six times the function's timeout: {6 * RETURNS_TIMEOUT} s.",
    )
    return f"A message stays hidden for {timeout} s, longer than any attempt takes."


@exercise(
    points=2,
    hints=(
        "You have done this in step 7: two queues, and a policy of the first that names the other.",
        "The RedrivePolicy belongs to the queue from which messages come, not to the dead-letter "
        "queue. It has deadLetterTargetArn and maxReceiveCount.",
        "sqs.set_queue_attributes(QueueUrl=returns_url, Attributes={'RedrivePolicy': json.dumps({"
        "'deadLetterTargetArn': ..., 'maxReceiveCount': 3})})",
    ),
)
def q2_2(lab: Lab, dead_letters_url: str) -> str:
    """Where does a message go that fails three times?"""
    sqs = lab.client("sqs")
    name = lab.names.practice("returns")
    returns_url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    redrive = json.loads(_attributes(lab, returns_url, "returns").get("RedrivePolicy", "{}"))
    dead = _attributes(lab, dead_letters_url, "returns-dead")
    if "RedrivePolicy" in dead and not redrive:
        raise Mistake(
            "The dead-letter queue has a RedrivePolicy, and the queue itself has none.",
            f"Set it on '{name}': it says where its own messages go.",
        )
    require(
        redrive.get("deadLetterTargetArn") == dead["QueueArn"],
        f"'{name}' does not name your second queue as its dead-letter queue.",
        "Set deadLetterTargetArn to the QueueArn of the second queue.",
    )
    receives = int(redrive["maxReceiveCount"])
    require(
        receives == RECEIVES,
        f"A message moves after {receives} receives, not after {RECEIVES}.",
        f"Set maxReceiveCount to {RECEIVES}.",
    )
    _fail(lab, returns_url, dead_letters_url)
    return f"A message that failed {RECEIVES} times was moved to your dead-letter queue."


def _attributes(lab: Lab, queue_url: Any, name: str) -> dict[str, str]:
    wanted = lab.names.practice(name)
    require(
        isinstance(queue_url, str) and queue_url.endswith(f"/{wanted}"),
        f"{queue_url!r} is not the URL of a queue '{wanted}'.",
        "create_queue answers with the QueueUrl; make it your answer.",
    )
    answer = lab.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
    return answer["Attributes"]


def _fail(lab: Lab, queue_url: str, dead_letters_url: str) -> None:
    sqs = lab.client("sqs")
    body = f"check {secrets.token_hex(8)}"
    sqs.send_message(QueueUrl=queue_url, MessageBody=body)
    for _ in range(RECEIVES + 1):  # the one too many makes SQS move the message
        sqs.receive_message(QueueUrl=queue_url, VisibilityTimeout=0)
    require(
        take(lab, dead_letters_url, lambda found: found == body) is not None,
        f"A test message failed {RECEIVES} times, but is not in the dead-letter queue.",
        "Is another message in the way? sqs.purge_queue empties a queue.",
    )
