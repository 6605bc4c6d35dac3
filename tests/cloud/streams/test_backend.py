"""Reading streams: iterators, pages, and what is refused."""

from __future__ import annotations

import base64

import pytest
from moto.core.exceptions import JsonRESTError
from time_machine import Traveller

from labkit.cloud.streams.backend import LabDynamoDBBackend, LabDynamoDBStreamsBackend
from labkit.cloud.streams.shard import LabStreamShard

from .conftest import create_table


@pytest.fixture
def shard(tables: LabDynamoDBBackend, streams: LabDynamoDBStreamsBackend) -> LabStreamShard:
    """The shard of a table with five inserts."""
    shard = create_table(tables).stream_shard
    for n in range(5):
        tables.put_item("Orders", {"id": {"S": str(n)}})
    return shard


def iterator(
    streams: LabDynamoDBStreamsBackend, shard: LabStreamShard, kind: str, number: int | None = None
) -> str:
    """An iterator as a client gets it."""
    return streams.get_shard_iterator(shard.stream_arn, shard.id, kind, number).encode()


def keys(answer: dict) -> list[str]:
    """The ids in an answer of GetRecords."""
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in answer["Records"]]


@pytest.mark.parametrize(
    ("kind", "offset", "expected"),
    [
        ("TRIM_HORIZON", None, ["0", "1", "2", "3", "4"]),
        ("LATEST", None, []),
        ("AT_SEQUENCE_NUMBER", 3, ["3", "4"]),
        ("AFTER_SEQUENCE_NUMBER", 3, ["4"]),
        ("AFTER_SEQUENCE_NUMBER", 4, []),
    ],
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An iterator begins at TRIM_HORIZON, LATEST, or AT or AFTER a sequence number.",
    source="DynamoDB API: streams_GetShardIterator",
)
def test_every_type_of_iterator(
    streams: LabDynamoDBStreamsBackend,
    shard: LabStreamShard,
    kind: str,
    offset: int | None,
    expected: list[str],
) -> None:
    """Where reading begins."""
    number = None if offset is None else shard.starting_sequence_number + offset
    assert keys(streams.get_records(iterator(streams, shard, kind, number), 1000)) == expected


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An answer may be empty and still have a next iterator, as long as the shard is open.",
    source="DynamoDB API: streams_GetRecords",
)
def test_reads_on_with_the_next_iterator(
    streams: LabDynamoDBStreamsBackend, shard: LabStreamShard, tables: LabDynamoDBBackend
) -> None:
    """Page by page, without end as long as the shard is open."""
    answer = streams.get_records(iterator(streams, shard, "TRIM_HORIZON"), 3)
    assert keys(answer) == ["0", "1", "2"]
    answer = streams.get_records(answer["NextShardIterator"], 3)
    assert keys(answer) == ["3", "4"]
    answer = streams.get_records(answer["NextShardIterator"], 3)
    assert keys(answer) == []
    tables.put_item("Orders", {"id": {"S": "5"}})
    assert keys(streams.get_records(answer["NextShardIterator"], 3)) == ["5"]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A closed shard is read to its end; the last page has no next iterator.",
    source="DynamoDB API: streams_GetRecords",
)
def test_a_closed_shard_has_an_end(
    streams: LabDynamoDBStreamsBackend, shard: LabStreamShard, tables: LabDynamoDBBackend
) -> None:
    """It is still read under its ARN, says where it ends, and its last page has no next one."""
    tables.delete_table("Orders")
    described = streams.describe_stream(shard.stream_arn)
    assert described["StreamStatus"] == "DISABLED"
    assert described["Shards"][0]["SequenceNumberRange"]["EndingSequenceNumber"] == str(
        shard.latest
    )
    answer = streams.get_records(iterator(streams, shard, "TRIM_HORIZON"), 4)
    answer = streams.get_records(answer["NextShardIterator"], 4)
    assert keys(answer) == ["4"]
    assert "NextShardIterator" not in answer


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An iterator expires after 15 minutes: `ExpiredIteratorException`.",
    source="DynamoDB API: streams_GetShardIterator",
)
def test_an_iterator_expires_after_fifteen_minutes(
    streams: LabDynamoDBStreamsBackend, shard: LabStreamShard, clock: Traveller
) -> None:
    """Each answer brings a fresh one."""
    text = iterator(streams, shard, "TRIM_HORIZON")
    clock.shift(900)
    following = streams.get_records(text, 1)["NextShardIterator"]
    clock.shift(1)
    with pytest.raises(JsonRESTError) as refused:
        streams.get_records(text, 1)
    assert refused.value.error_type.endswith("#ExpiredIteratorException")
    assert keys(streams.get_records(following, 1)) == ["1"]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "What was trimmed is `TrimmedDataAccessException`.",
    source="DynamoDB API: streams_GetRecords",
)
def test_what_was_trimmed_cannot_be_read(
    streams: LabDynamoDBStreamsBackend,
    shard: LabStreamShard,
    tables: LabDynamoDBBackend,
    clock: Traveller,
) -> None:
    """TrimmedDataAccessException by sequence number; TRIM_HORIZON begins at what is left."""
    first = shard.starting_sequence_number
    clock.shift(85_800)
    tables.put_item("Orders", {"id": {"S": "new"}})
    early = iterator(streams, shard, "AT_SEQUENCE_NUMBER", first)
    oldest = iterator(streams, shard, "TRIM_HORIZON")
    clock.shift(600)
    for read in (
        lambda: streams.get_records(early, 10),
        lambda: iterator(streams, shard, "AT_SEQUENCE_NUMBER", first),
    ):
        with pytest.raises(JsonRESTError) as refused:
            read()
        assert refused.value.error_type.endswith("#TrimmedDataAccessException")
    assert keys(streams.get_records(oldest, 10)) == ["new"]


@pytest.mark.fidelity(
    "DynamoDB Streams", "A page holds at most 1 MB.", source="DynamoDB API: streams_GetRecords"
)
def test_a_page_holds_a_megabyte(
    streams: LabDynamoDBStreamsBackend, tables: LabDynamoDBBackend
) -> None:
    """And at least one record."""
    shard = create_table(tables, "NEW_IMAGE").stream_shard
    for n in range(4):
        tables.put_item("Orders", {"id": {"S": str(n)}, "body": {"S": "x" * 399_000}})
    answer = streams.get_records(iterator(streams, shard, "TRIM_HORIZON"), 1000)
    assert keys(answer) == ["0", "1"]


@pytest.mark.parametrize("limit", [0, 1001])
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A page holds at most 1,000 records.",
    source="DynamoDB API: streams_GetRecords",
)
def test_refuses_a_limit_out_of_range(
    streams: LabDynamoDBStreamsBackend, shard: LabStreamShard, limit: int
) -> None:
    """One to a thousand."""
    with pytest.raises(JsonRESTError, match="'limit' failed to satisfy"):
        streams.get_records(iterator(streams, shard, "LATEST"), limit)


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An unknown stream or shard is `ResourceNotFoundException`.",
    source="DynamoDB API: streams_DescribeStream",
)
def test_refuses_a_stream_or_shard_that_does_not_exist(
    streams: LabDynamoDBStreamsBackend, shard: LabStreamShard
) -> None:
    """ResourceNotFoundException, for a table that does not exist too."""
    for read in (
        lambda: streams.describe_stream(shard.stream_arn + "0"),
        lambda: streams.describe_stream(shard.stream_arn.replace("/Orders/", "/None/")),
        lambda: streams.get_shard_iterator(shard.stream_arn, "shardId-0", "LATEST"),
    ):
        with pytest.raises(JsonRESTError) as refused:
            read()
        assert refused.value.error_type.endswith("#ResourceNotFoundException")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "a|1|b",
        "a|2|e30=",
        "a|1|" + base64.b64encode(b"[1, 2]").decode(),
        "a|1|" + base64.b64encode(b'["s", "x", 1.0]').decode(),
    ],
)
def test_refuses_an_iterator_that_it_never_issued(
    streams: LabDynamoDBStreamsBackend, text: str
) -> None:
    """ValidationException."""
    with pytest.raises(JsonRESTError, match="Invalid ShardIterator"):
        streams.get_records(text, 1)


@pytest.mark.parametrize(
    ("kind", "number"),
    [("AT_SEQUENCE_NUMBER", None), ("AT_SEQUENCE_NUMBER", 1), ("NEWEST", None)],
)
def test_refuses_a_position_that_is_not_in_the_shard(
    streams: LabDynamoDBStreamsBackend, shard: LabStreamShard, kind: str, number: int | None
) -> None:
    """No sequence number, one of another shard, a type that does not exist."""
    with pytest.raises(JsonRESTError) as refused:
        iterator(streams, shard, kind, number)
    assert refused.value.error_type.endswith("#ValidationException")


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "ListStreams has the streams of all tables or of one.",
    source="DynamoDB API: streams_ListStreams",
)
def test_lists_streams_by_table(streams: LabDynamoDBStreamsBackend, shard: LabStreamShard) -> None:
    """All of them, or those of one table."""
    (listed,) = streams.list_streams()
    assert listed["StreamArn"] == shard.stream_arn
    assert streams.list_streams("Orders") == [listed]
    assert streams.list_streams("Other") == []


def test_keeps_no_iterators(streams: LabDynamoDBStreamsBackend, shard: LabStreamShard) -> None:
    """moto's dictionary of them stays empty."""
    text = iterator(streams, shard, "TRIM_HORIZON")
    for _ in range(10):
        text = streams.get_records(text, 1)["NextShardIterator"]
    assert streams.shard_iterators == {}


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_the_number_that_describe_stream_names_is_a_place_to_begin(
    streams: LabDynamoDBStreamsBackend, shard: LabStreamShard, kind: str
) -> None:
    """Every record comes after it, and it is a valid number before any record is there."""
    described = streams.describe_stream(shard.stream_arn)["Shards"][0]["SequenceNumberRange"]
    number = int(described["StartingSequenceNumber"])
    read = streams.get_records(iterator(streams, shard, kind, number), 1000)
    assert keys(read) == ["0", "1", "2", "3", "4"]
    shard.forget_after(number)
    assert iterator(streams, shard, kind, number)


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A stream has one shard for its whole life.",
    differs="AWS begins a new one every few hours and when a table grows; a lab's does neither.",
    source="DynamoDB guide: Streams",
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "Sequence numbers grow by one.",
    differs="AWS's have gaps; code that leans on neither is right on both.",
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "Reading a stream is never throttled, however many read it.",
    differs="AWS allows two readers a shard and 5 to 10 calls a second; a lesson looks often.",
    source="DynamoDB guide: Streams",
)
def test_one_shard_for_any_number_of_readers(
    streams: LabDynamoDBStreamsBackend,
    tables: LabDynamoDBBackend,
    shard: LabStreamShard,
    clock: Traveller,
) -> None:
    """Twelve hours later, for a hundred readers at the same moment."""
    clock.shift(12 * 3600)
    tables.put_item("Orders", {"id": {"S": "late"}})
    assert len(streams.describe_stream(shard.stream_arn)["Shards"]) == 1
    start = iterator(streams, shard, "TRIM_HORIZON")
    answers = [streams.get_records(start, 1000)["Records"] for _ in range(100)]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in answers[0]]
    assert numbers == list(range(numbers[0], numbers[0] + 6))
    assert all(len(records) == 6 for records in answers)
