"""Exercises of notebook 02: a queue of one's own, for what customers send back, and a bad day."""

from __future__ import annotations

import json
import secrets
from typing import Any

from labkit import orders
from labkit.course.exercise import exercise
from labkit.course.judgement import Mistake, require
from labkit.course.probes.orders import take
from labkit.course.probes.queue_urls import is_url_of
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent
from labkit.show.metrics import total

RETURNS_TIMEOUT = 20  # seconds that the function in the question may take
RECEIVES = 3
DELETED = "NumberOfMessagesDeleted"  # by a receipt handle
# A message that exists is in one of these states.
COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@exercise(
    points=1,
    hints=(
        "What happens to a message if the function is still at work when the time is over?",
        "AWS wants at least the function's timeout, and advises six times as much.",
        "The attribute is VisibilityTimeout, in seconds, as a text: `create_queue(QueueName=..., "
        'Attributes={"VisibilityTimeout": "..."})`. For a queue that you have made already it is '
        "`sqs.set_queue_attributes(QueueUrl=..., Attributes=...)`. Six times 20 is the value.",
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
        "`sqs.set_queue_attributes(QueueUrl=returns_url, Attributes={'RedrivePolicy': json.dumps({"
        "'deadLetterTargetArn': ..., 'maxReceiveCount': 3})})`",
    ),
)
def q2_2(lab: Lab, dead_letters_url: str) -> str:
    """Where does a message go that fails three times?"""
    name = lab.names.practice("returns")
    returns_url, returns = _find(lab, "returns", "2.1")
    redrive = json.loads(returns.get("RedrivePolicy", "{}"))
    dead = _attributes(lab, dead_letters_url, "returns-dead")
    if "RedrivePolicy" in dead and not redrive:
        raise Mistake(
            "The dead-letter queue has a RedrivePolicy, and the queue itself has none.",
            f"Set it on '{name}': it says where its own messages go.",
        )
    require(
        redrive.get("deadLetterTargetArn") != returns["QueueArn"],
        f"'{name}' names itself as its dead-letter queue: what fails would never leave it.",
        "Set deadLetterTargetArn to the QueueArn of the second queue.",
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


@exercise(
    points=3,
    hints=(
        "Step 8 has the call. It wants the ARN of the queue in which the dead letters are now.",
        "Without a DestinationArn each message goes back to the queue from which it came. There it "
        "waits for work(returns_url). list_message_move_tasks says how many were moved.",
        "`bad_day(returns_url)\n"
        "sqs.start_message_move_task(SourceArn=...)\n"
        "task = sqs.list_message_move_tasks(SourceArn=...)['Results'][0]`\n\n"
        "It has the number as `ApproximateNumberOfMessagesMoved`; call work(returns_url) as often.",
    ),
)
def q2_3(lab: Lab, moved: int) -> str:
    """How do dead letters get back to work?"""
    sqs = lab.client("sqs")
    name = lab.names.practice("returns")
    _, returns = _find(lab, "returns", "2.1")
    _, dead = _find(lab, "returns-dead", "2.2")
    tasks = sqs.list_message_move_tasks(SourceArn=dead["QueueArn"])["Results"]
    require(
        tasks,
        "No dead letter was ever moved back. What you purge or delete instead is lost, and with it "
        "what your customers sent.",
        "Call bad_day(returns_url) once more, then sqs.start_message_move_task.",
    )
    _moved_home(tasks[0], returns["QueueArn"], len(orders.yours(lab.student_id)))
    require(
        _count(dead) == 0,
        f"Messages are in '{lab.names.practice('returns-dead')}', after the last move as well.",
        "Start another move when the worker is mended.",
    )
    require(
        _count(returns) == 0,
        f"The dead letters are back in '{name}', but nobody has worked on them.",
        "Call work(returns_url) once for each message. What it says 'failed' of is no order of the "
        "bad day: sqs.purge_queue removes it.",
    )
    count = tasks[0]["ApproximateNumberOfMessagesMoved"]
    # CloudWatch tells what a worker has deleted from what was purged; on AWS some minutes late.
    require(
        not lab.is_local or total(lab, "AWS/SQS", DELETED, "QueueName", name) >= count,
        f"The dead letters have left '{name}', but no worker has done them all: what is purged, or "
        "deleted by nobody, is lost.",
        "Call bad_day(returns_url) once more, move the messages back, and let work(returns_url) "
        "do each of them.",
    )
    require(
        moved == count,
        "All is done, but your answer is not the number that SQS names.",
        "Read ApproximateNumberOfMessagesMoved in the newest result of list_message_move_tasks.",
    )
    return "All dead letters went back to where they came from, and the worker has done them."


def _moved_home(task: dict[str, Any], home: str, failed: int) -> None:
    require(
        task.get("DestinationArn", home) == home,
        "The messages were moved to another queue than the one from which they came.",
        "Leave DestinationArn out, or let it be the ARN of the queue of exercise 2.1.",
    )
    require(
        task["Status"] == "COMPLETED",
        f"The move is {task['Status']}.",
        "If it is RUNNING, check again in a moment. Otherwise look at its FailureReason.",
    )
    count = task["ApproximateNumberOfMessagesMoved"]
    require(
        count >= failed,
        f"{failed} orders failed on the bad day, but only {count} messages were moved.",
        "Call bad_day(returns_url) first: without dead letters there is nothing to move.",
    )


def _find(lab: Lab, name: str, made_in: str) -> tuple[str, dict[str, str]]:
    """The URL and the attributes of a queue that an exercise has made."""
    sqs = lab.client("sqs")
    wanted = lab.names.practice(name)
    found = unless_absent(sqs.get_queue_url, QueueName=wanted)
    if found is None:
        raise Mistake(f"There is no queue '{wanted}'.", f"Do exercise {made_in} first.")
    url = found["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def _count(attributes: dict[str, str]) -> int:
    return sum(int(attributes[name]) for name in COUNTS)


def _attributes(lab: Lab, queue_url: Any, name: str) -> dict[str, str]:
    is_url_of(lab, queue_url, lab.names.practice(name))
    answer = lab.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
    return answer["Attributes"]


def _fail(lab: Lab, queue_url: str, dead_letters_url: str) -> None:
    sqs = lab.client("sqs")
    body = f"check {secrets.token_hex(8)}"
    sqs.send_message(QueueUrl=queue_url, MessageBody=body)
    for _ in range(RECEIVES + 1):  # the one too many makes SQS move the message
        # Ten, since a message that a student has tried with may be there as well.
        sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    require(
        take(lab, dead_letters_url, lambda found: found == body) is not None,
        f"A test message failed {RECEIVES} times, but is not in the dead-letter queue.",
        "Is another message in the way? sqs.purge_queue empties a queue.",
    )
