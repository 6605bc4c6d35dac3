"""Time to live: the items of a table that DynamoDB deletes by itself, and says so in the stream.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html and
.../time-to-live-ttl-streams.html. AWS deletes an item within a few days after it has expired; here
it goes when the clock reaches its time.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from labkit.cloud.clock import Clock, Signal
from labkit.cloud.schedule import Schedule

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
OLDEST = 5 * 365 * 24 * 3600  # seconds; what expired earlier stays

Key = tuple[DynamoType, DynamoType | None]  # of an item


class Expiry:
    """The items of one table by the time at which they expire."""

    def __init__(self, table: Table, attribute: str) -> None:
        self.attribute = attribute
        self._table = table
        self._due: Schedule[Key] = Schedule()
        self._changed = Signal()
        self._ended = False

    def note(self, item: Item, now: float) -> None:
        """Remember when an item that was written expires."""
        instant = expires_at(item.attrs, self.attribute, now)
        if instant is not None:
            self._due.put((item.hash_key, item.range_key), instant)
            self._changed.ring()

    def end(self) -> None:
        """Expire nothing any more."""
        self._ended = True
        self._changed.ring()

    def delete_due(self, now: float) -> None:
        """Delete what has expired, as DynamoDB itself."""
        for key in list(self._due.pop_due(now)):
            item = self._table.get_item(*key)
            instant = item and expires_at(item.attrs, self.attribute, now)
            if instant is None or instant > now:
                continue  # it was changed since, or is not there any more
            shard: Any = self._table.stream_shard
            with shard.by_dynamodb() if shard is not None else nullcontext():
                self._table.delete_item(*key)

    async def run(self, clock: Clock) -> None:
        """Delete each item at its time, until `end`."""
        while not self._ended:
            self.delete_due(clock.now())
            await clock.wait(self._changed, until=self._due.first())


def expires_at(attributes: dict[str, Any], name: str, now: float) -> float | None:
    """When an item with these attributes expires; None when it never does.

    >>> expires_at({"until": DynamoType({"N": "60"})}, "until", now=0.0)
    60.0
    >>> expires_at({"until": DynamoType({"S": "60"})}, "until", now=0.0) is None
    True
    """
    value = attributes.get(name)
    if value is None or value.type != "N":
        return None
    instant = float(value.value)
    return instant if instant > now - OLDEST else None
