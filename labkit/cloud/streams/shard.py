"""The one shard of a table's stream: records in the shape of a Lambda event, kept for 24 hours.

A write that changes nothing writes no record, and each record counts its bytes as AWS does. moto
hands every change to `add`; unlike moto's own shard this one calls no function, but rings
`arrival`. A stream has one shard for its whole life, where AWS starts a new one every few hours.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import StreamShard, Table
from moto.moto_api._internal import mock_random

from labkit.cloud.clock import Signal
from labkit.cloud.streams.images import image_of, is_same, size_of
from labkit.cloud.streams.wire import wire

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
RETENTION_SECONDS = 24 * 3600
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
EXPIRED_BY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
# AWS's sequence numbers have 21 to 40 digits.
FIRST_SEQUENCE_NUMBER = 1_100_000_000_017_454_423_009


class LabStreamShard(StreamShard):
    """The records of one stream.

    Sequence numbers grow by one. `horizon` is the one before the oldest record that is still
    there and `latest` the last one written, so that `records(horizon)` gives all there is and
    `records(latest)` nothing. `arrival` rings at each record and when the stream is closed.
    """

    def __init__(self, account_id: str, table: Table, *, label: str, view_type: str) -> None:
        # Not moto's own __init__: it keeps the table, whose items would then outlive it here.
        self.account_id = account_id
        self.table_name = table.name
        self.key_schema = table.schema
        self.label = label
        self.stream_arn = f"{table.table_arn}/stream/{label}"
        self.view_type = view_type
        self.region = table.region_name
        self.created_on = time.time()
        self.id = f"shardId-{int(self.created_on * 1000):020d}-{mock_random.get_random_hex()}"
        self.starting_sequence_number = FIRST_SEQUENCE_NUMBER
        self.closed_at: float | None = None
        self.arrival = Signal()
        self._records: list[dict[str, Any]] = []
        self._written_at: list[float] = []
        self._trimmed = 0
        self._identity: dict[str, Any] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> LabStreamShard:
        # moto copies whole tables for transactions and backups; the stream stays the same one.
        return self

    @property
    def closed(self) -> bool:
        """Whether nothing more will be written: the stream was disabled or its table deleted."""
        return self.closed_at is not None

    @property
    def horizon(self) -> int:
        """The sequence number before the oldest record that is still there."""
        self._trim()
        return self.starting_sequence_number + self._trimmed - 1

    @property
    def latest(self) -> int:
        """The sequence number of the last record written; one less than the first before any."""
        return self.starting_sequence_number + self._trimmed + len(self._records) - 1

    def records(self, after: int, limit: int) -> list[dict[str, Any]]:
        """Up to `limit` records with sequence numbers above `after`, oldest first.

        What was trimmed is passed over. The records belong to the shard: copy before changing.
        """
        start = max(after, self.horizon) + 1 - self.starting_sequence_number - self._trimmed
        return self._records[start : start + limit]

    def add(self, old: Item | None, new: Item | None) -> None:
        """Record that item `old` became `new`; None stands for no item."""
        if self.closed:
            return
        before = image_of(old) if old is not None else None
        after = image_of(new) if new is not None else None
        if before is None and after is None:
            return
        if before is not None and after is not None and is_same(before, after):
            return
        self._trim()
        self._written_at.append(time.time())
        self._records.append(self._record(old or new, before, after))
        self.arrival.ring()

    @contextmanager
    def by_dynamodb(self) -> Iterator[None]:
        """Let what is added inside be DynamoDB's own doing: items that have expired."""
        self._identity = {"userIdentity": EXPIRED_BY}
        try:
            yield
        finally:
            self._identity = {}

    def forget_after(self, sequence_number: int) -> None:
        """Take back the records above `sequence_number`: their transaction was cancelled."""
        keep = max(0, sequence_number + 1 - self.starting_sequence_number - self._trimmed)
        del self._records[keep:], self._written_at[keep:]

    def close(self) -> None:
        """Write no more, and wake whoever waits for a record."""
        if not self.closed:
            self.closed_at = time.time()
        self.arrival.ring()

    def to_json(self) -> dict[str, Any]:
        """The shard as DescribeStream shows it: it starts before its first record."""
        numbers = {"StartingSequenceNumber": str(self.starting_sequence_number - 1)}
        if self.closed:
            numbers["EndingSequenceNumber"] = str(self.latest)
        return {"ShardId": self.id, "SequenceNumberRange": numbers}

    def _record(self, item: Item, before: Any, after: Any) -> dict[str, Any]:
        name = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        keys = {
            key["AttributeName"]: wire(item.attrs[key["AttributeName"]]) for key in self.key_schema
        }
        images = {}
        if after is not None and self.view_type in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"):
            images["NewImage"] = after
        if before is not None and self.view_type in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"):
            images["OldImage"] = before
        return {
            "eventID": mock_random.uuid4().hex,
            "eventName": name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self.region,
            "dynamodb": {
                "ApproximateCreationDateTime": float(int(time.time())),  # 1627664656.0
                "Keys": keys,
                **images,
                "SequenceNumber": str(self.latest + 1),
                "SizeBytes": size_of(keys) + sum(map(size_of, images.values())),
                "StreamViewType": self.view_type,
            },
            **self._identity,
        }

    def _trim(self) -> None:
        expired = 0
        oldest = time.time() - RETENTION_SECONDS
        while expired < len(self._written_at) and self._written_at[expired] <= oldest:
            expired += 1
        if expired:
            del self._records[:expired], self._written_at[:expired]
            self._trimmed += expired
