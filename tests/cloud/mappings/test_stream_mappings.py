"""Mappings of streams at work: positions, order, retries, bisecting, age, lanes, deletions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cloud.mappings.conftest import Aws
from tests.waiting import until

#: Longer than the wait between any two attempts.
PATIENCE = 60
DAY = 24 * 3600


def put(aws: Aws, table: str, *keys: str, poison: str = "") -> None:
    """Put items one after the other; the one with the key `poison` should fail."""
    for key in keys:
        item = {"id": {"S": key}, "should_fail": {"BOOL": key == poison}}
        aws.dynamodb.put_item(TableName=table, Item=item)


def keys(event: Any) -> list[str]:
    """The keys of an event's items."""
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]


def to_queue(aws: Aws) -> tuple[str, dict[str, Any]]:
    """The URL of a new queue, and the configuration that makes it the on-failure destination."""
    url, arn = aws.queue()
    return url, {"DestinationConfig": {"OnFailure": {"Destination": arn}}}


def failure(aws: Aws, queue_url: str) -> dict[str, Any]:
    """The next on-failure record."""
    [message] = aws.receive(queue_url)["Messages"]
    aws.sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return json.loads(message["Body"])


@pytest.mark.fidelity(
    "Streams to Lambda",
    "TRIM_HORIZON begins with the oldest record, LATEST with the next one.",
    source="Lambda guide: services-ddb-params",
)
@pytest.mark.fidelity(
    "Streams to Lambda",
    "A record reaches the function as soon as it is written.",
    source="Lambda guide: with-ddb",
    differs="AWS polls each shard four times a second; here the shard rings.",
)
def test_trim_horizon_begins_with_the_oldest_record_and_latest_with_the_next(aws: Aws) -> None:
    """The starting position decides about what was written before the mapping."""
    table, stream = aws.stream()
    put(aws, table, "before")
    oldest, latest = aws.function(), aws.function()
    aws.mapping(stream, oldest, StartingPosition="TRIM_HORIZON")
    aws.mapping(stream, latest, StartingPosition="LATEST")
    put(aws, table, "after")
    assert keys(aws.events(latest, 1)[0]) == ["after"]
    until(
        lambda: (
            [key for event in aws.events(oldest, 1) for key in keys(event)] == ["before", "after"]
        ),
    )


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A batch closes when it is full or its window ends.",
    source="Lambda guide: with-ddb",
)
@pytest.mark.fidelity(
    "Streams to Lambda",
    "A window ends on the second.",
    source="Lambda guide: with-ddb",
    differs="AWS may wait longer when there is little to do; a lesson does not.",
)
def test_a_batch_closes_when_it_is_full_or_its_window_ends(aws: Aws) -> None:
    """Records come in order, as many as the batch size allows."""
    table, stream = aws.stream()
    function = aws.function()
    uuid = aws.mapping(
        stream,
        function,
        StartingPosition="LATEST",
        BatchSize=3,
        MaximumBatchingWindowInSeconds=300,
    )["UUID"]
    put(aws, table, *"abcd")
    assert keys(aws.events(function, 1)[0]) == ["a", "b", "c"]
    until(lambda: aws.result(uuid) == "OK")
    assert keys(aws.events(function, 2, advancing=300)[1]) == ["d"]


@pytest.mark.fidelity(
    "Streams to Lambda",
    "By default a batch that fails is retried for ever and blocks its shard.",
    source="Lambda guide: with-ddb",
)
def test_by_default_a_poison_record_blocks_its_shard(aws: Aws) -> None:
    """Without a limit the batch is tried again and again, and nothing overtakes it."""
    table, stream = aws.stream()
    function = aws.function("refuse_marked_records")
    uuid = aws.mapping(stream, function, StartingPosition="LATEST", BatchSize=1)["UUID"]
    put(aws, table, "bad", "good", poison="bad")
    events = aws.events(function, 8, advancing=PATIENCE)
    assert [keys(event) for event in events] == [["bad"]] * len(events)
    assert aws.result(uuid) == "PROBLEM: Function call failed"
    aws.lambda_.delete_event_source_mapping(UUID=uuid)


@pytest.mark.fidelity(
    "The local cloud",
    "A turn of the clock counts towards a retry's wait, even before its failure is known.",
    differs="AWS's time cannot be turned; what runs takes its time on this machine.",
)
def test_a_turn_of_the_clock_counts_while_an_answer_is_on_its_way(aws: Aws) -> None:
    """Nobody waits for the back-off of a failure that is booked after the clock was turned."""
    table, stream = aws.stream()
    function = aws.function(ANSWER="raise", timeout=60)
    aws.answer(function, status=200, delay=PATIENCE)
    uuid = aws.mapping(stream, function, StartingPosition="LATEST")["UUID"]
    put(aws, table, "a")
    for attempt in range(1, 9):  # the seventh failure is followed by a minute
        aws.events(function, attempt)
        aws.advance(PATIENCE)
    aws.lambda_.delete_event_source_mapping(UUID=uuid)


@pytest.mark.fidelity(
    "Streams to Lambda",
    "After 24 hours a record is given up and the shard goes on.",
    source="Lambda guide: with-ddb",
)
def test_a_blocked_shard_is_free_when_its_record_leaves_the_stream(aws: Aws) -> None:
    """After 24 hours a record is given up, and the next ones have their turn."""
    table, stream = aws.stream()
    failures, destination = to_queue(aws)
    function = aws.function("refuse_marked_records")
    aws.mapping(stream, function, StartingPosition="LATEST", **destination)
    put(aws, table, "bad", poison="bad")
    aws.events(function, 1)
    aws.advance(DAY + PATIENCE)
    record = failure(aws, failures)
    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    put(aws, table, "good")
    until(lambda: keys(aws.events(function, 1)[-1]) == ["good"])


@pytest.mark.fidelity(
    "Streams to Lambda",
    "MaximumRecordAgeInSeconds ends the retries of a record.",
    source="Lambda guide: services-dynamodb-errors",
)
def test_a_record_that_is_too_old_is_discarded(aws: Aws) -> None:
    """MaximumRecordAgeInSeconds counts from the change, and ends the retries."""
    table, stream = aws.stream()
    failures, destination = to_queue(aws)
    function = aws.function("refuse_marked_records")
    aws.mapping(
        stream,
        function,
        StartingPosition="LATEST",
        MaximumRecordAgeInSeconds=60,
        **destination,
    )
    put(aws, table, "bad", poison="bad")
    aws.events(function, 1)
    aws.advance(61)
    record = failure(aws, failures)
    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] >= 1
    assert record["responseContext"]["functionError"] == "Unhandled"
    put(aws, table, "good")
    until(lambda: keys(aws.events(function, 1)[-1]) == ["good"])


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A record that is too old from the start is never sent.",
    source="Lambda guide: services-dynamodb-errors",
)
def test_a_record_that_was_too_old_from_the_start_is_never_sent(aws: Aws) -> None:
    """The age limit also holds for what was written long before the mapping."""
    table, stream = aws.stream()
    failures, destination = to_queue(aws)
    put(aws, table, "old")
    aws.advance(100)
    put(aws, table, "young")
    function = aws.function()
    aws.mapping(
        stream,
        function,
        StartingPosition="TRIM_HORIZON",
        MaximumRecordAgeInSeconds=60,
        **destination,
    )
    assert keys(aws.events(function, 1)[0]) == ["young"]
    record = failure(aws, failures)
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    assert record["responseContext"] is None


@pytest.mark.fidelity(
    "Streams to Lambda",
    "BisectBatchOnFunctionError halves a failed batch until the bad record is alone.",
    source="Lambda guide: services-dynamodb-errors",
)
def test_bisecting_isolates_the_poison_record(aws: Aws) -> None:
    """A failed batch is halved until only the bad record is given up; the others succeed."""
    table, stream = aws.stream()
    failures, destination = to_queue(aws)
    function = aws.function("refuse_marked_records")
    put(aws, table, *"abcdefgh", poison="f")
    aws.mapping(
        stream,
        function,
        StartingPosition="TRIM_HORIZON",
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        **destination,
    )
    expected = ["abcdefgh", "abcd", "efgh", "ef", "e", "f", "f", "gh"]
    events = aws.events(function, len(expected), advancing=PATIENCE)
    assert ["".join(keys(event)) for event in events] == expected
    record = failure(aws, failures)
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1
    assert record["requestContext"]["approximateInvokeCount"] == 2


@pytest.mark.fidelity(
    "Streams to Lambda",
    "With a ParallelizationFactor order holds for each item.",
    source="Lambda guide: with-ddb",
)
def test_with_lanes_the_order_holds_for_each_item(aws: Aws) -> None:
    """With a parallelisation factor the versions of an item arrive in order, all of them."""
    table, stream = aws.stream()
    function = aws.function()
    aws.mapping(
        stream,
        function,
        StartingPosition="LATEST",
        BatchSize=2,
        ParallelizationFactor=10,
    )
    for version in range(5):
        for key in "abcdef":
            item = {"id": {"S": key}, "version": {"N": str(version)}}
            aws.dynamodb.put_item(TableName=table, Item=item)
    seen: dict[str, list[int]] = {key: [] for key in "abcdef"}

    def complete() -> bool:
        for versions in seen.values():
            versions.clear()
        for event in aws.events(function, 1):
            for record in event["Records"]:
                image = record["dynamodb"]["NewImage"]
                seen[image["id"]["S"]].append(int(image["version"]["N"]))
        return sum(map(len, seen.values())) == 30

    until(complete)
    assert seen == {key: [0, 1, 2, 3, 4] for key in "abcdef"}


@pytest.mark.fidelity(
    "Streams to Lambda",
    "With a ParallelizationFactor other items go on while one item's batch is retried.",
    source="Lambda guide: with-ddb",
)
def test_a_poison_record_blocks_its_own_lane_only(aws: Aws) -> None:
    """Other items go on while one item's batch is retried, also after an update."""
    table, stream = aws.stream()
    function = aws.function("refuse_marked_records")
    uuid = aws.mapping(
        stream, function, StartingPosition="LATEST", BatchSize=1, ParallelizationFactor=10
    )["UUID"]
    put(aws, table, "bad", poison="bad")
    aws.events(function, 1)
    put(aws, table, *"abcdefghij")
    until(
        lambda: len({key for event in aws.events(function, 1) for key in keys(event)}) > 5,
    )
    aws.lambda_.update_event_source_mapping(
        UUID=uuid, ParallelizationFactor=1, MaximumRetryAttempts=0
    )
    until(
        lambda: (
            {key for event in aws.events(function, 1) for key in keys(event)}
            == {"bad", *"abcdefghij"}
        ),
    )
    delivered = [key for event in aws.events(function, 1) for key in keys(event)]
    assert sorted(key for key in delivered if key != "bad") == list("abcdefghij")


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A worker that dies is a failed attempt.",
    source="Lambda guide: services-dynamodb-errors",
)
def test_the_death_of_a_worker_is_a_failed_attempt(aws: Aws) -> None:
    """A batch whose worker dies is tried again like any other that fails."""
    table, stream = aws.stream()
    failures, destination = to_queue(aws)
    function = aws.function(ANSWER="exit")
    aws.mapping(stream, function, StartingPosition="LATEST", MaximumRetryAttempts=1, **destination)
    put(aws, table, "a")
    aws.events(function, 2, advancing=PATIENCE)
    record = failure(aws, failures)
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"


@pytest.mark.fidelity(
    "Streams to Lambda",
    "Throttling uses up no retry; the batch only ages.",
    source="Lambda guide: services-dynamodb-errors",
)
def test_a_throttled_batch_uses_up_no_retry(aws: Aws) -> None:
    """A batch that could not be invoked waits, and is processed when there is room."""
    table, stream = aws.stream()
    function = aws.function()
    aws.limit(function, 0)
    uuid = aws.mapping(stream, function, StartingPosition="LATEST", MaximumRetryAttempts=0)["UUID"]
    put(aws, table, "a")
    until(lambda: aws.result(uuid) == "PROBLEM: Rate Exceeded.")
    for _ in range(3):
        aws.advance(PATIENCE)
    aws.limit(function, 1)
    assert keys(aws.events(function, 1, advancing=PATIENCE)[0]) == ["a"]


def test_a_mapping_outlives_its_function(aws: Aws) -> None:
    """Without its function a mapping keeps its place; a new function gets the records at once."""
    table, stream = aws.stream()
    function = aws.function()
    uuid = aws.mapping(stream, function, StartingPosition="LATEST")["UUID"]
    aws.lambda_.delete_function(FunctionName=function)
    put(aws, table, "a")
    until(lambda: aws.result(uuid) == "PROBLEM: The function does not exist")
    aws.function(name=function)
    assert keys(aws.events(function, 1)[0]) == ["a"]


@pytest.mark.fidelity(
    "Streams to Lambda",
    "What a stream holds when it is disabled still reaches the function.",
    source="DynamoDB guide: Streams",
)
def test_a_disabled_stream_is_read_to_its_end(aws: Aws) -> None:
    """What a stream holds when it is disabled still reaches the function."""
    table, stream = aws.stream()
    put(aws, table, "a")
    specification = {"StreamEnabled": False}
    aws.dynamodb.update_table(TableName=table, StreamSpecification=specification)
    function = aws.function()
    aws.mapping(stream, function, StartingPosition="TRIM_HORIZON")
    assert keys(aws.events(function, 1)[0]) == ["a"]


@pytest.mark.parametrize("while_down", ["disabled", "hanging"])
@pytest.mark.fidelity(
    "Streams to Lambda",
    "A disabled mapping keeps its place.",
    source="Lambda API: UpdateEventSourceMapping",
)
def test_nothing_is_skipped_or_repeated_across_a_pause(aws: Aws, while_down: str) -> None:
    """A mapping resumes after the last record it has processed, in flight ones included."""
    table, stream = aws.stream()
    function = aws.function(timeout=20)
    uuid = aws.mapping(stream, function, StartingPosition="LATEST")["UUID"]
    if while_down == "hanging":
        aws.answer(function, status=200, times=1, delay=10)
    put(aws, table, "a")
    aws.events(function, 1)
    if while_down == "disabled":
        until(lambda: aws.result(uuid) == "OK")
    update = aws.lambda_.update_event_source_mapping
    update(UUID=uuid, Enabled=False)
    put(aws, table, "b")
    update(UUID=uuid, Enabled=True)
    aws.advance(10)
    put(aws, table, "c")
    delivered = ["a", "b", "c"]
    until(
        lambda: [key for event in aws.events(function, 1) for key in keys(event)] == delivered,
    )


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A throttled batch ages all the same: it is given up after MaximumRecordAgeInSeconds.",
    source="Lambda guide: services-dynamodb-errors",
)
def test_a_throttled_batch_ages(aws: Aws) -> None:
    """No attempt was made, and the on-failure record says so."""
    table, stream = aws.stream()
    failures, destination = to_queue(aws)
    function = aws.function()
    aws.limit(function, 0)
    uuid = aws.mapping(
        stream, function, StartingPosition="LATEST", MaximumRecordAgeInSeconds=60, **destination
    )["UUID"]
    put(aws, table, "a")
    until(lambda: aws.result(uuid) == "PROBLEM: Rate Exceeded.")
    aws.advance(61)
    record = failure(aws, failures)
    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 0


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A stream that was disabled and enabled again needs a mapping of its own.",
    source="DynamoDB guide: Streams",
)
def test_a_mapping_does_not_follow_to_a_new_stream(aws: Aws) -> None:
    """The old mapping reads the old stream, where nothing new arrives."""
    table, stream = aws.stream()
    old, new = aws.function(), aws.function()
    aws.mapping(stream, old, StartingPosition="TRIM_HORIZON")
    put(aws, table, "a")
    aws.events(old, 1)
    specification = {"StreamEnabled": False}
    aws.dynamodb.update_table(TableName=table, StreamSpecification=specification)
    again = aws.enable_stream(table)["TableDescription"]["LatestStreamArn"]
    aws.mapping(again, new, StartingPosition="TRIM_HORIZON")
    put(aws, table, "b")
    assert keys(aws.events(new, 1)[0]) == ["b"]
    aws.advance(PATIENCE)
    assert [keys(event) for event in aws.events(old, 1)] == [["a"]]


@pytest.mark.fidelity(
    "Streams to Lambda",
    "An event of a stream has at most 6 MB, whatever the batch size.",
    source="Lambda guide: with-ddb",
)
def test_a_batch_of_large_items_is_cut_at_six_megabytes(aws: Aws) -> None:
    """Twenty items of almost 400 KB are two events, in order."""
    table, stream = aws.stream()
    for number in range(20):
        item = {"id": {"S": f"{number:02}"}, "body": {"S": "x" * 399_000}}
        aws.dynamodb.put_item(TableName=table, Item=item)
    function = aws.function(timeout=20)
    aws.mapping(stream, function, StartingPosition="TRIM_HORIZON")
    events = aws.events(function, 2)
    assert [len(event["Records"]) for event in events] == [15, 5]
    assert [key for event in events for key in keys(event)] == [f"{n:02}" for n in range(20)]


@pytest.mark.fidelity(
    "Streams to Lambda",
    "An expired item's event has `userIdentity` with `type` and `principalId` in small letters.",
    source="DynamoDB guide: time-to-live-ttl-streams",
)
def test_an_expired_item_reaches_the_function(aws: Aws) -> None:
    """A function tells it by that from what a caller has deleted."""
    table, stream = aws.stream(view="OLD_IMAGE")
    function = aws.function()
    aws.dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"}
    )
    soon = {"N": str(int(aws.page("GET", "/_lab/clock")["now"]) + 60)}
    aws.dynamodb.put_item(TableName=table, Item={"id": {"S": "kept"}})
    aws.dynamodb.put_item(TableName=table, Item={"id": {"S": "expires"}, "until": soon})
    aws.mapping(stream, function, StartingPosition="LATEST")
    aws.dynamodb.delete_item(TableName=table, Key={"id": {"S": "kept"}})
    [event] = aws.events(function, 1)
    [record] = event["Records"]
    assert (keys(event), "userIdentity" in record) == (["kept"], False)
    aws.advance(61)
    event = aws.events(function, 2)[1]
    [record] = event["Records"]
    assert (keys(event), record["eventName"]) == (["expires"], "REMOVE")
    assert record["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert record["dynamodb"]["OldImage"] == {"id": {"S": "expires"}, "until": soon}


def test_a_shard_pauses_between_attempts(aws: Aws) -> None:
    """For one, two and four seconds of the lab's clock; what was written later waits as well."""
    table, stream = aws.stream()
    function = aws.function(ANSWER="raise")
    aws.mapping(stream, function, StartingPosition="TRIM_HORIZON", BatchSize=1)
    put(aws, table, "first", "second")
    for attempt, pause in enumerate((1, 2, 4), start=1):
        until(lambda ended=attempt: len(aws.logged(function, "REPORT")) == ended)
        aws.advance(pause)
    events = aws.events(function, 4)
    assert [keys(event) for event in events] == [["first"]] * 4
    times = [post["received"] for post in aws.page("GET", f"/_lab/webhook/{function}")]
    for pause, before, after in zip((1, 2, 4), times, times[1:], strict=False):
        assert after - before >= pause
