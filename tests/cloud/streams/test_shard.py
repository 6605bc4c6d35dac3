"""What writes to a table leave in its stream."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from moto.dynamodb.exceptions import ConditionalCheckFailed, TransactionCanceledException
from time_machine import Traveller

from labkit.cloud.streams.shard import LabStreamShard
from labkit.cloud.streams.tables import LabDynamoDBBackend
from tests.cloud.conftest import START
from tests.cloud.streams.conftest import create_table

KEY = {"id": {"S": "id_value_1"}}


def put(tables: LabDynamoDBBackend, **attributes: dict[str, Any]) -> None:
    """Put an item with the key of these tests."""
    tables.put_item("Orders", KEY | attributes, overwrite=True)


def changes(shard: LabStreamShard) -> list[tuple[str, dict[str, Any]]]:
    """Event name and data of every record."""
    return [
        (record["eventName"], record["dynamodb"]) for record in shard.records(shard.horizon, 1000)
    ]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A record has the recorded fields; `eventVersion` is 1.1, the time whole seconds as a float.",
    source="recorded: test_dynamodb_event_source_mapping",
)
def test_a_record_has_the_shape_of_a_lambda_event(tables: LabDynamoDBBackend) -> None:
    """Field by field as recorded; the time is a number of whole seconds with a point."""
    shard = create_table(tables).stream_shard
    put(tables, presentKey={"S": "presentValue"})
    (record,) = shard.records(shard.horizon, 10)
    assert len(record.pop("eventID")) == 32
    number = record["dynamodb"].pop("SequenceNumber")
    assert number.isdecimal()
    assert len(number) >= 21
    assert record == {
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": int(START),
            "Keys": KEY,
            "NewImage": {**KEY, "presentKey": {"S": "presentValue"}},
            "SizeBytes": 46,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }


@pytest.mark.parametrize(
    ("view_type", "images"),
    [
        ("KEYS_ONLY", [set(), set(), set()]),
        ("NEW_IMAGE", [{"NewImage"}, {"NewImage"}, set()]),
        ("OLD_IMAGE", [set(), {"OldImage"}, {"OldImage"}]),
        ("NEW_AND_OLD_IMAGES", [{"NewImage"}, {"NewImage", "OldImage"}, {"OldImage"}]),
    ],
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "The view type says which images a record has; with NEW_IMAGE a removal has keys only.",
    source="DynamoDB guide: Streams",
)
def test_the_view_type_says_what_a_record_shows(
    tables: LabDynamoDBBackend, view_type: str, images: list[set[str]]
) -> None:
    """An insert, a change and a removal."""
    shard = create_table(tables, view_type).stream_shard
    put(tables, n={"N": "1"})
    put(tables, n={"N": "2"})
    tables.delete_item("Orders", KEY)
    found = changes(shard)
    assert [name for name, _ in found] == ["INSERT", "MODIFY", "REMOVE"]
    assert [data.keys() & {"NewImage", "OldImage"} for _, data in found] == images
    assert all(data["Keys"] == KEY for _, data in found)


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A write that changes nothing writes no record.",
    source="DynamoDB guide: Streams",
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A conditional write that fails writes no record.",
    source="DynamoDB guide: Streams",
)
def test_a_write_that_changes_nothing_leaves_no_record(tables: LabDynamoDBBackend) -> None:
    """A put of the same item, an update to the same value, a delete of nothing, a refused put."""
    shard = create_table(tables).stream_shard
    put(tables, n={"N": "1"})
    put(tables, n={"N": "1.0"})
    tables.update_item("Orders", KEY, "SET n = :n", {}, {":n": {"N": "1"}})
    tables.delete_item("Orders", {"id": {"S": "nobody"}})
    with pytest.raises(ConditionalCheckFailed):
        tables.put_item("Orders", KEY, condition_expression="attribute_not_exists(id)")
    assert [name for name, _ in changes(shard)] == ["INSERT"]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An update is one record, however many attributes it changes.",
    source="DynamoDB guide: Streams",
)
def test_an_update_is_one_change(tables: LabDynamoDBBackend) -> None:
    """Of a new item too, and its images do not change with the next one."""
    shard = create_table(tables).stream_shard
    for value in ("1", "2"):
        tables.update_item("Orders", KEY, "SET n = :n", {}, {":n": {"N": value}})
    (_, first), (_, second) = changes(shard)
    assert first["NewImage"]["n"] == second["OldImage"]["n"] == {"N": "1"}
    assert second["NewImage"]["n"] == {"N": "2"}


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A cancelled transaction leaves no record.",
    source="DynamoDB guide: Streams",
)
def test_a_cancelled_transaction_leaves_no_record(tables: LabDynamoDBBackend) -> None:
    """And the stream goes on with the same sequence numbers."""
    shard = create_table(tables).stream_shard
    write = {"Put": {"TableName": "Orders", "Item": KEY}}
    refused = {
        "ConditionCheck": {
            "TableName": "Orders",
            "Key": {"id": {"S": "other"}},
            "ConditionExpression": "attribute_exists(id)",
        }
    }
    with pytest.raises(TransactionCanceledException):
        tables.transact_write_items([write, refused])
    assert changes(shard) == []
    tables.transact_write_items([write])
    assert [name for name, _ in changes(shard)] == ["INSERT"]
    assert shard.latest == shard.starting_sequence_number


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "`Keys` holds partition and sort key.",
    source="DynamoDB API: streams_StreamRecord",
)
def test_keys_include_the_range_key(tables: LabDynamoDBBackend) -> None:
    """In the order of the key schema."""
    shard = create_table(tables, range_key="line").stream_shard
    put(tables, line={"S": "1"}, other={"S": "x"})
    assert changes(shard)[0][1]["Keys"] == KEY | {"line": {"S": "1"}}


def test_records_are_read_from_any_position(tables: LabDynamoDBBackend) -> None:
    """After a sequence number, up to a limit; all after the horizon, none after the latest."""
    shard = create_table(tables).stream_shard
    assert shard.horizon == shard.latest
    for n in range(5):
        put(tables, n={"N": str(n)})
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in shard.records(0, 100)]
    assert numbers == list(range(shard.horizon + 1, shard.latest + 1))
    (third,) = shard.records(numbers[1], 1)
    assert third["dynamodb"]["NewImage"]["n"] == {"N": "2"}
    assert shard.records(shard.latest, 100) == []


@pytest.mark.fidelity(
    "DynamoDB Streams", "Records are trimmed after 24 hours.", source="DynamoDB guide: Streams"
)
def test_records_are_trimmed_after_a_day(tables: LabDynamoDBBackend, clock: Traveller) -> None:
    """The horizon moves, sequence numbers go on, memory is given back."""
    shard = create_table(tables).stream_shard
    put(tables, n={"N": "1"})
    clock.shift(86_000)
    put(tables, n={"N": "2"})
    clock.shift(400)
    (record,) = shard.records(0, 10)
    assert record["dynamodb"]["NewImage"]["n"] == {"N": "2"}
    assert shard.horizon == shard.starting_sequence_number
    clock.shift(86_400)
    assert shard.records(0, 10) == []
    assert shard.horizon == shard.latest
    assert not shard._records
    put(tables, n={"N": "3"})
    assert changes(shard)[0][1]["SequenceNumber"] == str(shard.starting_sequence_number + 2)


@pytest.mark.fidelity(
    "The local cloud",
    "moto's copies of a table write into the one stream.",
    differs="moto copies tables to undo transactions; AWS has nothing like it.",
)
def test_a_copied_table_writes_into_the_same_stream(tables: LabDynamoDBBackend) -> None:
    """moto copies tables to undo transactions."""
    table = create_table(tables)
    assert copy.deepcopy(table).stream_shard is table.stream_shard
