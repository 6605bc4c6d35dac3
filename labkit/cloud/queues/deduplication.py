"""What a FIFO queue remembers of the messages sent to it in the last five minutes.

"If a message with a particular message deduplication ID is sent successfully, any messages sent
with the same message deduplication ID are accepted successfully but aren't delivered during the
5-minute deduplication interval", even after the first one was received and deleted (SQS developer
guide, "Using the message deduplication ID"). Entries leave in the order in which they came.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

INTERVAL_SECONDS = 300


@dataclass(frozen=True)
class Sent:
    """The message that a duplicate is answered with."""

    message_id: str
    sequence_number: str
    at: float


class DeduplicationWindow:
    """The first message of each deduplication key, for five minutes."""

    def __init__(self) -> None:
        self._sent: OrderedDict[tuple[str | None, str], Sent] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sent)

    def find(self, key: tuple[str | None, str], now: float) -> Sent | None:
        """What was sent under `key` in the five minutes before `now`."""
        while self._sent and next(iter(self._sent.values())).at + INTERVAL_SECONDS <= now:
            self._sent.popitem(last=False)
        return self._sent.get(key)

    def note(self, key: tuple[str | None, str], sent: Sent) -> None:
        """Remember what was sent under `key`."""
        self._sent[key] = sent


def content_deduplication_id(body: str) -> str:
    """What ContentBasedDeduplication uses: the SHA-256 of the body, attributes left out."""
    return hashlib.sha256(body.encode()).hexdigest()
