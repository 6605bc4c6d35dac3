"""Items in the answers of DynamoDB: every kind of value comes back as it was put."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import boto3
import pytest
from moto.core.serialize import SERIALIZERS, SERVICE_SPECIFIC_SERIALIZERS, ResponseSerializer
from moto.dynamodb.models.dynamo_type import DynamoType

from labkit.cloud.streams.wire import PROTOCOL, wire

ITEM = {
    "orderID": "1",
    "total": Decimal("9.50"),
    "raw": b"\x00\xff",
    "paid": True,
    "note": None,
    "tags": {"a", "b"},
    "sizes": {Decimal(1), Decimal("2.5")},
    "blobs": {b"a", b"b"},
    "lines": [{"sku": "22139", "price": Decimal("0.1"), "picture": b"p", "empty": []}],
    "": {"nested": {"": "x"}},
}


@pytest.fixture(scope="module")
def table(client: Callable[..., Any]) -> Any:
    """A table with a stream, and ITEM in it."""
    dynamodb = boto3.resource(
        "dynamodb", endpoint_url=client("dynamodb").meta.endpoint_url, region_name="us-east-1"
    )
    made = dynamodb.create_table(
        TableName="Wire",
        AttributeDefinitions=[{"AttributeName": "orderID", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "orderID", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    made.put_item(Item=ITEM)
    return made


def test_an_item_comes_back_as_it_was_put(table: Any):
    """GetItem, Scan and Query give every kind of value, nested ones too."""
    assert table.get_item(Key={"orderID": "1"})["Item"] == ITEM
    assert table.scan()["Items"] == [ITEM]
    condition = boto3.dynamodb.conditions.Key("orderID").eq("1")
    assert table.query(KeyConditionExpression=condition)["Items"] == [ITEM]


def test_a_stream_record_holds_the_same(table: Any, client: Callable[..., Any]):
    """GetRecords gives the image with its binary values as bytes."""
    streams = client("dynamodbstreams")
    arn = table.latest_stream_arn
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    [record] = streams.get_records(ShardIterator=iterator)["Records"]
    image = record["dynamodb"]["NewImage"]
    deserialize = boto3.dynamodb.types.TypeDeserializer().deserialize
    assert {name: deserialize(value) for name, value in image.items()} == ITEM


def test_motos_own_type_is_written_the_same_way():
    """A value as moto holds it and a value as JSON give the same."""
    value = {"M": {"lines": {"L": [{"N": "1"}, {"B": b"a"}, {"NULL": True}]}}}
    written = {"M": {"lines": {"L": [{"N": "1"}, {"B": "YQ=="}, {"NULL": True}]}}}
    assert wire(value) == written
    assert wire(DynamoType(value)) == written


def test_the_seam_is_where_it_was():
    """Fails when moto no longer chooses its serialisers by service and protocol."""
    assert PROTOCOL in SERIALIZERS
    assert isinstance(SERVICE_SPECIFIC_SERIALIZERS["sqs"], dict)
    assert callable(ResponseSerializer._serialize)
