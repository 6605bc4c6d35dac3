"""Items that expire."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from labkit.cloud.streams.backend import LabDynamoDBBackend
from labkit.cloud.streams.expiry import OLDEST, Expiry
from tests import waiting
from tests.cloud.conftest import START
from tests.cloud.streams.conftest import create_table

HOUR = 3600


def put(tables: LabDynamoDBBackend, key: str, until: float | str) -> Item:
    """Put an item that expires."""
    kind = "S" if isinstance(until, str) else "N"
    tables.put_item("Orders", {"id": {"S": key}, "until": {kind: str(until)}})
    found = tables.get_table("Orders").get_item(DynamoType({"S": key}))
    assert found is not None
    return found


def keys(tables: LabDynamoDBBackend) -> list[str]:
    """The keys of the items that are there."""
    return sorted(item.hash_key.value for item in tables.get_table("Orders").all_items())


def test_what_is_due_is_deleted_and_nothing_else(tables: LabDynamoDBBackend) -> None:
    """Text is no time, what expired more than five years ago stays, and a change counts."""
    create_table(tables)
    expiry = Expiry(tables.tables["Orders"], "until")
    for key, until in {
        "due": START + 60,
        "later": START + 61,
        "text": str(START),
        "ancient": START - OLDEST - 1,
        "renewed": START + 60,
    }.items():
        expiry.note(put(tables, key, until), START)
    put(tables, "renewed", START + 3600)
    expiry.delete_due(START + 60)
    assert keys(tables) == ["ancient", "later", "renewed", "text"]


def test_an_item_that_is_gone_does_no_harm(tables: LabDynamoDBBackend) -> None:
    """Neither does a table that is gone."""
    create_table(tables)
    expiry = Expiry(tables.tables["Orders"], "until")
    for key in ("a", "b"):
        expiry.note(put(tables, key, START + 60), START)
    tables.delete_item("Orders", {"id": {"S": "a"}})
    expiry.delete_due(START + 60)
    expiry.note(put(tables, "c", START + 60), START)
    tables.delete_table("Orders")
    expiry.delete_due(START + 60)


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An expired item is a REMOVE record with `userIdentity` of type Service.",
    source="DynamoDB guide: time-to-live-ttl-streams",
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An item is deleted at the moment when it expires.",
    differs="AWS takes up to a few days; a lesson has minutes, and a clock to turn.",
    source="DynamoDB guide: TTL",
)
def test_an_expired_item_is_removed_by_dynamodb(cloud: str, client: Callable[..., Any]) -> None:
    """Items from before are included; a removal by a caller has no identity."""
    dynamodb, streams = client("dynamodb"), client("dynamodbstreams")
    table = dynamodb.create_table(
        TableName="Offers",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"},
    )["TableDescription"]
    soon = {"N": str(int(time.time()) + HOUR)}

    def put_offer(key: str) -> None:
        dynamodb.put_item(TableName="Offers", Item={"id": {"S": key}, "until": soon})

    put_offer("before")
    ttl = {"Enabled": True, "AttributeName": "until"}
    dynamodb.update_time_to_live(TableName="Offers", TimeToLiveSpecification=ttl)
    with pytest.raises(ClientError, match="TimeToLive is already enabled"):
        dynamodb.update_time_to_live(TableName="Offers", TimeToLiveSpecification=ttl)
    put_offer("after")
    put_offer("sold")
    dynamodb.delete_item(TableName="Offers", Key={"id": {"S": "sold"}})
    advance = urllib.request.Request(
        f"{cloud}/_lab/clock", json.dumps({"advance": HOUR + 1}).encode(), method="POST"
    )
    urllib.request.urlopen(advance).close()
    waiting.until(lambda: dynamodb.scan(TableName="Offers")["Count"] == 0)
    arn = table["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    removed = {
        record["dynamodb"]["Keys"]["id"]["S"]: record.get("userIdentity")
        for record in streams.get_records(ShardIterator=iterator)["Records"]
        if record["eventName"] == "REMOVE"
    }
    by_dynamodb = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    assert removed == {"sold": None, "before": by_dynamodb, "after": by_dynamodb}
