"""Requests and answers of DynamoDB Streams, with the paging that moto leaves out."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

from labkit.cloud.constraints import not_one_of
from labkit.cloud.streams.errors import InvalidRequest

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html
MAX_PAGE = 100
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ShardFilter.html
CHILD_SHARDS = "CHILD_SHARDS"


class StreamsResponse(DynamoDBStreamsHandler):
    """The four operations, as moto dispatches them by name."""

    def list_streams(self) -> ActionResult:
        """ListStreams, at most 100 a page."""
        streams = self.backend.list_streams(self._get_param("TableName"))
        page, last = self._page(streams, "ExclusiveStartStreamArn", "StreamArn")
        answer: dict[str, Any] = {"Streams": page}
        if last is not None:
            answer["LastEvaluatedStreamArn"] = last
        return ActionResult(answer)

    def describe_stream(self) -> ActionResult:
        """DescribeStream, at most 100 shards a page."""
        stream = self.backend.describe_stream(self._get_param("StreamArn"))
        if (parent := self._get_param("ShardFilter")) is not None:
            stream["Shards"] = _children(stream["Shards"], parent)
        stream["Shards"], last = self._page(stream["Shards"], "ExclusiveStartShardId", "ShardId")
        if last is not None:
            stream["LastEvaluatedShardId"] = last
        return ActionResult({"StreamDescription": stream})

    def get_shard_iterator(self) -> ActionResult:
        """GetShardIterator."""
        number = self._get_param("SequenceNumber")
        try:
            sequence_number = None if number is None else int(number)
        except ValueError as error:
            raise InvalidRequest("Invalid SequenceNumber") from error
        iterator = self.backend.get_shard_iterator(
            self._get_param("StreamArn"),
            self._get_param("ShardId"),
            self._get_param("ShardIteratorType"),
            sequence_number,
        )
        return ActionResult({"ShardIterator": iterator.encode()})

    def _page(
        self, entries: list[dict[str, Any]], start_name: str, key: str
    ) -> tuple[list[dict[str, Any]], str | None]:
        start = self._get_param(start_name)
        limit = min(self._get_param("Limit") or MAX_PAGE, MAX_PAGE)
        names = [entry[key] for entry in entries]
        first = 0 if start is None else [*names, start].index(start) + 1  # none after a stranger
        page = entries[first : first + limit]
        return page, page[-1][key] if first + limit < len(entries) else None


def _children(shards: list[dict[str, Any]], wanted: dict[str, str]) -> list[dict[str, Any]]:
    """The shards that a ShardFilter asks for: those which came out of another one."""
    if (kind := wanted.get("Type", CHILD_SHARDS)) != CHILD_SHARDS:
        raise InvalidRequest(not_one_of("shardFilter.type", kind, [CHILD_SHARDS]))
    return [shard for shard in shards if shard.get("ParentShardId") == wanted.get("ShardId", "")]
