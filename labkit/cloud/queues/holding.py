"""What a queue holds: how many messages are in which state, in constant time, now and by minute.

moto walks the whole queue for every send, receive, delete and count, and keeps what was deleted
for ever. Here messages are indexed by where they are (`places`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from labkit.cloud.clock import Signal
from labkit.cloud.queues.configured import ConfiguredQueue
from labkit.cloud.queues.depths import MINUTE, Depth, Depths
from labkit.cloud.queues.message import LabMessage
from labkit.cloud.queues.places import Places

DEAD_LETTER_SOURCE = "DeadLetterQueueSourceArn"


class HoldingQueue(ConfiguredQueue):
    """The messages of one SQS queue; how they are sent and received is its subclass's business.

    `arrival` rings whenever a message may have become receivable, now or at a new `next_due()`,
    and once more when the queue is deleted.
    """

    def __init__(self, name: str, region: str, account_id: str, **attributes: Any) -> None:
        super().__init__(name, region, account_id, **attributes)
        # What moto scans must fail when something still reaches for it, not look empty.
        del self._messages, self._pending_messages, self.deleted_messages, self._messages_lock
        self.arrival = Signal()
        self.deleted = False
        self._depths = Depths(time.time())
        self._places = Places(fifo=self.fifo_queue)

    # Counts; exact, where AWS's are approximate.

    @property
    def approximate_number_of_messages(self) -> int:
        return self._settled().waiting

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        return self._settled().hidden

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        return self._settled().delayed

    def depths(self, first: int, end: int) -> Iterator[tuple[int, float, Depth]]:
        """What the queue held in the minutes (since the epoch) from `first` until before `end`.

        Each comes with the instant it is true for: the minute's end, or now for the present one.
        """
        places, now = self._settled(), time.time()
        for minute, depth in self._depths.between(first, end):
            yield minute, (minute + 1) * MINUTE, depth
        if first <= (present := int(now) // MINUTE) < end:
            yield present, now, Depth.of(places)

    def has_visible(self) -> bool:
        """Whether a receive would give something now."""
        return self._settled().is_open()

    def next_due(self) -> float | None:
        """The instant at which the next hidden or delayed message becomes visible, if any."""
        return self._places.next_due()

    def look(self) -> list[tuple[LabMessage, str]]:
        """Every message with its state (visible, in flight, delayed); looking changes nothing."""
        return list(self._settled().look())

    def dead_letter_source_of(self, message_id: str) -> str | None:
        """The ARN of the queue that gave this message up, if one did."""
        message = self._places.find(message_id)
        source = message and message.system_attributes.get(DEAD_LETTER_SOURCE)
        return source["StringValue"] if source else None

    # Changes that no send, receive or delete makes.

    def withdraw(self) -> LabMessage | None:
        """Take the next visible message away, as nobody's receive; None when there is none."""
        return self._settled().withdraw()

    def put_back(self, message: LabMessage) -> None:
        """Return what was withdrawn, unchanged."""
        self._admit(message, None)

    def purge(self) -> None:
        """Delete every message."""
        self._settled()
        self._places = Places(fifo=self.fifo_queue)

    def close(self) -> None:
        """The queue was deleted: drop its messages and wake whoever waits for one."""
        self.deleted = True
        self.purge()
        self.arrival.ring()

    def _settled(self) -> Places:
        now = time.time()
        if now >= self._depths.due:
            self._depths.catch_up(self._places, now, self.message_retention_period)
        self._places.settle(now, self.message_retention_period)
        return self._places

    def _admit(self, message: LabMessage, delayed_until: float | None) -> None:
        message.arrived_at = time.time()
        if message.arrived_at >= self._depths.due:
            self._settled()
        self._places.admit(message, delayed_until)
        self.arrival.ring()
