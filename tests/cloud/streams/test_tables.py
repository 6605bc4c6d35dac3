"""The life of a stream: enabled, disabled, enabled anew, its table deleted."""

from __future__ import annotations

import re

import pytest
from moto.dynamodb.exceptions import MockValidationException
from time_machine import Traveller

from labkit.cloud.streams.tables import LabDynamoDBBackend

from .conftest import create_table

ENABLE = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
DISABLE = {"StreamEnabled": False}


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A stream's label is its time of creation to the millisecond.",
    source="DynamoDB API: streams_ListStreams",
)
def test_the_label_is_the_time_to_the_millisecond(tables: LabDynamoDBBackend) -> None:
    """As in 2026-11-23T03:00:00.000."""
    table = create_table(tables)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", table.latest_stream_label)
    described = tables.describe_table("Orders")["Table"]
    assert described["LatestStreamArn"] == f"{table.table_arn}/stream/{table.latest_stream_label}"
    assert described["LatestStreamArn"] == table.stream_shard.stream_arn


def test_a_table_may_have_no_stream(tables: LabDynamoDBBackend) -> None:
    """Until one is enabled."""
    table = create_table(tables, None)
    assert table.stream_shard is None
    assert not tables.streams
    tables.update_table_streams(table, ENABLE)
    assert tables.describe_table("Orders")["Table"]["StreamSpecification"] == ENABLE


def test_enabling_again_makes_a_new_stream(tables: LabDynamoDBBackend) -> None:
    """With another ARN, even at once; the old one is closed and keeps its records."""
    table = create_table(tables)
    old = table.stream_shard
    tables.put_item("Orders", {"id": {"S": "a"}})
    tables.update_table_streams(table, DISABLE)
    assert old.closed
    assert "StreamSpecification" not in tables.describe_table("Orders")["Table"]
    tables.put_item("Orders", {"id": {"S": "b"}})
    tables.update_table_streams(table, ENABLE)
    assert table.stream_shard.stream_arn != old.stream_arn
    assert list(tables.streams) == [old.stream_arn, table.stream_shard.stream_arn]
    assert len(old.records(0, 10)) == 1
    assert table.stream_shard.records(0, 10) == []


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A closed stream, that of a deleted table too, can be read for 24 hours.",
    source="DynamoDB guide: Streams",
)
def test_a_closed_stream_can_be_read_for_a_day(
    tables: LabDynamoDBBackend, clock: Traveller
) -> None:
    """That of a deleted table too."""
    create_table(tables)
    shard = tables.delete_table("Orders").stream_shard
    assert shard.closed
    clock.shift(86_399)
    assert shard.stream_arn in tables.streams
    clock.shift(1)
    assert not tables.streams


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "Enabling or disabling a stream twice is `ValidationException`.",
    source="DynamoDB API: UpdateTable",
)
def test_refuses_to_enable_or_disable_twice(tables: LabDynamoDBBackend) -> None:
    """ValidationException."""
    table = create_table(tables)
    with pytest.raises(MockValidationException, match="already has an enabled stream"):
        tables.update_table_streams(table, ENABLE)
    tables.update_table_streams(table, DISABLE)
    with pytest.raises(MockValidationException, match="no enabled stream"):
        tables.update_table_streams(table, DISABLE)


@pytest.mark.fidelity(
    "DynamoDB Streams", "An unknown view type makes no table.", source="DynamoDB API: CreateTable"
)
def test_refuses_a_view_type_that_does_not_exist(tables: LabDynamoDBBackend) -> None:
    """Before the table is made."""
    with pytest.raises(MockValidationException, match="streamViewType"):
        create_table(tables, "ALL_IMAGES")
    assert not tables.tables


def test_a_reset_closes_every_stream(tables: LabDynamoDBBackend) -> None:
    """So that whoever waits on one finds out."""
    shard = create_table(tables).stream_shard
    tables.reset()
    assert shard.closed
    assert not tables.streams
