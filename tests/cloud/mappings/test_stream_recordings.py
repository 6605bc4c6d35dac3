"""Mappings of DynamoDB streams: what AWS was recorded to do, done again on the local cloud."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.mappings.conftest import Aws
from tests.permissions import let_send
from tests.recordings.normalise import Comparison, load
from tests.waiting import until

RECORDINGS = load("dynamodb-stream-event-source-mapping.json")

REPORTS = ["ReportBatchItemFailures"]
KEY = "my_partition_key"
ITEM = {KEY: {"S": "hello world"}, "binary_key": {"B": b"foobar"}}
#: Most of the recorded mappings.
TRIED_TWICE = {
    "StartingPosition": "TRIM_HORIZON",
    "MaximumBatchingWindowInSeconds": 1,
    "MaximumRetryAttempts": 1,
}
TRIED_FOUR_TIMES = {**TRIED_TWICE, "MaximumRetryAttempts": 3}
#: Longer than the wait between any two attempts.
PATIENCE = 60


def succeeded(aws: Aws, mapping: dict[str, Any]) -> None:
    """Wait until a mapping's last batch has been processed."""
    until(lambda: aws.result(mapping["UUID"]) == "OK")


def table_of(
    aws: Aws,
    recorded: Comparison,
    *,
    created: str,
    updated: str | None = None,
    key: str = KEY,
    view: str = "NEW_IMAGE",
) -> tuple[str, str]:
    """The name of a table whose stream is enabled afterwards, and the stream's ARN."""
    table, answer = aws.table(key, view=None)
    same_table(recorded, created, answer)
    answer = aws.enable_stream(table, view)
    if updated is not None:
        same_table(recorded, updated, answer)
    return table, answer["TableDescription"]["LatestStreamArn"]


def same_table(recorded: Comparison, name: str, answer: dict[str, Any]) -> None:
    """Compare a table; older recordings know no warm throughput."""
    if "WarmThroughput" not in recorded.recorded(name)["TableDescription"]:
        answer["TableDescription"].pop("WarmThroughput", None)
    recorded.assert_same(name, answer)


def put(aws: Aws, table: str, *items: dict[str, Any]) -> None:
    """Put items one after the other."""
    for item in items:
        aws.dynamodb.put_item(TableName=table, Item=item)


@pytest.mark.fidelity(
    "Streams to Lambda",
    "The mapping and its event have the recorded shapes.",
    source="recorded: test_dynamodb_event_source_mapping",
)
def test_dynamodb_event_source_mapping(aws: Aws, recorded: Comparison) -> None:
    """A new item invokes the function with a stream record."""
    function = aws.function()
    table, stream = table_of(aws, recorded, created="create-table-result")
    mapping = aws.mapping(
        stream,
        function,
        BatchSize=1,
        **TRIED_TWICE,
    )
    recorded.assert_same("create_event_source_mapping_response", mapping)
    put(aws, table, ITEM)
    events = aws.events(function, 1)
    recorded.assert_same("event_logs", events)
    created = events[0]["Records"][0]["dynamodb"]["ApproximateCreationDateTime"]
    assert isinstance(created, float)  # as the recorded test asserts
    assert created.is_integer() and 1e9 < created < 1e10


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A second mapping of one stream to one function is a 409 in words of its own.",
    source="recorded: dynamodb-stream-event-source-mapping/test_duplicate_event_source_mappings",
)
def test_duplicate_event_source_mappings(aws: Aws, recorded: Comparison) -> None:
    """One stream invokes one function through one mapping, and another function through another."""
    _, stream = table_of(aws, recorded, created="create-table-result")
    function = aws.function()
    recorded.assert_same("create", aws.mapping(stream, function, **TRIED_TWICE))
    with pytest.raises(ClientError) as refused:
        aws.mapping(stream, function, **TRIED_TWICE)
    recorded.assert_same("error", refused.value.response)
    aws.mapping(stream, aws.function(), **TRIED_TWICE)


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A mapping to a missing stream is `Stream not found`.",
    source="recorded: test_esm_with_not_existing_dynamodb_stream",
)
def test_esm_with_not_existing_dynamodb_stream(aws: Aws, recorded: Comparison) -> None:
    """A mapping needs its stream."""
    arn = "arn:aws:dynamodb:us-east-1:123456789012:"
    arn += recorded.recorded("error")["message"].partition("111111111111:")[2]
    arn = arn.replace("dynamodb:table", "dynamodb:us-east-1:123456789012:table")
    with pytest.raises(ClientError) as refused:
        aws.mapping(arn, aws.function(), StartingPosition="LATEST")
    recorded.assert_same("error", refused.value.response)


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A disabled mapping invokes nothing until it is enabled.",
    source="recorded: test_disabled_dynamodb_event_source_mapping",
)
def test_disabled_dynamodb_event_source_mapping(aws: Aws, recorded: Comparison) -> None:
    """A disabled mapping invokes nothing, and goes on from where it was when it is enabled."""
    function = aws.function()
    table, created = aws.table()
    same_table(recorded, "dynamodb_create_table_result", created)
    mapping = aws.mapping(
        created["TableDescription"]["LatestStreamArn"],
        function,
        StartingPosition="TRIM_HORIZON",
        MaximumBatchingWindowInSeconds=1,
    )
    recorded.assert_same("create_event_source_mapping_result", mapping)
    put(aws, table, {"id": {"S": "one"}, "data": {"S": "data1"}})
    aws.events(function, 1)
    succeeded(aws, mapping)
    update = aws.lambda_.update_event_source_mapping
    disabled = update(UUID=mapping["UUID"], Enabled=False)
    recorded.assert_same("update_event_source_mapping_result", disabled)
    assert aws.state(mapping["UUID"]) == "Disabled"
    put(aws, table, {"id": {"S": "two"}, "data": {"S": "data2"}})
    aws.advance(PATIENCE)
    assert len(aws.events(function, 1)) == 1
    assert update(UUID=mapping["UUID"], Enabled=True)["State"] == "Enabling"
    aws.advance(1)
    [record] = aws.events(function, 2)[1]["Records"]
    assert record["dynamodb"]["Keys"] == {"id": {"S": "two"}}


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A mapping stays when its table is deleted.",
    source="recorded: test_deletion_event_source_mapping_with_dynamodb",
)
def test_deletion_event_source_mapping_with_dynamodb(aws: Aws, recorded: Comparison) -> None:
    """A mapping stays when its table is deleted."""
    table, created = aws.table()
    same_table(recorded, "create_dynamodb_table_response", created)
    stream = created["TableDescription"]["LatestStreamArn"]
    mapping = aws.mapping(stream, aws.function(), StartingPosition="TRIM_HORIZON")
    recorded.assert_same("create_event_source_mapping_result", mapping)
    listed = aws.lambda_.list_event_source_mappings(EventSourceArn=stream)
    recorded.assert_same("list_event_source_mapping_result", listed)
    aws.dynamodb.delete_table(TableName=table)
    until(lambda: aws.result(mapping["UUID"]) == "PROBLEM: The event source does not exist")
    [mapping] = aws.lambda_.list_event_source_mappings(EventSourceArn=stream)["EventSourceMappings"]
    assert mapping["State"] == "Enabled"


@pytest.mark.fidelity(
    "Streams to Lambda",
    "The on-failure record reaches a queue or topic with the recorded fields.",
    source="recorded: test_dynamodb_event_source_mapping_with_on_failure_destination_config",
)
def test_dynamodb_event_source_mapping_with_on_failure_destination_config(
    aws: Aws, recorded: Comparison
) -> None:
    """A batch that fails as often as it may is reported to a queue."""
    queue_url, queue_arn = aws.queue()
    give_up(aws, recorded, destination=queue_arn)
    recorded.assert_same("destination_queue_messages", aws.receive(queue_url))


def test_dynamodb_event_source_mapping_with_sns_on_failure_destination_config(
    aws: Aws, recorded: Comparison
) -> None:
    """Or to a topic."""
    queue_url, queue_arn = aws.queue()
    let_send(aws.sqs, queue_url)
    topic = aws.sns.create_topic(Name=aws.name("topic"))["TopicArn"]
    aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    give_up(aws, recorded, destination=topic)
    [message] = aws.receive(queue_url)["Messages"]
    recorded.assert_same("failure_sns_message", json.loads(message["Body"]))


def give_up(aws: Aws, recorded: Comparison, *, destination: str) -> None:
    """Put an item that its function refuses as often as it may."""
    table, stream = table_of(
        aws, recorded, created="create_table_response", updated="update_table_response"
    )
    function = aws.function(ANSWER="raise")
    mapping = aws.mapping(
        stream,
        function,
        BatchSize=1,
        **TRIED_TWICE,
        DestinationConfig={"OnFailure": {"Destination": destination}},
    )
    recorded.assert_same("create_event_source_mapping_response", mapping)
    put(aws, table, {KEY: {"S": "hello world"}})
    aws.events(function, 2, advancing=PATIENCE)


@pytest.mark.fidelity(
    "Streams to Lambda",
    "The lowest failed sequence number is the checkpoint; a poison record is given up alone.",
    source="recorded: test_dynamodb_report_batch_item_failures",
)
def test_dynamodb_report_batch_item_failures(aws: Aws, recorded: Comparison) -> None:
    """A poison record is given up after its retries, alone; the others are processed once."""
    queue_url, events = refuse_one(aws, recorded)
    records = [record for event in events for record in event["Records"]]
    records.sort(key=lambda record: record["dynamodb"]["Keys"][KEY]["S"])
    recorded.assert_same("destination_queue_messages", aws.receive(queue_url))
    recorded.assert_same("dynamodb_records", {"Records": records})


def test_dynamodb_report_batch_item_failures_with_on_failure_destination_config(
    aws: Aws, recorded: Comparison
) -> None:
    """As AWS told of it before mappings had an ARN."""
    queue_url, _ = refuse_one(aws, recorded)
    recorded.assert_same("destination_queue_messages", aws.receive(queue_url))


def refuse_one(aws: Aws, recorded: Comparison) -> tuple[str, list[dict[str, Any]]]:
    """Put six items, one of which is refused; the URL of the destination, and all events."""
    table, stream = table_of(
        aws, recorded, created="create_table_response", updated="update_table_response"
    )
    queue_url, destination = aws.queue()
    function = aws.function("refuse_marked_items")
    mapping = aws.mapping(
        stream,
        function,
        BatchSize=3,
        **TRIED_FOUR_TIMES,
        DestinationConfig={"OnFailure": {"Destination": destination}},
        FunctionResponseTypes=REPORTS,
    )
    created = "create_event_source_mapping_response"
    if "EventSourceMappingArn" not in recorded.recorded(created):
        del mapping["EventSourceMappingArn"]  # recorded before AWS had it
    recorded.assert_same(created, mapping)
    items = [
        {KEY: {"S": f"testId{number}"}, "should_fail": {"BOOL": number == 5}} for number in range(6)
    ]
    put(aws, table, *items)
    return queue_url, aws.events(function, 6, advancing=PATIENCE)


FAILURES = {
    "item_identifier_not_present_failure": {"batchItemFailures": [{"itemIdentifier": 123}]},
    "empty_string_item_identifier_failure": {"batchItemFailures": [{"itemIdentifier": ""}]},
    "null_item_identifier_failure": {"batchItemFailures": [{"itemIdentifier": None}]},
    "invalid_key_foo_failure": {"batchItemFailures": [{"foo": 123}]},
    "invalid_key_foo_null_value_failure": {"batchItemFailures": [{"foo": None}]},
    "unhandled_exception_in_function": "raise",
}


@pytest.mark.parametrize("scenario", FAILURES)
@pytest.mark.fidelity(
    "Streams to Lambda",
    "An answer that names no record of the batch fails all of it.",
    source="recorded: test_dynamodb_report_batch_item_failure_scenarios",
)
def test_dynamodb_report_batch_item_failure_scenarios(
    aws: Aws, scenario: str, recorded: Comparison
) -> None:
    """An answer that names no record of the batch fails all of it."""
    table, stream = table_of(aws, recorded, created="create-table-result")
    queue_url, destination = aws.queue()
    answer = FAILURES[scenario]
    function = aws.function(ANSWER=answer if isinstance(answer, str) else json.dumps(answer))
    aws.mapping(
        stream,
        function,
        BatchSize=3,
        **TRIED_FOUR_TIMES,
        DestinationConfig={"OnFailure": {"Destination": destination}},
        FunctionResponseTypes=REPORTS,
    )
    put(aws, table, ITEM)
    events = aws.events(function, 4, advancing=PATIENCE)
    recorded.assert_same("destination_queue_messages", aws.receive(queue_url))
    recorded.assert_same("dynamodb_events", events)


SUCCESSES = {
    "empty_list_success": [],
    "null_success": None,
    "empty_dict_success": {},
    "empty_batch_item_failure_success": {"batchItemFailures": []},
    "null_batch_item_failure_success": {"batchItemFailures": None},
}


@pytest.mark.parametrize("scenario", SUCCESSES)
@pytest.mark.fidelity(
    "Streams to Lambda",
    "Empty and null answers to a stream's batch are successes.",
    source="recorded: test_dynamodb_report_batch_item_success_scenarios",
)
def test_dynamodb_report_batch_item_success_scenarios(
    aws: Aws, scenario: str, recorded: Comparison
) -> None:
    """An answer that is empty in one way or another is a success."""
    table, stream = table_of(aws, recorded, created="create-table-result")
    function = aws.function(ANSWER=json.dumps(SUCCESSES[scenario]))
    mapping = aws.mapping(
        stream,
        function,
        BatchSize=1,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=2,
        FunctionResponseTypes=REPORTS,
    )
    put(aws, table, ITEM)
    events = aws.events(function, 1)
    succeeded(aws, mapping)
    recorded.assert_same("dynamodb_events", events)


# The items that were put, and the filter where the recording has made a part of it a placeholder.
FILTERED = {
    "insert_same_entry_twice": [
        {"id": {"S": "id_value"}, "id2": {"S": "id2_value"}},
        {"id": {"S": "id_value"}, "id2": {"S": "id2_value"}},
    ],
    "content_multiple_filters": [
        {"id": {"S": "id_value"}},
        {"id": {"S": "id_value"}, "id2": {"S": "id2_new_value"}},
    ],
    "content_filter_type": [
        {"id": {"S": "id_value_1"}, "presentKey": {"S": "presentValue"}},
        {"id": {"S": "id_value_2"}},
    ],
    "exists_filter_type": [
        {"id": {"S": "id_value_1"}, "presentKey": {"S": "presentValue"}},
        {"id": {"S": "id_value_2"}},
    ],
    "numeric_filter": [
        {"id": {"S": "id_value_1"}, "numericFilter": {"N": "42"}},
        {"id": {"S": "id_value_2"}, "numericFilter": {"N": "101"}},
    ],
    "date_time_conversion": [{"id": {"S": "id_value_1"}}, {"id": {"S": "id_value_2"}}],
}
CREATED_AFTER = {"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 0]}]}}


@pytest.mark.parametrize("scenario", FILTERED)
@pytest.mark.fidelity(
    "Streams to Lambda",
    "Records that no filter matches are passed over.",
    source="recorded: test_dynamodb_event_filter",
)
def test_dynamodb_event_filter(aws: Aws, recorded: Comparison, scenario: str) -> None:
    """A filter hands on the records that match and passes the others over."""
    created = recorded.recorded("create_event_source_mapping_response")
    [wanted] = created["FilterCriteria"]["Filters"]
    pattern = CREATED_AFTER if scenario == "date_time_conversion" else wanted["Pattern"]
    table, stream = table_of(
        aws, recorded, created="table_creation_response", key="id", view="NEW_AND_OLD_IMAGES"
    )
    function = aws.function()
    mapping = aws.mapping(
        stream,
        function,
        BatchSize=1,
        **TRIED_TWICE,
        FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]},
    )
    recorded.assert_same("create_event_source_mapping_response", mapping)
    first, second = FILTERED[scenario]
    put(aws, table, first)
    recorded.assert_same("lambda-log-events", aws.events(function, 1))
    put(aws, table, second)
    expected = len(recorded.recorded("lambda-multiple-log-events"))
    events = aws.events(function, expected)
    succeeded(aws, mapping)
    aws.advance(PATIENCE)
    assert len(aws.events(function, expected)) == expected
    recorded.assert_same("lambda-multiple-log-events", events)
