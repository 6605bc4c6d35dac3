"""The table's stream: every change to an item, in order, as DynamoDB recorded it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.missing import explained, missing
from labkit.show.stable import Aliases, compact, epoch, offsets
from labkit.show.tables import flatten, plain

STREAM_COLUMNS = ["record", "event", "key", "time", "new image", "old image"]

# GetRecords "might return an empty response even when the shard contains more records", so one
# empty page is not the end of an open shard, and an open shard has no end.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
EMPTY_PAGES = 3


def stream(lab: Lab, name: str | None = None, *, ids: bool = False) -> Frame:
    """The records in the stream of a table, oldest first; reading takes nothing out.

    Columns: record (an alias; its sequence number with `ids=True`), event (INSERT, MODIFY or
    REMOVE), key, time (seconds after the first record), new image, old image (empty unless the
    stream's view type has it). Raises `StageMissing` when table or stream does not exist.

    >>> show.stream(lab)
    record    event   key             time    new image                    old image
    record-1  INSERT  orderID=536365  +0.0 s  country=United Kingdom, ...
    """
    records = list(read_records(lab, name or lab.names.table))
    aliases = Aliases("record", ids=ids)
    times = offsets(epoch(data["ApproximateCreationDateTime"]) for _, data in records)
    rows = [
        {
            "record": aliases[data["SequenceNumber"]],
            "event": event,
            "key": image(data["Keys"]),
            "time": time,
            "new image": image(data.get("NewImage", {})),
            "old image": image(data.get("OldImage", {})),
        }
        for (event, data), time in zip(records, times, strict=True)
    ]
    return build_frame(STREAM_COLUMNS, rows)


def stream_arn_of(lab: Lab, name: str) -> str:
    """The ARN of the table's enabled stream; raises `StageMissing` when there is none."""
    with explained("Table", name):
        described = lab.client("dynamodb").describe_table(TableName=name)["Table"]
    if not described.get("StreamSpecification", {}).get("StreamEnabled"):
        raise missing("Stream of table", name)
    return described["LatestStreamArn"]


def read_records(lab: Lab, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Event name and data of every record, shard by shard, each from its oldest."""
    streams = lab.client("dynamodbstreams")
    arn = stream_arn_of(lab, name)
    for shard in _shards(streams, arn):
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        empty = 0
        while iterator and empty < EMPTY_PAGES:
            page = streams.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                yield record["eventName"], record["dynamodb"]
            empty = 0 if page["Records"] else empty + 1
            iterator = page.get("NextShardIterator")


def image(values: dict[str, Any]) -> str:
    """An image of an item as `name=value, ...`."""
    return compact({name: _text(value) for name, value in flatten(plain(values))})


def _shards(streams: Any, arn: str) -> Iterator[str]:
    page: dict[str, Any] = {"StreamArn": arn}
    while page:
        description = streams.describe_stream(**page)["StreamDescription"]
        for shard in description["Shards"]:
            yield shard["ShardId"]
        last = description.get("LastEvaluatedShardId")
        page = {"StreamArn": arn, "ExclusiveStartShardId": last} if last else {}


def _text(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
