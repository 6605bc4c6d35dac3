"""Many writers at once, to one key and to many: what is written is in the stream, and in order."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

WRITERS, WRITES, KEYS = 6, 10, 5
FAILED = "ConditionalCheckFailedException"


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "Whoever writes, each change of an item is one record, in the order of its changes.",
    source="DynamoDB guide: Streams",
)
def test_no_change_is_lost_or_out_of_order(client: Callable[..., Any]) -> None:
    """A counter, a version that each writer reads and raises, and keys that one writer wins."""
    dynamodb, name = client("dynamodb"), f"orders-{uuid.uuid4().hex[:8]}"
    created = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    one = {":one": {"N": "1"}}

    def succeeds(operation: str, **given: Any) -> bool:
        try:
            getattr(dynamodb, operation)(TableName=name, **given)
        except ClientError as error:
            assert error.response["Error"]["Code"] == FAILED
            return False
        return True

    def raise_version() -> None:
        key = {"Key": {"id": {"S": "version"}}}
        while True:
            read = dynamodb.get_item(TableName=name, ConsistentRead=True, **key).get("Item", {})
            seen = {":seen": read.get("n", {"N": "0"})}
            if succeeds(
                "update_item",
                **key,
                UpdateExpression="SET n = if_not_exists(n, :zero) + :one",
                ConditionExpression="n = :seen OR attribute_not_exists(n) AND :seen = :zero",
                ExpressionAttributeValues={**one, **seen, ":zero": {"N": "0"}},
            ):
                return

    def write(writer: int) -> int:
        won = 0
        for number in range(WRITES):
            counter = {"Key": {"id": {"S": "counter"}}, "UpdateExpression": "ADD n :one"}
            assert succeeds("update_item", **counter, ExpressionAttributeValues=one)
            item = {"id": {"S": f"key {number % KEYS}"}, "by": {"N": str(writer)}}
            absent = {"ConditionExpression": "attribute_not_exists(id)"}
            won += succeeds("put_item", Item=item, **absent)
        raise_version()
        return won

    with ThreadPoolExecutor(WRITERS) as writers:
        assert sum(writers.map(write, range(WRITERS))) == KEYS

    streams, arn = client("dynamodbstreams"), created["TableDescription"]["LatestStreamArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    at = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    position = streams.get_shard_iterator(**at)["ShardIterator"]
    images: dict[str, list[Any]] = defaultdict(lambda: [None])
    numbers: list[int] = []
    while page := streams.get_records(ShardIterator=position, Limit=100):
        if not page["Records"]:
            break
        for record in (each["dynamodb"] for each in page["Records"]):
            changes = images[record["Keys"]["id"]["S"]]
            assert record.get("OldImage") == changes[-1], "each change goes on from the one before"
            changes.append(record["NewImage"])
            numbers.append(int(record["SequenceNumber"]))
        position = page["NextShardIterator"]
    assert numbers == sorted(set(numbers))
    for counted, total in (("counter", WRITERS * WRITES), ("version", WRITERS)):
        assert [image["n"]["N"] for image in images.pop(counted)[1:]] == [
            str(number) for number in range(1, total + 1)
        ]
    assert {key: len(changes) for key, changes in images.items()} == {
        f"key {number}": 2 for number in range(KEYS)
    }
