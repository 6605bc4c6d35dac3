"""Shard iterators that carry their own state, so that the cloud stores none.

An iterator names a stream, a shard, the record to go on after and the time it was issued; it
"expires 15 minutes after it is retrieved" (GetRecords in the DynamoDB Streams API reference).
AWS's begin with the stream's ARN and a number, which is kept here.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

LIFETIME_SECONDS = 15 * 60
GENERATION = "1"


@dataclass(frozen=True)
class ShardIterator:
    """A position in a shard; `after` is None for the oldest record at the time of reading."""

    stream_arn: str
    shard_id: str
    after: int | None
    issued_at: float

    def is_expired(self, now: float) -> bool:
        """Whether the iterator is too old to be used at `now` (seconds since the epoch)."""
        return now - self.issued_at > LIFETIME_SECONDS

    def encode(self) -> str:
        """The iterator as a client holds it."""
        state = json.dumps([self.shard_id, self.after, self.issued_at])
        return f"{self.stream_arn}|{GENERATION}|{base64.b64encode(state.encode()).decode()}"

    @classmethod
    def decode(cls, text: str) -> ShardIterator:
        """The iterator that `text` stands for; ValueError when it stands for none."""
        stream_arn, generation, state = text.split("|")
        if generation != GENERATION:
            raise ValueError(text)
        try:
            shard_id, after, issued_at = json.loads(base64.b64decode(state, validate=True))
        except (binascii.Error, TypeError) as error:
            raise ValueError(text) from error
        if not isinstance(issued_at, float) or not isinstance(after, int | None):
            raise ValueError(text)
        return cls(stream_arn, shard_id, after, issued_at)
