"""Partial batch responses of queues, and what times the comeback of what failed, over HTTP."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from tests.cloud.mappings.conftest import Aws
from tests.waiting import until

NOTHING, ONE, BOTH = 0, 1, 2
# What a function answers to a batch of two messages, and how many of them come back. FIRST stands
# for the id of the first one. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
READINGS = {
    "an empty list": ({"batchItemFailures": []}, NOTHING),
    "a null list": ({"batchItemFailures": None}, NOTHING),
    "an empty response": ({}, NOTHING),
    "a null response": (None, NOTHING),
    "no JSON object": ("batchItemFailures", BOTH),
    "an empty identifier": ({"batchItemFailures": [{"itemIdentifier": ""}]}, BOTH),
    "a null identifier": ({"batchItemFailures": [{"itemIdentifier": None}]}, BOTH),
    "a misnamed identifier": ({"batchItemFailures": [{"foo": "FIRST"}]}, BOTH),
    "an id of no message": ({"batchItemFailures": [{"itemIdentifier": "other"}]}, BOTH),
    "an exception": ("raise", BOTH),
    "an id of the batch": ({"batchItemFailures": [{"itemIdentifier": "FIRST"}]}, ONE),
}


def bodies(event: Any) -> list[str]:
    """The bodies of an event's messages."""
    return [record["body"] for record in event["Records"]]


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "Each of the eleven readings of an answer deletes what AWS deletes and gives back the rest.",
    source="Lambda guide: services-sqs-errorhandling",
)
def test_an_answer_decides_what_comes_back(aws: Aws, reading: str) -> None:
    """What failed is hidden until its visibility timeout ends, and then comes again, alone."""
    answer, failed = READINGS[reading]
    queue_url, queue_arn = aws.queue(VisibilityTimeout="20")
    text = answer if answer == "raise" else json.dumps(answer)
    function = aws.function("answer", ANSWER=text)
    for body in ("a", "b"):
        aws.send(queue_url, body)
    aws.mapping(queue_arn, function, FunctionResponseTypes=["ReportBatchItemFailures"])
    [event] = aws.events(function, 1)
    assert bodies(event) == ["a", "b"]
    until(lambda: aws.counts(queue_url) == (0, failed))
    aws.advance(20)
    seen = aws.events(function, 2 if failed else 1)
    assert [bodies(each) for each in seen[1:]] == ([["a", "b"][:failed]] if failed else [])


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A batch that fails after a window comes back window + function timeout + 30 s after it was "
    "received.",
    source="Lambda guide: services-sqs-configure",
)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "The window of a queue's mapping ends on the second.",
    source="Lambda guide: with-sqs",
    differs="AWS may wait for up to 20 s when there is little to do, whatever the window; a lesson "
    "does not.",
)
def test_a_window_prolongs_the_visibility_timeout(aws: Aws) -> None:
    """With a window of 60 s and a timeout of 5 s: 95 s, whatever the queue says."""
    queue_url, queue_arn = aws.queue(VisibilityTimeout="30")
    function = aws.function(ANSWER="raise", timeout=5)
    aws.mapping(queue_arn, function, MaximumBatchingWindowInSeconds=60)
    aws.send(queue_url, "patience")
    until(lambda: aws.counts(queue_url) == (0, 1))
    aws.advance(55)
    assert aws.counts(queue_url) == (0, 1), "the queue's own timeout is over"
    aws.advance(5)
    aws.events(function, 1)
    aws.advance(33)
    assert aws.counts(queue_url) == (0, 1)
    aws.advance(2)
    until(lambda: aws.counts(queue_url) == (0, 1))
    aws.advance(60)
    [record] = aws.events(function, 2)[1]["Records"]
    assert record["attributes"]["ApproximateReceiveCount"] == "2"


@pytest.mark.fidelity(
    "SQS to Lambda",
    "When the visibility timeout ends, Lambda drops a batch that is still throttled.",
    source="Lambda guide: services-sqs-errorhandling",
)
def test_a_throttled_batch_is_dropped_when_its_time_is_up(aws: Aws) -> None:
    """The queue keeps the message and counts the next receive."""
    queue_url, queue_arn = aws.queue(VisibilityTimeout="30")
    function = aws.function()
    aws.limit(function, 0)
    aws.mapping(queue_arn, function)
    aws.send(queue_url, "patience")
    until(lambda: aws.counts(queue_url) == (0, 1))
    for _ in range(3):
        aws.advance(15)
    aws.limit(function, 1)
    [event] = aws.events(function, 1, advancing=15)
    assert int(event["Records"][0]["attributes"]["ApproximateReceiveCount"]) >= 2
    until(lambda: aws.counts(queue_url) == (0, 0))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A message of a FIFO group that fails holds back the rest of its group, and no other group.",
    source="Lambda guide: with-sqs",
)
def test_a_failed_message_holds_back_its_group_alone(aws: Aws) -> None:
    """Through a mapping as well, and a duplicate reaches no function."""
    queue_url, queue_arn = aws.fifo_queue(VisibilityTimeout="20")
    function = aws.function("refuse_once")
    aws.mapping(queue_arn, function, BatchSize=1)
    for body in ("a1 refused", "b1", "a2", "a2", "b2"):
        aws.send(queue_url, body, MessageGroupId=body[0])
    until(lambda: aws.counts(queue_url)[1] == 1 and len(aws.events(function, 3)) == 3)
    seen = [bodies(event)[0] for event in aws.events(function, 3)]
    assert sorted(seen) == ["a1 refused", "b1", "b2"]
    aws.advance(20)
    until(lambda: aws.counts(queue_url) == (0, 0))
    seen = list(itertools.chain(*map(bodies, aws.events(function, 5))))
    assert [body for body in seen if body[0] == "a"] == ["a1 refused", "a1 refused", "a2"]


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A batch of 10,000 messages closes when it is full, before its window ends.",
    source="Lambda API: CreateEventSourceMapping",
)
def test_a_full_batch_of_thousands_does_not_wait_for_its_window(aws: Aws) -> None:
    """10,001 messages: one batch, as many events of 6 MB as it takes, and one message left."""
    queue_url, queue_arn = aws.queue()
    function = aws.function(timeout=20)
    mapping = aws.mapping(
        queue_arn, function, BatchSize=10_000, MaximumBatchingWindowInSeconds=300, Enabled=False
    )
    for start in range(0, 10_000, 10):
        entries = [{"Id": str(i), "MessageBody": str(start + i)} for i in range(10)]
        aws.sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
    aws.send(queue_url, "10000")
    aws.lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    until(lambda: aws.counts(queue_url) == (0, 1))
    seen = sorted(int(body) for event in aws.events(function, 1) for body in bodies(event))
    assert seen == list(range(10_000))
    aws.advance(300)
    until(lambda: aws.counts(queue_url) == (0, 0))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "Of a FIFO batch that is too large for one event, nothing follows a part that failed.",
    source="Lambda guide: with-sqs",
)
def test_a_large_fifo_batch_ends_where_it_fails(aws: Aws) -> None:
    """Seven messages of 1 MB are two events; the second waits until the first has succeeded."""
    queue_url, queue_arn = aws.fifo_queue(VisibilityTimeout="20")
    function = aws.function("refuse_once", timeout=20)
    for letter in "abcdefg":
        text = "refused" if letter == "a" else ""
        aws.send(queue_url, f"{letter} {text}{letter * 1_000_000}", MessageGroupId="shop")
    aws.mapping(queue_arn, function)
    until(lambda: aws.logged(function, "refused as told"))
    aws.events(function, 1)
    aws.advance(20)
    until(lambda: aws.counts(queue_url) == (0, 0))
    seen = ["".join(body[0] for body in bodies(event)) for event in aws.events(function, 3)]
    assert seen == ["abcdef", "abcdef", "g"]
