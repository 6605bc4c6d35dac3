"""Mappings of queues: what AWS was recorded to do, done again on the local cloud."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.mappings.conftest import Aws
from tests.recordings.normalise import Comparison, load
from tests.waiting import until

RECORDINGS = load("sqs-event-source-mapping.json")

REPORTS = ["ReportBatchItemFailures"]


def error(call: Any, **parameters: Any) -> dict[str, Any]:
    """The answer of a call that is refused."""
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    return refused.value.response


def done(aws: Aws, queue_url: str) -> None:
    """Wait until a queue is empty: nothing visible and nothing in flight."""
    until(lambda: aws.counts(queue_url) == (0, 0))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A second mapping of one queue to one function is `ResourceConflictException` (409).",
    source="recorded: test_duplicate_event_source_mappings",
)
def test_duplicate_event_source_mappings(aws: Aws, recorded: Comparison) -> None:
    """One queue invokes one function through one mapping, and another function through another."""
    _, queue_arn = aws.queue()
    function = aws.function()
    recorded.assert_same("create", aws.mapping(queue_arn, function))
    create = aws.lambda_.create_event_source_mapping
    recorded.assert_same("error", error(create, EventSourceArn=queue_arn, FunctionName=function))
    aws.mapping(queue_arn, aws.function())


@pytest.mark.fidelity(
    "SQS to Lambda",
    "BatchSize is 10 by default; more needs a window, at creation and at an update.",
    source="recorded: test_event_source_mapping_default_batch_size",
)
def test_event_source_mapping_default_batch_size(aws: Aws, recorded: Comparison) -> None:
    """A batch has 10 messages; more need a window, at creation and afterwards."""
    function = aws.function()
    created = aws.mapping(aws.queue()[1], function)
    recorded.assert_same("create-event-source-mapping", created)
    update = aws.lambda_.update_event_source_mapping
    refused = error(update, UUID=created["UUID"], FunctionName=function, BatchSize=11)
    recorded.assert_same("invalid-update-event-source-mapping", refused)
    create = aws.lambda_.create_event_source_mapping
    refused = error(create, EventSourceArn=aws.queue()[1], FunctionName=function, BatchSize=11)
    recorded.assert_same("invalid-create-event-source-mapping", refused)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A mapping to a missing queue is refused with the error of ReceiveMessage.",
    source="recorded: test_esm_with_not_existing_sqs_queue",
)
def test_esm_with_not_existing_sqs_queue(aws: Aws, recorded: Comparison) -> None:
    """A mapping needs its queue."""
    refused = error(
        aws.lambda_.create_event_source_mapping,
        EventSourceArn=aws.queue()[1] + "-other",
        FunctionName=aws.function(),
    )
    recorded.assert_same("error", refused)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "The event has the recorded shape, and the message is deleted after success.",
    source="recorded: test_sqs_event_source_mapping",
)
def test_sqs_event_source_mapping(aws: Aws, recorded: Comparison) -> None:
    """A message invokes the function and is deleted."""
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    created = aws.mapping(queue_arn, function, MaximumBatchingWindowInSeconds=1)
    recorded.assert_same("create-event-source-mapping-response", created)
    aws.send(queue_url, {"foo": "bar"})
    recorded.assert_same("events", aws.events(function, 1))
    done(aws, queue_url)


@pytest.mark.parametrize("size", [15, 100])
@pytest.mark.fidelity(
    "SQS to Lambda",
    "A window gathers more messages than ten.",
    source="recorded: test_sqs_event_source_mapping_batch_size",
)
def test_sqs_event_source_mapping_batch_size(aws: Aws, size: int, recorded: Comparison) -> None:
    """A window gathers more messages than a receive could give."""
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    created = aws.mapping(queue_arn, function, MaximumBatchingWindowInSeconds=10, BatchSize=size)
    # The recording replaced this number, which differed between runs.
    wanted = recorded.recorded("create-event-source-mapping-response")
    created["MaximumBatchingWindowInSeconds"] = wanted["MaximumBatchingWindowInSeconds"]
    recorded.assert_same("create-event-source-mapping-response", created)
    for number, count in ((0, 10), (1, 5)):
        entries = [
            {"Id": f"{i}-{number}", "MessageBody": f"{i}-{number}-message-{i}"}
            for i in range(count)
        ]
        sent = aws.sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
        recorded.assert_same(f"send-message-batch-result-{count}", sent)
    if size > 15:
        aws.advance(10)
    [event] = aws.events(function, 1)
    records = sorted(event["Records"], key=lambda record: record["body"])
    recorded.assert_same("Records", records)
    done(aws, queue_url)


# The message that passes is recorded with the event; this is the one that must not.
OTHER_MESSAGES = {
    "single": {"my-key": "other-value"},
    "or": {"my-key": "other-value"},
    "and": {"my-key-one": "other-value-", "my-key-two": "my-value-two"},
    "exists": {"other-key": "any-value-two"},
    "numeric-bigger": {"my-number": 100},
    "numeric-smaller": {"my-number": 100},
    "numeric-range": {"my-number": 200},
    "prefix": {"my-key": "no-value"},
    "valid-json-filter": "plain-string",
    "single-filter": {"testItem": "test45"},
    "or-filter": {"testItem": "test46"},
    "and-filter": {"testItem": "test45", "test2": "not"},
    "exists-filter": {"testItem": "7411"},
    "numeric-prefix": {"test2": "us-2-48454"},
}


@pytest.mark.parametrize("scenario", OTHER_MESSAGES)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "A filter hands on what matches; what does not match is deleted.",
    source="recorded: test_sqs_event_filter",
)
def test_sqs_event_filter(aws: Aws, recorded: Comparison, scenario: str) -> None:
    """A filter hands on what matches and deletes the rest."""
    created = recorded.recorded("create_event_source_mapping_response")
    patterns = [
        {"Pattern": json.dumps(wanted["Pattern"])}
        for wanted in created["FilterCriteria"]["Filters"]
    ]
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    aws.send(queue_url, recorded.recorded("invocation_events")[0]["Records"][0]["body"])
    aws.send(queue_url, OTHER_MESSAGES[scenario])
    mapping = aws.mapping(
        queue_arn,
        function,
        MaximumBatchingWindowInSeconds=1,
        FilterCriteria={"Filters": patterns},
    )
    recorded.assert_same("create_event_source_mapping_response", mapping)
    aws.advance(1)
    recorded.assert_same("invocation_events", aws.events(function, 1))
    done(aws, queue_url)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A mapping can be moved to another version of its function.",
    source="recorded: test_sqs_event_source_mapping_update",
)
def test_sqs_event_source_mapping_update(aws: Aws, recorded: Comparison) -> None:
    """A mapping that is moved to another version of its function invokes that one."""
    queue_url, queue_arn = aws.queue()
    function = aws.function("versioned", CUSTOM_VAR="a")
    first = aws.lambda_.publish_version(FunctionName=function)["FunctionArn"]
    created = aws.mapping(queue_arn, first, MaximumBatchingWindowInSeconds=1)
    recorded.assert_same("create-event-source-mapping-response", created)
    aws.send(queue_url, {"foo": "bar"})
    aws.advance(1)
    recorded.assert_same("events", aws.events(function, 1))
    done(aws, queue_url)
    aws.lambda_.update_function_configuration(
        FunctionName=function, Environment={"Variables": {"CUSTOM_VAR": "b"}}
    )
    second = aws.lambda_.publish_version(FunctionName=function)["FunctionArn"]
    mapping = {"UUID": created["UUID"]}
    updated = aws.lambda_.update_event_source_mapping(FunctionName=second, **mapping)
    recorded.assert_same("updated_esm", updated)
    shown = aws.lambda_.get_event_source_mapping(**mapping)
    recorded.assert_same("updated_event_source_mapping", shown)
    aws.send(queue_url, {"foo": "bar2"})
    aws.advance(1)
    recorded.assert_same("events_postupdate", aws.events(function, 2))
    done(aws, queue_url)


@pytest.fixture
def target(aws: Aws, recorded: Comparison) -> str:
    """The URL of a queue that a function reports to, which GetQueueUrl gives as recorded."""
    name = aws.name("destination")
    url, _ = aws.queue(name)
    recorded.assert_same("get_destination_queue_url", aws.sqs.get_queue_url(QueueName=name))
    return url


def test_failing_lambda_retries_after_visibility_timeout(
    aws: Aws, target: str, recorded: Comparison
) -> None:
    """A failed message comes back when its visibility timeout ends, with a new handle."""
    queue_url, queue_arn = aws.queue(VisibilityTimeout="5")
    function = aws.function("fail_first_attempts", timeout=5)
    created = aws.mapping(queue_arn, function, BatchSize=1)
    shown = aws.lambda_.get_event_source_mapping(UUID=created["UUID"])
    recorded.assert_same("event_source_mapping", shown)
    aws.send(queue_url, {"destination": target, "fail_attempts": 1})
    recorded.assert_same("first_attempt", aws.receive(target))
    assert aws.counts(queue_url) == (0, 1)
    aws.advance(5)
    recorded.assert_same("second_attempt", aws.receive(target))
    done(aws, queue_url)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "Message attributes and `md5OfMessageAttributes` reach the function.",
    source="recorded: test_message_body_and_attributes_passed_correctly",
)
def test_message_body_and_attributes_passed_correctly(
    aws: Aws, target: str, recorded: Comparison
) -> None:
    """The event has the message's attributes and their checksum."""
    queue_url, queue_arn = aws.queue()
    aws.mapping(queue_arn, aws.function("fail_first_attempts"), BatchSize=1)
    aws.send(
        queue_url,
        {"destination": target, "fail_attempts": 0},
        MessageAttributes={
            "Title": {"DataType": "String", "StringValue": "The Whistler"},
            "Author": {"DataType": "String", "StringValue": "John Grisham"},
            "WeeksOn": {"DataType": "Number", "StringValue": "6"},
        },
    )
    recorded.assert_same("first_attempt", aws.receive(target))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A message that fails as often as allowed goes to the queue's dead-letter queue.",
    source="recorded: test_redrive_policy_with_failing_lambda",
)
def test_redrive_policy_with_failing_lambda(aws: Aws, target: str, recorded: Comparison) -> None:
    """A message that fails as often as the redrive policy allows goes to the dead-letter queue."""
    dead_url, dead_arn = aws.queue()
    queue_url, queue_arn = aws.queue(VisibilityTimeout="5", dead_letters=dead_arn, receives="2")
    aws.mapping(queue_arn, aws.function("fail_first_attempts", timeout=5), BatchSize=1)
    aws.send(queue_url, {"destination": target, "fail_attempts": 2})
    recorded.assert_same("first_attempt", aws.receive(target))
    aws.advance(5)
    recorded.assert_same("second_attempt", aws.receive(target))
    assert aws.counts(dead_url) == (0, 0)
    aws.advance(5)
    recorded.assert_same("dlq_response", aws.receive(dead_url))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "Messages named in `batchItemFailures` come back, the others are deleted; FIFO order is kept.",
    source="recorded: test_report_batch_item_failures",
)
def test_report_batch_item_failures(aws: Aws, target: str, recorded: Comparison) -> None:
    """Messages that a response names come back, the others are deleted; FIFO keeps their order."""
    function = aws.function("report_first_attempts", timeout=8, DESTINATION=target)
    dead_url, dead_arn = aws.queue(aws.name("dead") + ".fifo", FifoQueue="true")
    queue_url, queue_arn = aws.queue(
        aws.name("source") + ".fifo",
        FifoQueue="true",
        VisibilityTimeout="8",
        dead_letters=dead_arn,
        receives="2",
    )
    entries = [
        {
            "Id": f"message-{number}",
            "MessageBody": json.dumps({"message": number, "fail_attempts": attempts}),
            "MessageGroupId": "1",
            "MessageDeduplicationId": f"dedup-{number}",
        }
        for number, attempts in ((1, 0), (2, 1), (3, 1), (4, 2))
    ]
    sent = aws.sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
    recorded.assert_same("send_message_batch", sent)
    created = aws.mapping(
        queue_arn,
        function,
        BatchSize=10,
        MaximumBatchingWindowInSeconds=0,
        FunctionResponseTypes=REPORTS,
    )
    recorded.assert_same("create_event_source_mapping", created)
    recorded.assert_same("first_invocation", aws.receive(target))
    until(lambda: aws.counts(queue_url) == (0, 3))
    aws.advance(8)
    recorded.assert_same("second_invocation", aws.receive(target))
    until(lambda: aws.counts(queue_url) == (0, 1))
    aws.advance(8)
    recorded.assert_same("dlq_response", aws.receive(dead_url))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "With ReportBatchItemFailures an exception still fails the whole batch.",
    source="recorded: test_report_batch_item_failures_on_lambda_error",
)
def test_report_batch_item_failures_on_lambda_error(aws: Aws, recorded: Comparison) -> None:
    """An exception fails every message of its batch."""
    dead_url, dead_arn = aws.queue()
    queue_url, queue_arn = aws.queue(VisibilityTimeout="3", dead_letters=dead_arn, receives="2")
    function = aws.function(ANSWER="raise")
    for body in ("{not a json body", {"message": 2, "fail_attempts": 0}):
        aws.send(queue_url, body)
    aws.mapping(queue_arn, function, FunctionResponseTypes=REPORTS)
    for attempt in (1, 2):
        aws.events(function, attempt)
        aws.advance(3)
    until(lambda: aws.counts(dead_url) == (2, 0))
    dead = aws.receive(dead_url, MaxNumberOfMessages=10)["Messages"]
    dead.sort(key=lambda message: message["Body"], reverse=True)
    recorded.assert_same("dlq_messages", dead)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A misnamed `itemIdentifier` fails the whole batch.",
    source="recorded: test_report_batch_item_failures_invalid_result_json_batch_fails",
)
def test_report_batch_item_failures_invalid_result_json_batch_fails(
    aws: Aws, target: str, recorded: Comparison
) -> None:
    """A misnamed identifier fails the whole batch."""
    result = json.dumps({"batchItemFailures": [{"foo": "notvalid"}]})
    function = aws.function("report_first_attempts", DESTINATION=target, ANSWER=result)
    dead_url, dead_arn = aws.queue()
    queue_url, queue_arn = aws.queue(VisibilityTimeout="4", dead_letters=dead_arn, receives="2")
    aws.mapping(queue_arn, function, FunctionResponseTypes=REPORTS)
    aws.send(queue_url, {"message": 1, "fail_attempts": 0})
    recorded.assert_same("first_invocation", aws.receive(target))
    aws.advance(4)
    recorded.assert_same("second_invocation", aws.receive(target))
    aws.advance(4)
    recorded.assert_same("dlq_response", aws.receive(dead_url))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "An empty object is a success.",
    source="recorded: test_report_batch_item_failures_empty_json_batch_succeeds",
)
def test_report_batch_item_failures_empty_json_batch_succeeds(
    aws: Aws, target: str, recorded: Comparison
) -> None:
    """An empty object is a success."""
    function = aws.function("report_first_attempts", DESTINATION=target, ANSWER="{}")
    queue_url, queue_arn = aws.queue()
    aws.mapping(queue_arn, function, FunctionResponseTypes=REPORTS)
    aws.send(queue_url, {"message": 1, "fail_attempts": 0})
    recorded.assert_same("first_invocation", aws.receive(target))
    done(aws, queue_url)


@pytest.mark.fidelity(
    "Lambda",
    "The function's own dead-letter queue gets events that failed for good.",
    source="recorded: test_sqs_queue_as_lambda_dead_letter_queue",
)
def test_sqs_queue_as_lambda_dead_letter_queue(aws: Aws, recorded: Comparison) -> None:
    """An event that its function refuses for good goes to the function's own dead-letter queue."""
    dead_url, dead_arn = aws.queue()
    dead_letters = {"DeadLetterConfig": {"TargetArn": dead_arn}}
    function = aws.function("fail_on_request", configuration=dead_letters)
    shown = aws.lambda_.get_function_configuration(FunctionName=function)
    recorded.assert_same("lambda-response-dlq-config", shown["DeadLetterConfig"])
    aws.lambda_.put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=0)
    aws.lambda_.invoke(
        FunctionName=function, Payload=json.dumps({"raise_error": 1}), InvocationType="Event"
    )
    recorded.assert_same("messages", aws.receive(dead_url, MessageAttributeNames=["All"]))
