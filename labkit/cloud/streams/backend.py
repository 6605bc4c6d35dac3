"""DynamoDB Streams' API as a moto backend that keeps no iterators."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from moto.dynamodbstreams.models import DynamoDBStreamsBackend

from labkit.cloud.constraints import not_one_of, violation
from labkit.cloud.streams.errors import (
    ExpiredIterator,
    InvalidRequest,
    StreamNotFound,
    TrimmedDataAccess,
)
from labkit.cloud.streams.iterators import ShardIterator
from labkit.cloud.streams.shard import LabStreamShard
from labkit.cloud.streams.tables import LabDynamoDBBackend

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

__all__ = ["LabDynamoDBBackend", "LabDynamoDBStreamsBackend"]

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
MAX_RECORDS = 1000
MAX_BYTES = 1024 * 1024
STREAM_ARN = re.compile(r"arn:aws[\w-]*:dynamodb:[\w-]+:\d{12}:table/[\w.-]+/stream/[\d:.T-]+")
ITERATOR_TYPES = ("TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")


class LabDynamoDBStreamsBackend(DynamoDBStreamsBackend):
    """The streams of one account and region, read from its DynamoDB backend."""

    cloud: ClassVar[Cloud]
    dynamodb: LabDynamoDBBackend

    def list_streams(self, table_name: str | None = None) -> list[dict[str, Any]]:
        """The streams that can be read, of one table or of all, oldest first."""
        return [
            {
                "StreamArn": stream.stream_arn,
                "TableName": stream.table_name,
                "StreamLabel": stream.label,
            }
            for stream in self.dynamodb.streams.values()
            if table_name in (None, stream.table_name)
        ]

    def describe_stream(self, arn: str) -> dict[str, Any]:
        """A stream with its shard."""
        stream = self._stream(arn)
        return {
            "StreamArn": arn,
            "StreamLabel": stream.label,
            "StreamStatus": "DISABLED" if stream.closed else "ENABLED",
            "StreamViewType": stream.view_type,
            "CreationRequestDateTime": stream.created_on,
            "TableName": stream.table_name,
            "KeySchema": stream.key_schema,
            "Shards": [stream.to_json()],
        }

    def get_shard_iterator(
        self,
        arn: str,
        shard_id: str,
        shard_iterator_type: str,
        sequence_number: int | None = None,
    ) -> ShardIterator:
        """A position in a shard, good for 15 minutes."""
        stream = self._shard(arn, shard_id)
        return ShardIterator(
            arn, shard_id, _start(stream, shard_iterator_type, sequence_number), time.time()
        )

    def get_records(self, iterator_arn: str, limit: int) -> dict[str, Any]:
        """Up to `limit` records or 1 MB of them, and where to go on unless the shard has ended."""
        if not 1 <= limit <= MAX_RECORDS:
            bound = (
                "greater than or equal to 1"
                if limit < 1
                else f"less than or equal to {MAX_RECORDS}"
            )
            raise InvalidRequest(violation("limit", limit, f"Member must have value {bound}"))
        try:
            iterator = ShardIterator.decode(iterator_arn)
        except ValueError as error:
            raise InvalidRequest("Invalid ShardIterator") from error
        now = time.time()
        if iterator.is_expired(now):
            raise ExpiredIterator()
        shard = self._shard(iterator.stream_arn, iterator.shard_id)
        after = shard.horizon if iterator.after is None else iterator.after
        if after < shard.horizon:
            raise TrimmedDataAccess()
        records = _within_bytes(shard.records(after, limit))
        answer: dict[str, Any] = {"Records": [_as_answered(record) for record in records]}
        after += len(records)
        if not (shard.closed and after >= shard.latest):
            following = replace(iterator, after=after, issued_at=now)
            answer["NextShardIterator"] = following.encode()
        return answer

    def _stream(self, arn: str) -> LabStreamShard:
        if not STREAM_ARN.fullmatch(arn):
            raise InvalidRequest("Invalid StreamArn")
        stream = self.dynamodb.streams.get(arn)
        if stream is None:
            raise StreamNotFound(f"Stream: {arn} not found")
        return stream

    def _shard(self, arn: str, shard_id: str) -> LabStreamShard:
        stream = self._stream(arn)
        if stream.id != shard_id:
            raise StreamNotFound(f"Shard: {shard_id} not found")
        return stream


def _start(stream: LabStreamShard, kind: str, sequence_number: int | None) -> int | None:
    if kind not in ITERATOR_TYPES:
        raise InvalidRequest(not_one_of("shardIteratorType", kind, ITERATOR_TYPES))
    if kind in ("TRIM_HORIZON", "LATEST"):
        if sequence_number is not None:
            raise InvalidRequest(f"SequenceNumber is not taken for shard iterator type {kind}")
        return None if kind == "TRIM_HORIZON" else stream.latest
    if sequence_number is None:
        raise InvalidRequest(f"SequenceNumber is required for shard iterator type {kind}")
    begin = stream.starting_sequence_number - 1  # what DescribeStream says, before any record
    at = kind == "AT_SEQUENCE_NUMBER" and sequence_number > begin
    after = sequence_number - 1 if at else sequence_number
    if not begin <= after <= stream.latest:
        raise InvalidRequest(
            f"Invalid SequenceNumber: {sequence_number} is not in shard {stream.id}"
        )
    if after < stream.horizon:
        raise TrimmedDataAccess()
    return after


def _within_bytes(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    total = 0
    for position, record in enumerate(records):
        total += record["dynamodb"]["SizeBytes"]
        if position and total > MAX_BYTES:
            return records[:position]
    return records


def _as_answered(record: dict[str, Any]) -> dict[str, Any]:
    identity = record.get("userIdentity")
    if identity is None:
        return record
    # The API's model spells its members with capitals.
    spelled = {name[0].upper() + name[1:]: identity[name] for name in identity}
    return {**record, "userIdentity": spelled}
