"""Table and stream backends in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodbstreams.models import dynamodbstreams_backends

from labkit.cloud.streams.backend import LabDynamoDBBackend, LabDynamoDBStreamsBackend


@pytest.fixture
def tables(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LabDynamoDBBackend]:
    """An empty DynamoDB backend, found where moto looks for it."""
    monkeypatch.setattr(dynamodb_backends, "backend", LabDynamoDBBackend)
    dynamodb_backends.clear()
    yield dynamodb_backends["123456789012"]["us-east-1"]
    dynamodb_backends.clear()


@pytest.fixture
def streams(
    tables: LabDynamoDBBackend, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LabDynamoDBStreamsBackend]:
    """The streams backend of the same account and region."""
    monkeypatch.setattr(dynamodbstreams_backends, "backend", LabDynamoDBStreamsBackend)
    dynamodbstreams_backends.clear()
    yield dynamodbstreams_backends["123456789012"]["us-east-1"]
    dynamodbstreams_backends.clear()


def create_table(
    tables: LabDynamoDBBackend, view_type: str | None = "NEW_AND_OLD_IMAGES", *, range_key: str = ""
) -> Table:
    """The table `Orders` with key `id`, with a stream of `view_type` or without one."""
    keys = {"id": "HASH"} | ({range_key: "RANGE"} if range_key else {})
    return tables.create_table(
        "Orders",
        schema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        attr=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        streams={"StreamEnabled": True, "StreamViewType": view_type} if view_type else None,
        throughput=None,
        global_indexes=[],
        indexes=[],
        billing_mode="PAY_PER_REQUEST",
        sse_specification=None,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )
