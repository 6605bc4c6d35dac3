"""What a stream tells of one item: its records of what a check does, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from labkit.course.probes.orders import PATIENCE
from labkit.lab import Lab

Record = dict[str, Any]


def told(lab: Lab, stream_arn: str, order_id: str, act: Callable[[], None]) -> list[Record]:
    """Do something to an item of the table; return what the stream says of it, in order."""
    iterators = list(_latest_iterators(lab, stream_arn))
    act()
    return [
        record
        for iterator in iterators
        for record in _read(lab, iterator)
        if record["dynamodb"]["Keys"] == {"orderID": {"S": order_id}}
    ]


def _latest_iterators(lab: Lab, arn: str) -> Iterator[str]:
    streams = lab.client("dynamodbstreams")
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        if "EndingSequenceNumber" in shard["SequenceNumberRange"]:
            continue  # closed: nothing new comes here
        yield streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
        )["ShardIterator"]


def _read(lab: Lab, iterator: str | None) -> Iterator[Record]:
    # GetRecords may be empty although more is to come, so a few empty pages are not the end.
    for _ in range(1 if lab.is_local else PATIENCE):
        if iterator is None:
            return
        page = lab.client("dynamodbstreams").get_records(ShardIterator=iterator)
        yield from page["Records"]
        iterator = page.get("NextShardIterator")
