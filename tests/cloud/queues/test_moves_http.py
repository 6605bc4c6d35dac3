"""Dead-letter queues and their move tasks through boto3, against a running local cloud."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError


def new_queue(sqs: Any, **attributes: str) -> tuple[str, str]:
    """The URL and ARN of a new queue."""
    url = sqs.create_queue(QueueName=f"orders-{uuid4()}", Attributes=attributes)["QueueUrl"]
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, shown["Attributes"]["QueueArn"]


def redrive(dead_arn: str) -> str:
    """A redrive policy that gives a message up after one receive."""
    return json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})


@pytest.fixture
def dead(sqs: Any) -> tuple[str, str]:
    """A dead-letter queue that holds three dead letters: its URL and ARN."""
    dead_url, dead_arn = new_queue(sqs)
    url, _ = new_queue(sqs, VisibilityTimeout="0", RedrivePolicy=redrive(dead_arn))
    for body in ("a", "b", "c"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    for _ in range(2):
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return dead_url, dead_arn


def waiting(sqs: Any, url: str) -> str:
    """How many messages a queue has to give."""
    name = "ApproximateNumberOfMessages"
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]


@pytest.mark.fidelity(
    "SQS",
    "A running move task is cancelled, and what it has not moved stays.",
    source="SQS API: CancelMessageMoveTask",
)
@pytest.mark.fidelity(
    "SQS",
    "A move task that is cancelled is CANCELLED at once, and never CANCELLING.",
    source="SQS API: ListMessageMoveTasks",
    differs="AWS takes a while to stop one; here nothing is under way between two messages.",
)
def test_a_move_task_is_cancelled(sqs: Any, dead: tuple[str, str]) -> None:
    """The answer says how many messages have moved; the task is listed as CANCELLED."""
    url, arn = dead
    to_url, to_arn = new_queue(sqs)
    handle = sqs.start_message_move_task(
        SourceArn=arn, DestinationArn=to_arn, MaxNumberOfMessagesPerSecond=1
    )["TaskHandle"]
    assert sqs.receive_message(QueueUrl=to_url, WaitTimeSeconds=20)["Messages"]
    (task,) = sqs.list_message_move_tasks(SourceArn=arn)["Results"]
    assert (task["Status"], task["TaskHandle"]) == ("RUNNING", handle)
    assert task["MaxNumberOfMessagesPerSecond"] == 1
    moved = sqs.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"]
    assert moved >= 1
    (task,) = sqs.list_message_move_tasks(SourceArn=arn)["Results"]
    assert task["Status"] == "CANCELLED"
    assert task["ApproximateNumberOfMessagesMoved"] == moved
    assert task["ApproximateNumberOfMessagesToMove"] == 3
    assert "TaskHandle" not in task
    assert waiting(sqs, url) == str(3 - moved)
    with pytest.raises(ClientError, match="Task does not exist"):
        sqs.cancel_message_move_task(TaskHandle=handle)


@pytest.mark.fidelity(
    "SQS",
    "A move task without a rate is COMPLETED when it has been started.",
    source="SQS API: StartMessageMoveTask",
    differs="AWS chooses a rate by the size of the backlog; a lab's backlog is moved at once.",
)
def test_without_a_rate_all_is_moved_at_once(sqs: Any, dead: tuple[str, str]) -> None:
    """The first look at it sees its end."""
    url, arn = dead
    sqs.start_message_move_task(SourceArn=arn)
    (task,) = sqs.list_message_move_tasks(SourceArn=arn)["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 3)
    assert waiting(sqs, url) == "0"


@pytest.mark.parametrize("rate", [0, 501, -1])
@pytest.mark.fidelity(
    "SQS",
    "A move task moves 1 to 500 messages a second.",
    source="SQS API: StartMessageMoveTask",
)
def test_a_rate_out_of_range_is_refused(sqs: Any, dead: tuple[str, str], rate: int) -> None:
    """And nothing is moved; 500 is taken."""
    url, arn = dead
    with pytest.raises(ClientError, match="MaxNumberOfMessagesPerSecond") as refused:
        sqs.start_message_move_task(SourceArn=arn, MaxNumberOfMessagesPerSecond=rate)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValue"
    assert sqs.list_message_move_tasks(SourceArn=arn)["Results"] == []
    assert waiting(sqs, url) == "3"
    sqs.start_message_move_task(SourceArn=arn, MaxNumberOfMessagesPerSecond=500)


def test_a_dead_letter_queue_is_not_its_own_destination(sqs: Any, dead: tuple[str, str]) -> None:
    """Its messages would be moved for nothing, with new ids."""
    url, arn = dead
    with pytest.raises(ClientError, match="cannot be the dead-letter queue itself") as refused:
        sqs.start_message_move_task(SourceArn=arn, DestinationArn=arn)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValue"
    assert waiting(sqs, url) == "3"


@pytest.mark.fidelity(
    "SQS",
    "ListMessageMoveTasks gives the latest task, or up to ten.",
    source="SQS API: ListMessageMoveTasks",
)
def test_the_latest_tasks_are_listed(sqs: Any, dead: tuple[str, str]) -> None:
    """The newest first; of twelve the last ten are remembered."""
    _, arn = dead
    for _ in range(12):
        sqs.start_message_move_task(SourceArn=arn)
    assert len(sqs.list_message_move_tasks(SourceArn=arn)["Results"]) == 1
    tasks = sqs.list_message_move_tasks(SourceArn=arn, MaxResults=10)["Results"]
    assert len(tasks) == 10
    started = [task["StartedTimestamp"] for task in tasks]
    assert started == sorted(started, reverse=True)
    for count in (0, 11):
        with pytest.raises(ClientError, match="MaxResults"):
            sqs.list_message_move_tasks(SourceArn=arn, MaxResults=count)


@pytest.mark.fidelity(
    "SQS",
    "ListDeadLetterSourceQueues and ListQueues come in pages when MaxResults asks for it.",
    source="SQS API: ListDeadLetterSourceQueues",
)
def test_the_sources_of_a_dead_letter_queue_come_in_pages(sqs: Any) -> None:
    """Each source once, two on a page."""
    dead_url, dead_arn = new_queue(sqs)
    sources = {new_queue(sqs, RedrivePolicy=redrive(dead_arn))[0] for _ in range(5)}
    whole = sqs.list_dead_letter_source_queues(QueueUrl=dead_url)
    assert {*whole["queueUrls"]} == sources
    assert "NextToken" not in whole
    paginator = sqs.get_paginator("list_dead_letter_source_queues")
    pages = paginator.paginate(QueueUrl=dead_url, PaginationConfig={"PageSize": 2})
    listed = [page["queueUrls"] for page in pages]
    assert [len(page) for page in listed] == [2, 2, 1]
    assert {url for page in listed for url in page} == sources
    first = sqs.list_queues(QueueNamePrefix="orders-", MaxResults=2)
    assert len(first["QueueUrls"]) == 2
    again = sqs.list_queues(QueueNamePrefix="orders-", MaxResults=2, NextToken=first["NextToken"])
    assert not {*first["QueueUrls"]} & {*again["QueueUrls"]}
    for count in (0, 1001):
        with pytest.raises(ClientError, match="MaxResults"):
            sqs.list_dead_letter_source_queues(QueueUrl=dead_url, MaxResults=count)


@pytest.mark.parametrize(
    "arn", ["arn:aws:sqs:eu-west-1:123456789012:{}", "arn:aws:sqs:us-east-1:210987654321:{}"]
)
@pytest.mark.fidelity(
    "SQS",
    "A dead-letter queue is of the same account and region as its source.",
    source="SQS guide: sqs-dead-letter-queues",
)
def test_a_dead_letter_queue_is_no_strangers(
    client: Callable[..., Any], sqs: Any, arn: str
) -> None:
    """Although a queue of that name is there, in another region too."""
    name = f"dead-{uuid4()}"
    for region in ("us-east-1", "eu-west-1"):
        client("sqs", region_name=region).create_queue(QueueName=name)
    url, _ = new_queue(sqs)
    with pytest.raises(ClientError, match="Dead letter target does not exist"):
        sqs.set_queue_attributes(
            QueueUrl=url, Attributes={"RedrivePolicy": redrive(arn.format(name))}
        )
