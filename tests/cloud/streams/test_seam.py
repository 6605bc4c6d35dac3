"""What the streams rely on in moto; one of these fails when an update moves it."""

from __future__ import annotations

import inspect

import pytest
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import StreamShard, Table
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.models import DynamoDBStreamsBackend

from labkit.cloud.streams.backend import LabDynamoDBBackend, LabDynamoDBStreamsBackend
from labkit.cloud.streams.shard import LabStreamShard


@pytest.mark.parametrize(
    ("ours", "motos", "name"),
    [
        (LabDynamoDBBackend, DynamoDBBackend, "delete_table"),
        (LabDynamoDBBackend, DynamoDBBackend, "update_table_streams"),
        (LabDynamoDBBackend, DynamoDBBackend, "put_resource_policy"),
        (LabDynamoDBBackend, DynamoDBBackend, "get_resource_policy"),
        (LabDynamoDBBackend, DynamoDBBackend, "delete_resource_policy"),
        (LabDynamoDBBackend, DynamoDBBackend, "transact_write_items"),
        (LabDynamoDBBackend, DynamoDBBackend, "update_item"),
        (LabDynamoDBStreamsBackend, DynamoDBStreamsBackend, "describe_stream"),
        (LabDynamoDBStreamsBackend, DynamoDBStreamsBackend, "get_records"),
        (LabDynamoDBStreamsBackend, DynamoDBStreamsBackend, "get_shard_iterator"),
        (LabDynamoDBStreamsBackend, DynamoDBStreamsBackend, "list_streams"),
        (LabStreamShard, StreamShard, "add"),
    ],
)
def test_moto_calls_as_it_did(ours: type, motos: type, name: str) -> None:
    """The same parameters in the same order."""
    assert list(inspect.signature(getattr(ours, name)).parameters) == list(
        inspect.signature(getattr(motos, name)).parameters
    )


def test_moto_writes_every_change_through_the_shard_of_the_table() -> None:
    """`table.stream_shard.add` in put and delete; the lab's update puts what it makes."""
    assert inspect.getsource(Table).count("self.stream_shard.add(") == 2
    assert "update_table_streams" in inspect.getsource(DynamoDBBackend.update_table)


def test_moto_answers_a_put_without_the_attributes_of_its_result() -> None:
    """So that the backend need not give them."""
    source = inspect.getsource(DynamoHandler.put_item)
    assert "item_dict = result.to_json()" in source
    assert 'item_dict.pop("Attributes", None)' in source


def test_moto_makes_tables_from_these_parameters() -> None:
    """`name` first and `streams` by keyword."""
    parameters = list(inspect.signature(DynamoDBBackend.create_table).parameters)
    assert parameters[1] == "name"
    assert "streams" in parameters
