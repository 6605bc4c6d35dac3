"""Streams through boto3, against a running local cloud."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def table(client: Callable[..., Any]) -> dict[str, Any]:
    """The description of a new table with a stream."""
    return client("dynamodb").create_table(
        TableName=f"Orders-{uuid4()}",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]


def read(streams: Any, arn: str) -> list[dict[str, Any]]:
    """All records of a stream, from its oldest one on."""
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    position = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return streams.get_records(ShardIterator=position)["Records"]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "boto3 reads times as datetimes and binary values as bytes.",
    source="botocore: dynamodbstreams",
)
def test_a_write_is_read_from_the_stream(client: Callable[..., Any], table: dict[str, Any]) -> None:
    """With its time as a datetime, and bytes as bytes."""
    item = {
        "id": {"S": "a"},
        "blob": {"B": b"foobar"},
        "lines": {"L": [{"M": {"n": {"N": "1"}}}]},
    }
    client("dynamodb").put_item(TableName=table["TableName"], Item=item)
    (record,) = read(client("dynamodbstreams"), table["LatestStreamArn"])
    assert record["eventVersion"] == "1.1"
    assert record["dynamodb"]["NewImage"] == item
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], datetime)


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "PutItem gives back the old item with ReturnValues=ALL_OLD only.",
    source="DynamoDB API: PutItem",
)
def test_a_put_gives_back_the_old_item_when_asked(
    client: Callable[..., Any], table: dict[str, Any]
) -> None:
    """ReturnValues=ALL_OLD, and nothing otherwise."""
    dynamodb, name = client("dynamodb"), table["TableName"]
    old = {"id": {"S": "a"}, "n": {"N": "1"}}
    assert "Attributes" not in dynamodb.put_item(TableName=name, Item=old)
    new = {"id": {"S": "a"}, "n": {"N": "2"}}
    answer = dynamodb.put_item(TableName=name, Item=new, ReturnValues="ALL_OLD")
    assert answer["Attributes"] == old
    assert dynamodb.get_item(TableName=name, Key={"id": {"S": "a"}})["Item"] == new


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A disabled stream stays readable; enabling makes a new one with a new ARN.",
    source="DynamoDB guide: Streams",
)
def test_a_disabled_stream_stays_readable_under_its_arn(
    client: Callable[..., Any], table: dict[str, Any]
) -> None:
    """Enabling it again makes a new one; both are listed."""
    dynamodb, streams = client("dynamodb"), client("dynamodbstreams")
    name, arn = table["TableName"], table["LatestStreamArn"]
    dynamodb.put_item(TableName=name, Item={"id": {"S": "a"}})
    dynamodb.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
    described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert described["StreamStatus"] == "DISABLED"
    assert len(read(streams, arn)) == 1
    again = dynamodb.update_table(TableName=name, StreamSpecification=table["StreamSpecification"])
    listed = [stream["StreamArn"] for stream in streams.list_streams(TableName=name)["Streams"]]
    assert listed == [arn, again["TableDescription"]["LatestStreamArn"]]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "ListStreams has pages of up to 100.",
    source="DynamoDB API: streams_ListStreams",
)
def test_lists_streams_page_by_page(client: Callable[..., Any], table: dict[str, Any]) -> None:
    """A hundred at most, fewer if asked for, each once: those of deleted tables too."""
    dynamodb, streams, name = client("dynamodb"), client("dynamodbstreams"), table["TableName"]
    wanted = [table["LatestStreamArn"]]
    for _ in range(100):
        dynamodb.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
        updated = dynamodb.update_table(
            TableName=name, StreamSpecification=table["StreamSpecification"]
        )
        wanted.append(updated["TableDescription"]["LatestStreamArn"])
    dynamodb.delete_table(TableName=name)

    def pages(**options: Any) -> list[list[str]]:
        listed: list[list[str]] = []
        start: dict[str, str] = {}
        while not listed or start:
            page = streams.list_streams(TableName=name, **options, **start)
            listed.append([stream["StreamArn"] for stream in page["Streams"]])
            last = page.get("LastEvaluatedStreamArn")
            start = {"ExclusiveStartStreamArn": last} if last else {}
        return listed

    assert pages() == pages(Limit=1000) == [wanted[:100], wanted[100:]]
    assert pages(Limit=51) == [wanted[:51], wanted[51:]]


def test_refuses_as_aws_does(client: Callable[..., Any], table: dict[str, Any]) -> None:
    """An unknown stream and a foreign iterator, as errors that the SDK knows."""
    streams = client("dynamodbstreams")
    with pytest.raises(streams.exceptions.ResourceNotFoundException):
        streams.describe_stream(StreamArn=table["LatestStreamArn"] + "0")
    with pytest.raises(ClientError, match="Invalid ShardIterator"):
        streams.get_records(ShardIterator="nonsense")


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "DescribeStream gives shards page by page, and with a ShardFilter those that follow another.",
    source="botocore: dynamodbstreams",
)
def test_shards_are_described_in_pages(client: Callable[..., Any], table: dict[str, Any]) -> None:
    """A stream of ours has one shard: nothing comes after it, and none came out of it."""
    streams, arn = client("dynamodbstreams"), table["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn, Limit=1)["StreamDescription"]["Shards"]
    described = streams.describe_stream(StreamArn=arn, Limit=1)["StreamDescription"]
    assert "LastEvaluatedShardId" not in described
    shard_id = shard["ShardId"]
    for following in (
        {"ExclusiveStartShardId": shard_id},
        {"ShardFilter": {"Type": "CHILD_SHARDS", "ShardId": shard_id}},
    ):
        described = streams.describe_stream(StreamArn=arn, **following)["StreamDescription"]
        assert described["StreamArn"] == arn
        assert described["Shards"] == []
    with pytest.raises(ClientError, match="CHILD_SHARDS"):
        streams.describe_stream(StreamArn=arn, ShardFilter={"Type": "ALL", "ShardId": shard_id})


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "What is no stream's ARN is refused, and a sequence number that an iterator does not take.",
    source="report: scylladb/scylladb/blob/a55b434/test/alternator/test_streams.py",
)
def test_what_a_reader_may_not_ask(client: Callable[..., Any], table: dict[str, Any]) -> None:
    """And no shard comes after one that is not there."""
    streams, arn = client("dynamodbstreams"), table["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    at = {"StreamArn": arn, "ShardId": shard["ShardId"]}
    number = {"SequenceNumber": shard["SequenceNumberRange"]["StartingSequenceNumber"]}
    no_arn = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders"
    for call, given in (
        (streams.describe_stream, {"StreamArn": no_arn}),
        (streams.describe_stream, {"StreamArn": "nonsense" * 8}),
        (streams.get_shard_iterator, {**at, "StreamArn": no_arn, "ShardIteratorType": "LATEST"}),
        (streams.get_shard_iterator, {**at, **number, "ShardIteratorType": "LATEST"}),
        (streams.get_shard_iterator, {**at, **number, "ShardIteratorType": "TRIM_HORIZON"}),
        (streams.get_shard_iterator, {**at, "ShardIteratorType": "AT_SEQUENCE_NUMBER"}),
    ):
        with pytest.raises(ClientError, match="ValidationException"):
            call(**given)
    after = streams.describe_stream(StreamArn=arn, ExclusiveStartShardId=f"{shard['ShardId']}0")
    assert after["StreamDescription"]["Shards"] == []
