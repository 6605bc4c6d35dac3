"""The lanes of a shard: records in order, and in parallel by item key.

With a ParallelizationFactor of n a shard is worked off by n invocations at a time, and the order
holds for each item: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html. Every record is in
exactly one lane, chosen by its keys, so a lane that keeps its own order keeps every item's.
"""

from __future__ import annotations

import json
import zlib
from collections import deque
from dataclasses import dataclass, field

from labkit.cloud.clock import Signal
from labkit.cloud.mappings.retries import Batch, Record


@dataclass(eq=False)
class Lane:
    """Records that are worked off one batch at a time.

    `batches` come before `waiting`; the first one may be under way. `resume_at` (seconds) is when
    the next attempt may begin.
    """

    batches: deque[Batch] = field(default_factory=deque)
    waiting: deque[Record] = field(default_factory=deque)
    resume_at: float = 0.0
    arrival: Signal = field(default_factory=Signal)

    def append(self, record: Record) -> None:
        """Add the latest record."""
        self.waiting.append(record)
        self.arrival.ring()

    def take(self, count: int) -> list[Record]:
        """Take the oldest `count` records out of the line."""
        return [self.waiting.popleft() for _ in range(min(count, len(self.waiting)))]

    def records(self) -> list[Record]:
        """Everything in the lane, oldest first."""
        return [record for batch in self.batches for record in batch.records] + list(self.waiting)


def lane_of(record: Record, lanes: list[Lane]) -> Lane:
    """The lane for a record: always the same one for the same item."""
    keys = json.dumps(record["dynamodb"]["Keys"], sort_keys=True)
    return lanes[zlib.crc32(keys.encode()) % len(lanes)]


def rearranged(lanes: list[Lane], count: int) -> list[Lane]:
    """`count` lanes with the records of `lanes`, each free to start at once."""
    if len(lanes) == count:
        for lane in lanes:
            lane.resume_at = 0.0
        return lanes
    new = [Lane() for _ in range(count)]
    records = [record for lane in lanes for record in lane.records()]
    for record in sorted(records, key=lambda each: int(each["dynamodb"]["SequenceNumber"])):
        lane_of(record, new).append(record)
    return new
