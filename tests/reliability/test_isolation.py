"""Whoever hangs holds up only itself: functions, mappings and subscribers, all at the same time.

Measured by the order of events, not by time: the healthy ones have done all their work while the
clock stands still and the hung ones still hang.
"""

from __future__ import annotations

import json

import pytest

from tests.cloud.mappings.conftest import Aws
from tests.waiting import until

HANGING = 3600.0  # seconds of the lab's clock, which nobody turns meanwhile
MESSAGES = 30


def subscribed(aws: Aws, topic: str, name: str) -> None:
    """Subscribe a webhook of this name and confirm it."""
    url = f"{aws.endpoint_url}/_lab/webhook/{name}"
    aws.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
    [asked] = aws.events(name, 1)
    aws.sns.confirm_subscription(TopicArn=topic, Token=asked["Token"])


@pytest.mark.fidelity(
    "The local cloud",
    "A hung function or subscriber holds up only itself.",
    source="Lambda guide: invocation-eventsourcemapping",
)
def test_whoever_hangs_holds_up_only_itself(aws: Aws) -> None:
    """Two mappings and a subscriber hang; two mappings and a subscriber beside them work on."""
    hung_queue, hung_queue_arn = aws.queue(VisibilityTimeout="7200")
    queue, queue_arn = aws.queue()
    hung_table, hung_stream = aws.stream()
    table, stream = aws.stream()
    topic = aws.sns.create_topic(Name=aws.name("topic"))["TopicArn"]
    stuck, stuck_at_stream = aws.function(timeout=900), aws.function(timeout=900)
    quick, quick_at_stream = aws.function(), aws.function()
    stuck_subscriber, quick_subscriber = aws.name("stuck"), aws.name("quick")
    subscribed(aws, topic, stuck_subscriber)
    subscribed(aws, topic, quick_subscriber)
    for name in (stuck, stuck_at_stream, stuck_subscriber):
        aws.answer(name, delay=HANGING)
    one = {"BatchSize": 1}
    aws.mapping(hung_queue_arn, stuck, **one)
    aws.mapping(queue_arn, quick, **one)
    aws.mapping(hung_stream, stuck_at_stream, StartingPosition="TRIM_HORIZON", **one)
    aws.mapping(stream, quick_at_stream, StartingPosition="TRIM_HORIZON", **one)

    aws.send(hung_queue, "hangs")
    aws.dynamodb.put_item(TableName=hung_table, Item={"id": {"S": "hangs"}})
    aws.sns.publish(TopicArn=topic, Message="hangs")
    aws.events(stuck, 1)
    aws.events(stuck_at_stream, 1)
    aws.events(stuck_subscriber, 2)  # the confirmation came first

    for number in range(MESSAGES):
        aws.send(queue, str(number))
        aws.dynamodb.put_item(TableName=table, Item={"id": {"S": str(number)}})
        aws.sns.publish(TopicArn=topic, Message=str(number))
    bodies = [event["Records"][0]["body"] for event in aws.events(quick, MESSAGES)]
    keys = [
        event["Records"][0]["dynamodb"]["Keys"]["id"]["S"]
        for event in aws.events(quick_at_stream, MESSAGES)
    ]
    told = [post["Message"] for post in aws.events(quick_subscriber, MESSAGES + 2)[1:]]
    expected = [str(number) for number in range(MESSAGES)]
    assert sorted(bodies) == sorted(expected)
    assert keys == expected
    assert sorted(told) == sorted(["hangs", *expected])
    assert aws.counts(hung_queue) == (0, 1), "its function still works on the message"
    assert len(aws.events(stuck_at_stream, 1)) == 1, "and the other on its record"

    for name in (stuck, stuck_at_stream, stuck_subscriber):
        aws.answer(name, delay=0)
    aws.advance(HANGING)
    until(lambda: aws.counts(hung_queue) == (0, 0))

    def late() -> list[str]:
        posts = aws.page("GET", f"/_lab/webhook/{stuck_subscriber}?wait=10")[1:]
        return [json.loads(post["body"])["Message"] for post in posts if post["answered"] == 200]

    until(lambda: len(late()) > MESSAGES)
    assert sorted({*late()}) == sorted(["hangs", *expected]), "in the end the hung one has them all"
