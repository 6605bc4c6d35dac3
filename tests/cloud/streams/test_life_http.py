"""What a stream holds and for how long, through boto3 and the lab's clock."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

MINUTE, DAY = 60, 24 * 3600
KEY, OLD, NEW = {"id": {"S": "a"}}, {"n": {"N": "1"}}, {"n": {"N": "2"}}


class Stream:
    """A table and its stream, as boto3 sees them."""

    def __init__(self, client: Callable[..., Any], endpoint_url: str, view: str) -> None:
        self.dynamodb, self.streams = client("dynamodb"), client("dynamodbstreams")
        self._endpoint_url = endpoint_url
        self.table = f"Orders-{uuid4()}"
        self.arn = self.dynamodb.create_table(
            TableName=self.table,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
        )["TableDescription"]["LatestStreamArn"]

    def put(self, **attributes: dict[str, str]) -> None:
        """Put the item with these attributes."""
        self.dynamodb.put_item(TableName=self.table, Item={**KEY, **attributes})

    def iterator(self, kind: str = "TRIM_HORIZON", **number: str) -> str:
        """A place in the stream."""
        [shard] = self.streams.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
        return self.streams.get_shard_iterator(
            StreamArn=self.arn, ShardId=shard["ShardId"], ShardIteratorType=kind, **number
        )["ShardIterator"]

    def records(self, iterator: str | None = None) -> list[dict[str, Any]]:
        """What there is from a place on."""
        return self.streams.get_records(ShardIterator=iterator or self.iterator())["Records"]

    def advance(self, seconds: float) -> None:
        """Move the lab's clock."""
        body = json.dumps({"advance": seconds}).encode()
        page = urllib.request.Request(f"{self._endpoint_url}/_lab/clock", body, method="POST")
        urllib.request.urlopen(page).close()


@pytest.fixture
def stream_of(cloud: str, client: Callable[..., Any]) -> Callable[[str], Stream]:
    """Makes a table with a stream of a view type."""
    return lambda view: Stream(client, cloud, view)


@pytest.mark.parametrize(
    ("view", "images", "sizes"),
    [
        ("KEYS_ONLY", [(), (), ()], [3, 3, 3]),
        ("NEW_IMAGE", [("NewImage",), ("NewImage",), ()], [9, 9, 3]),
        ("OLD_IMAGE", [(), ("OldImage",), ("OldImage",)], [3, 9, 9]),
        (
            "NEW_AND_OLD_IMAGES",
            [("NewImage",), ("NewImage", "OldImage"), ("OldImage",)],
            [9, 15, 9],
        ),
    ],
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "Through GetRecords each view type shows its images, counts their bytes, and has version 1.1.",
    source="DynamoDB API: streams_StreamRecord",
)
def test_a_view_type_shows_its_images(
    stream_of: Callable[[str], Stream], view: str, images: list[Any], sizes: list[int]
) -> None:
    """An insert, a change and a removal."""
    stream = stream_of(view)
    stream.put(n={"N": "1"})
    stream.put(n={"N": "2"})
    stream.dynamodb.delete_item(TableName=stream.table, Key=KEY)
    records = stream.records()
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    assert {record["eventVersion"] for record in records} == {"1.1"}
    changes = [record["dynamodb"] for record in records]
    assert [tuple(sorted({"NewImage", "OldImage"} & {*each})) for each in changes] == images
    assert [each["SizeBytes"] for each in changes] == sizes
    assert {each["StreamViewType"] for each in changes} == {view}
    assert [each["Keys"] for each in changes] == [KEY] * 3
    if view == "NEW_AND_OLD_IMAGES":
        assert (changes[1]["OldImage"], changes[1]["NewImage"]) == ({**KEY, **OLD}, {**KEY, **NEW})


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "PutItem, UpdateItem and DeleteItem that change nothing write no record.",
    source="DynamoDB guide: Streams",
)
def test_a_write_that_changes_nothing_writes_no_record(
    stream_of: Callable[[str], Stream],
) -> None:
    """The same item again, the same value again, an item that is not there."""
    stream = stream_of("NEW_AND_OLD_IMAGES")
    for _ in range(2):
        stream.put(n={"N": "1"})
    stream.dynamodb.update_item(
        TableName=stream.table,
        Key=KEY,
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "1.0"}},
    )
    stream.dynamodb.delete_item(TableName=stream.table, Key={"id": {"S": "other"}})
    assert [record["eventName"] for record in stream.records()] == ["INSERT"]


def test_iterators_expire_and_records_are_trimmed(stream_of: Callable[[str], Stream]) -> None:
    """After 15 minutes, and after 24 hours, for a client as well."""
    stream = stream_of("NEW_IMAGE")
    stream.put()
    [first] = stream.records()
    number = first["dynamodb"]["SequenceNumber"]
    early = stream.iterator("AT_SEQUENCE_NUMBER", SequenceNumber=number)
    stream.advance(15 * MINUTE - 1)
    assert len(stream.records(early)) == 1
    stream.advance(2)
    with pytest.raises(stream.streams.exceptions.ExpiredIteratorException):
        stream.records(early)
    stream.put(n={"N": "1"})
    stream.advance(DAY - 10 * MINUTE)
    assert [record["eventName"] for record in stream.records()] == ["MODIFY"]
    with pytest.raises(stream.streams.exceptions.TrimmedDataAccessException):
        stream.iterator("AT_SEQUENCE_NUMBER", SequenceNumber=number)
    stream.advance(11 * MINUTE)
    assert stream.records() == []


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A disabled stream is readable for 24 hours.",
    source="DynamoDB guide: Streams",
)
def test_a_disabled_stream_is_there_for_a_day(stream_of: Callable[[str], Stream]) -> None:
    """What is written after it was enabled again is in the new stream alone."""
    stream = stream_of("KEYS_ONLY")
    stream.put()
    update = stream.dynamodb.update_table
    update(TableName=stream.table, StreamSpecification={"StreamEnabled": False})
    specification = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    again = update(TableName=stream.table, StreamSpecification=specification)
    assert again["TableDescription"]["LatestStreamArn"] != stream.arn
    stream.put(n={"N": "1"})
    assert len(stream.records()) == 1
    stream.advance(DAY + MINUTE)
    listed = stream.streams.list_streams(TableName=stream.table)["Streams"]
    assert [each["StreamArn"] for each in listed] == [again["TableDescription"]["LatestStreamArn"]]
    with pytest.raises(stream.streams.exceptions.ResourceNotFoundException):
        stream.streams.describe_stream(StreamArn=stream.arn)
