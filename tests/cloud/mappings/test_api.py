"""The API of mappings: what is refused and how, documents, states, pages and tags."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.cloud.mappings.conftest import Aws

NOBODY = "b0b0b0b0-0000-4000-8000-000000000000"
SQS = "SqsSource"
STREAM = "StreamSource"


@pytest.fixture(scope="module")
def free(client: Any) -> Any:
    """A Lambda client that sends what it is given, as curl would."""
    return client("lambda", config=Config(parameter_validation=False))


@pytest.fixture(scope="module")
def function(aws: Aws) -> str:
    """A function that no test invokes."""
    return aws.function()


@pytest.fixture(scope="module")
def sources(aws: Aws) -> dict[str, str]:
    """The ARNs of a queue and of a stream."""
    return {SQS: aws.queue()[1], STREAM: aws.stream()[1]}


def refusal(call: Any, **parameters: Any) -> tuple[int, str, str]:
    """Status, code and message of a call that is refused."""
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    response = refused.value.response
    error = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"]


def filters(*patterns: str) -> dict[str, Any]:
    """Filter criteria."""
    return {"FilterCriteria": {"Filters": [{"Pattern": pattern} for pattern in patterns]}}


INVALID, VALIDATION = "InvalidParameterValueException", "ValidationException"
START = {"StartingPosition": "LATEST"}
LOCAL = "is not supported by the local cloud; see its fidelity table"
# Source, parameters, code and a part of the message. Recorded, or from AWS's documentation.
REFUSED = [
    (SQS, START, INVALID, "StartingPosition is not valid for SQS event sources."),
    (SQS, {"StartingPosition": "0"}, VALIDATION, "Value '0' at 'startingPosition'"),
    (SQS, filters("null"), INVALID, "Invalid filter pattern definition."),
    (SQS, filters('{"eventSource": []}'), INVALID, "Invalid filter pattern definition."),
    (SQS, {"FilterCriteria": {"Filters": [{}]}}, INVALID, "Invalid filter pattern definition."),
    (SQS, filters(*['{"body": ["x"]}'] * 6), INVALID, "at most 5 filters"),
    (SQS, {"BatchSize": 11}, INVALID, "Maximum batch window in seconds must be greater than 0"),
    (SQS, {"BatchSize": 0}, VALIDATION, "greater than or equal to 1"),
    (SQS, {"BatchSize": 10_001}, VALIDATION, "less than or equal to 10000"),
    (SQS, {"MaximumBatchingWindowInSeconds": 301}, VALIDATION, "less than or equal to 300"),
    (SQS, {"ScalingConfig": {"MaximumConcurrency": 1}}, VALIDATION, "maximumConcurrency"),
    (SQS, {"FunctionResponseTypes": ["All"]}, VALIDATION, "functionResponseTypes"),
    (SQS, {"MaximumRetryAttempts": 1}, INVALID, "Unsupported MaximumRetryAttempts parameter"),
    (SQS, {"DestinationConfig": {}}, INVALID, "Unsupported DestinationConfig parameter"),
    (SQS, {"ProvisionedPollerConfig": {"MinimumPollers": 2}}, INVALID, LOCAL),
    (SQS, {"KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/x"}, INVALID, LOCAL),
    (SQS, {"MetricsConfig": {"Metrics": ["EventCount"]}}, INVALID, LOCAL),
    (SQS, {"LoggingConfig": {"SystemLogLevel": "INFO"}}, INVALID, LOCAL),
    *(
        (SQS, {name: value}, INVALID, f"Unsupported {name} parameter")
        for name, value in {
            "AmazonManagedKafkaEventSourceConfig": {"ConsumerGroupId": "x"},
            "DocumentDBEventSourceConfig": {"DatabaseName": "x"},
            "Queues": ["x"],
            "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["x:1"]}},
            "SelfManagedKafkaEventSourceConfig": {"ConsumerGroupId": "x"},
            "SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": "x"}],
            "Topics": ["x"],
        }.items()
    ),
    (STREAM, {}, INVALID, "Value null at 'startingPosition'"),
    (STREAM, {"StartingPosition": "0"}, VALIDATION, "[LATEST, AT_TIMESTAMP, TRIM_HORIZON]"),
    (STREAM, {"StartingPosition": "AT_TIMESTAMP"}, INVALID, "Unsupported starting position"),
    (
        STREAM,
        {**START, "StartingPositionTimestamp": 1.0},
        INVALID,
        "Timestamp only valid with StartingPosition AT_TIMESTAMP",
    ),
    (STREAM, {**START, "TumblingWindowInSeconds": 30}, INVALID, LOCAL),
    (STREAM, {**START, "MaximumRecordAgeInSeconds": 59}, INVALID, "between 60 and 604800"),
    (STREAM, {**START, "MaximumRecordAgeInSeconds": 604_801}, VALIDATION, "equal to 604800"),
    (STREAM, {**START, "MaximumRecordAgeInSeconds": -2}, VALIDATION, "equal to -1"),
    (STREAM, {**START, "MaximumRetryAttempts": 10_001}, VALIDATION, "less than or equal to 10000"),
    (STREAM, {**START, "MaximumRetryAttempts": -2}, VALIDATION, "greater than or equal to -1"),
    (STREAM, {**START, "BatchSize": 10_001}, VALIDATION, "less than or equal to 10000"),
    (STREAM, {**START, "MaximumBatchingWindowInSeconds": 301}, VALIDATION, "equal to 300"),
    (STREAM, {**START, "ParallelizationFactor": 11}, VALIDATION, "less than or equal to 10"),
    (STREAM, {**START, "ParallelizationFactor": 0}, VALIDATION, "greater than or equal to 1"),
    (STREAM, {**START, "TumblingWindowInSeconds": 901}, VALIDATION, "less than or equal to 900"),
    (SQS, {"ScalingConfig": {"MaximumConcurrency": 1001}}, VALIDATION, "maximumConcurrency"),
    *(
        (
            STREAM,
            {**START, "DestinationConfig": {"OnFailure": {"Destination": f"{arn}.fifo"}}},
            INVALID,
            "An on-failure destination is a standard queue or topic.",
        )
        for arn in ("arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sns:us-east-1:123456789012:t")
    ),
    (STREAM, {**START, "ScalingConfig": {}}, INVALID, "Unsupported ScalingConfig parameter"),
    (STREAM, {**START, "DestinationConfig": {"OnSuccess": {}}}, INVALID, "DestinationConfig"),
    (
        STREAM,
        {**START, "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::bucket"}}},
        INVALID,
        LOCAL,
    ),
    (STREAM, {**START, "BatchSize": "many"}, "SerializationException", "BatchSize"),
    (STREAM, {**START, "BatchSize": "10"}, "SerializationException", "BatchSize"),
    (STREAM, {**START, "BatchSize": 1.5}, "SerializationException", "BatchSize"),
    (STREAM, {**START, "Enabled": {}}, "SerializationException", "Enabled"),
]


@pytest.mark.parametrize(("source", "parameters", "code", "text"), REFUSED)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "Settings that are out of range, or do not go together, get AWS's code and message.",
    source="Lambda API: CreateEventSourceMapping",
)
@pytest.mark.fidelity(
    "Streams to Lambda",
    "Tumbling windows, provisioned pollers, metrics and keys of a mapping are refused.",
    source="Lambda API: CreateEventSourceMapping",
    differs="A lab needs none of them; nothing is ignored silently.",
)
@pytest.mark.fidelity(
    "Streams to Lambda",
    "An on-failure destination is a standard queue or topic; a bucket is refused.",
    source="Lambda guide: with-ddb",
    differs="AWS takes a bucket too, which this pipeline does not have.",
)
def test_what_cannot_be_is_refused(
    free: Any,
    function: str,
    sources: dict[str, str],
    source: str,
    parameters: dict[str, Any],
    code: str,
    text: str,
) -> None:
    """Each wrong parameter gets AWS's code and message, and makes no mapping."""
    status, given_code, message = refusal(
        free.create_event_source_mapping,
        EventSourceArn=sources[source],
        FunctionName=function,
        **parameters,
    )
    assert (status, given_code) == (400, code)
    assert text in message
    assert free.list_event_source_mappings(FunctionName=function)["EventSourceMappings"] == []


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A filter pattern has at most 4,096 characters.",
    source="Lambda API: Filter",
)
def test_a_pattern_has_4096_characters_at_most(
    aws: Aws, function: str, sources: dict[str, str]
) -> None:
    """One more is refused by the API's model."""

    def of_length(length: int) -> dict[str, Any]:
        return filters(json.dumps({"a": ["x" * (length - len('{"a": [""]}'))]}))

    made = aws.mapping(sources[SQS], function, **of_length(4096))
    aws.lambda_.delete_event_source_mapping(UUID=made["UUID"])
    create = aws.lambda_.create_event_source_mapping
    source = {"EventSourceArn": sources[SQS], "FunctionName": function}
    status, code, text = refusal(create, **source, **of_length(4097))
    assert (status, code) == (400, VALIDATION)
    assert text.endswith("Member must have length less than or equal to 4096")


@pytest.mark.fidelity(
    "SQS to Lambda",
    "Kinesis, Kafka, MQ and DocumentDB as sources are refused.",
    source="Lambda guide: invocation-eventsourcemapping",
    differs="The pipeline has queues and tables.",
)
def test_a_mapping_needs_a_function_and_a_source(
    free: Any, function: str, sources: dict[str, str]
) -> None:
    """An unknown function, a bad name, no, another region's and an unsupported source."""
    create = free.create_event_source_mapping
    unknown = refusal(create, EventSourceArn=sources[SQS], FunctionName="nobody")
    assert unknown == (400, INVALID, "Function does not exist")
    bad = refusal(create, EventSourceArn=sources[SQS], FunctionName="no body")
    assert bad[:2] == (400, INVALID)
    assert refusal(create, FunctionName="f") == (400, INVALID, "Unrecognized event source.")
    elsewhere = sources[SQS].replace("us-east-1", "eu-west-1")
    missing = refusal(create, EventSourceArn=elsewhere, FunctionName=function)
    assert missing[:2] == (400, INVALID)
    assert "The specified queue does not exist." in missing[2]
    kinesis = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
    assert LOCAL in refusal(create, EventSourceArn=kinesis, FunctionName="f")[2]


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A visibility timeout below the function's timeout is refused.",
    source="report: github-aws-runners/terraform-aws-github-runner/issues/5383",
)
def test_a_queue_must_hide_messages_for_as_long_as_the_function_runs(aws: Aws) -> None:
    """The visibility timeout is at least the function's timeout."""
    _, queue_arn = aws.queue(VisibilityTimeout="5")
    slow, quick = aws.function(timeout=6), aws.function(timeout=5)
    refused = refusal(
        aws.lambda_.create_event_source_mapping, EventSourceArn=queue_arn, FunctionName=slow
    )
    text = "Queue visibility timeout: 5 seconds is less than Function timeout: 6 seconds"
    assert refused == (400, INVALID, text)
    assert aws.mapping(queue_arn, quick)["State"] == "Creating"


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A mapping of a FIFO queue has batches of up to ten and no window.",
    source="Lambda guide: with-sqs",
)
def test_a_fifo_queue_has_small_batches_and_no_window(aws: Aws, function: str) -> None:
    """Up to ten messages at a time, as they come."""
    _, fifo = aws.queue(aws.name("queue") + ".fifo", FifoQueue="true")
    create = aws.lambda_.create_event_source_mapping
    for parameters in ({"BatchSize": 11}, {"MaximumBatchingWindowInSeconds": 1}):
        refused = refusal(create, EventSourceArn=fifo, FunctionName=function, **parameters)
        assert refused[:2] == (400, INVALID)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "An unknown UUID is `ResourceNotFoundException` (404).",
    source="Lambda API: UpdateEventSourceMapping",
)
def test_an_unknown_mapping_is_a_404(aws: Aws) -> None:
    """Get, update and delete of a UUID that no mapping has.

    The fields are recorded: LocalStack's test_lambda_api, test_event_source_mapping_exceptions.
    """
    text = "The resource you requested does not exist."
    for call in (
        aws.lambda_.get_event_source_mapping,
        aws.lambda_.update_event_source_mapping,
        aws.lambda_.delete_event_source_mapping,
    ):
        with pytest.raises(aws.lambda_.exceptions.ResourceNotFoundException) as unknown:
            call(UUID=NOBODY)
        response = unknown.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert (response["Type"], response["Message"]) == ("User", text)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A mapping has the states Creating, Enabled, Updating, Disabling, Disabled, Enabling and "
    "Deleting.",
    source="botocore: lambda",
)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "A new mapping is Creating in the answer and Enabled at the next look.",
    source="Lambda guide: invocation-eventsourcemapping",
    differs="AWS takes up to a minute; a lesson does not wait.",
)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "A queue's mapping that is made disabled is Disabled in the answer.",
    source="LocalStack's recording: lambda_/event_source_mapping/test_lambda_integration_sqs",
)
def test_a_mapping_can_be_made_disabled_and_changed(aws: Aws) -> None:
    """Settings change one by one, and each state has its name."""
    function = aws.function()
    created = aws.mapping(
        aws.queue()[1],
        function,
        Enabled=False,
        ScalingConfig={"MaximumConcurrency": 2},
        **filters('{"body": ["x"]}'),
    )
    uuid = created["UUID"]
    assert (created["State"], aws.state(uuid)) == ("Disabled", "Disabled")
    update = aws.lambda_.update_event_source_mapping
    changed = update(UUID=uuid, BatchSize=100, MaximumBatchingWindowInSeconds=5)
    assert (changed["State"], changed["BatchSize"]) == ("Updating", 100)
    assert aws.state(uuid) == "Disabled"
    changed = update(UUID=uuid, FilterCriteria={}, ScalingConfig={})
    assert "FilterCriteria" not in changed
    assert "ScalingConfig" not in changed
    assert update(UUID=uuid, Enabled=True)["State"] == "Enabling"
    assert aws.state(uuid) == "Enabled"
    assert update(UUID=uuid, BatchSize=10)["State"] == "Updating"
    deleted = aws.lambda_.delete_event_source_mapping(UUID=uuid)
    assert (deleted["State"], deleted["ResponseMetadata"]["HTTPStatusCode"]) == ("Deleting", 202)
    assert refusal(aws.lambda_.get_event_source_mapping, UUID=uuid)[0] == 404


@pytest.mark.fidelity(
    "SQS to Lambda",
    "ListEventSourceMappings filters by source and function, a page at a time.",
    source="Lambda API: ListEventSourceMappings",
)
def test_mappings_are_listed_by_source_and_function_a_page_at_a_time(aws: Aws) -> None:
    """Filters of the list combine, and a marker leads to the next page."""
    function = aws.function()
    arns = [aws.queue()[1] for _ in range(3)]
    for arn in arns:
        aws.mapping(arn, function)
    listing = aws.lambda_.list_event_source_mappings
    pages = aws.lambda_.get_paginator("list_event_source_mappings").paginate(
        FunctionName=function, PaginationConfig={"PageSize": 2}
    )
    listed = [
        [mapping["EventSourceArn"] for mapping in page["EventSourceMappings"]] for page in pages
    ]
    assert listed == [arns[:2], arns[2:]]
    [one] = listing(FunctionName=function, EventSourceArn=arns[1])["EventSourceMappings"]
    assert one["EventSourceArn"] == arns[1]
    by_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function}"
    assert len(listing(FunctionName=by_arn)["EventSourceMappings"]) == 3
    assert refusal(listing, Marker="x")[:2] == (400, INVALID)


def test_a_mapping_has_tags(aws: Aws, function: str) -> None:
    """Tags given at creation are found under the mapping's ARN."""
    mapping = aws.mapping(aws.queue()[1], function, Tags={"course": "lab"})
    tags = aws.lambda_.list_tags(Resource=mapping["EventSourceMappingArn"])["Tags"]
    assert tags == {"course": "lab"}


@pytest.mark.parametrize(
    ("source", "settings"),
    [
        (SQS, {"BatchSize": 10_000, "MaximumBatchingWindowInSeconds": 300}),
        (SQS, {"BatchSize": 1, "ScalingConfig": {"MaximumConcurrency": 1000}}),
        (
            STREAM,
            {
                **START,
                "BatchSize": 10_000,
                "MaximumBatchingWindowInSeconds": 300,
                "MaximumRecordAgeInSeconds": 604_800,
                "MaximumRetryAttempts": 10_000,
                "ParallelizationFactor": 10,
            },
        ),
        (STREAM, {**START, "MaximumRecordAgeInSeconds": 60, "MaximumRetryAttempts": 0}),
    ],
)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "The ends of every range of a mapping's settings are taken.",
    source="Lambda API: CreateEventSourceMapping",
)
def test_the_ends_of_the_ranges_are_taken(
    aws: Aws, function: str, sources: dict[str, str], source: str, settings: dict[str, Any]
) -> None:
    """And shown as they were given."""
    made = aws.mapping(sources[source], function, **settings)
    assert settings.items() <= made.items()
    aws.lambda_.delete_event_source_mapping(UUID=made["UUID"])


BODIES = [
    b"",
    b"{",
    b"[]",
    b"[" * 5000,
    b'"x"',
    b'{"FilterCriteria": "x"}',
    b'{"FilterCriteria": {"Filters": [1]}}',
    b'{"DestinationConfig": {"OnFailure": []}}',
    b'{"Tags": []}',
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_request_is_refused(cloud: str, body: bytes) -> None:
    """Hostile bodies are the client's error, never ours."""
    credential = "AKIA/20100101/us-east-1/lambda/aws4_request"
    request = urllib.request.Request(
        f"{cloud}/2015-03-31/event-source-mappings",
        body,
        {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}",
            "Content-Type": "application/json",
        },
        method="POST",
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as answer:
        assert answer.code == 400
        assert answer.headers["x-amzn-errortype"] == "SerializationException"
        assert json.loads(answer.read())["message"]
