"""moto's SQS queue with AWS's behaviour and a constant cost per message.

moto walks the whole queue for every send, receive, delete and count, keeps what was deleted for
ever, and fires Lambda mappings from inside SendMessage. Here every message is in exactly one of
three places, each with its own index: waiting in line, hidden until its visibility timeout ends,
or delayed. Time moves messages between them when the queue is next looked at, so nothing runs in
the background. What waits for messages waits on `arrival`, or for `next_due()`.
"""

from __future__ import annotations

import json
import time
from typing import Any, ClassVar

from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid
from moto.sqs.models import Queue

from labkit.cloud.clock import Signal
from labkit.cloud.queues.deduplication import DeduplicationWindow, Sent
from labkit.cloud.queues.line import Group, GroupedLine, StandardLine
from labkit.cloud.queues.message import LabMessage, issue_receipt, message_id_of
from labkit.cloud.queues.schedule import Schedule

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
MAX_VISIBILITY_SECONDS = 43_200
# Captured sequence numbers have 20 digits and grow in steps of 256.
FIRST_SEQUENCE_NUMBER = 18_849_496_460_467_696_128
SEQUENCE_STEP = 256


class IndexedQueue(Queue):
    """One SQS queue.

    `arrival` rings whenever a message may have become receivable, now or at a new `next_due()`,
    and once more when the queue is deleted.
    """

    BASE_ATTRIBUTES: ClassVar[list[str]] = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
    redrive_allow_policy: str | None = None

    def __init__(self, name: str, region: str, account_id: str, **attributes: Any) -> None:
        super().__init__(name, region, account_id, **attributes)
        # What moto scans must fail when something still reaches for it, not look empty.
        del self._messages, self._pending_messages, self.deleted_messages, self._messages_lock
        self.arrival = Signal()
        self.deleted = False
        self._sequence = FIRST_SEQUENCE_NUMBER
        self._empty()

    # Counts; exact, where AWS's are approximate.

    @property
    def approximate_number_of_messages(self) -> int:
        self._settle()
        return len(self._line)

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        self._settle()
        return len(self._hidden)

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        self._settle()
        return len(self._delayed)

    def has_visible(self) -> bool:
        """Whether a receive would give something now."""
        self._settle()
        return self._line.is_open()

    def next_due(self) -> float | None:
        """The instant at which the next hidden or delayed message becomes visible, if any."""
        dues = [due for due in (self._hidden.first(), self._delayed.first()) if due is not None]
        return min(dues, default=None)

    # Messages in.

    def add_message(self, message: LabMessage, delay_seconds: float = 0) -> LabMessage:
        """Take in a message; answer a FIFO duplicate with the message it repeats."""
        now = time.time()
        if self.fifo_queue:
            scope = message.group_id if self.deduplication_scope == "messageGroup" else None
            key = (scope, message.deduplication_id or message.id)
            if (first := self._window.find(key, now)) is not None:
                message.id, message.sequence_number = first.message_id, first.sequence_number
                return message
            message.sequence_number = self._next_sequence_number()
            self._window.note(key, Sent(message.id, message.sequence_number, now))
        message.sent_timestamp = int(now * 1000)
        self._admit(message, now, delay_seconds)
        return message

    def accept_dead_letter(self, message: LabMessage, source_arn: str) -> None:
        """Take in a message that `source_arn` gave up on.

        Id, body, attributes and receive count stay, and on a standard queue the enqueue time too;
        "for FIFO queues, the enqueue timestamp resets" (SQS developer guide, dead-letter queues).
        """
        now = time.time()
        message.dead_letter_source = source_arn
        message.receipt_handle = None
        if self.fifo_queue:
            message.sequence_number = self._next_sequence_number()
            message.sent_timestamp = int(now * 1000)
        self._admit(message, now, 0)

    # Messages out.

    def receive(self, count: int, visibility_timeout: int) -> list[LabMessage]:
        """Up to `count` messages, hidden from others for `visibility_timeout` seconds.

        What comes back are snapshots: each keeps the receipt handle of this receive. A message
        whose receive count would exceed the redrive policy's maximum goes to the dead-letter
        queue instead.
        """
        self._settle()
        now = time.time()
        held: list[Group] = []
        received: list[LabMessage] = []
        while len(received) < count and (message := self._line.take(held)) is not None:
            if self._is_exhausted(message):
                self._bury(message)
                continue
            message.received(issue_receipt(self.queue_arn, message.id), now)
            received.append(message)
        for message in received:
            if visibility_timeout > 0:
                self._hidden.put(message, now + visibility_timeout)
            else:
                self._line.release(message)
        return [message.snapshot() for message in received]

    def delete_message(self, receipt_handle: str) -> None:
        """Delete what `receipt_handle` was issued for, unless it was received again since.

        Raises ReceiptHandleIsInvalid for a handle that this queue never issued and, on a FIFO
        queue, InvalidParameterValue for one whose visibility timeout has ended.
        """
        message = self._find(receipt_handle)
        if message is None:
            return
        is_latest = message.receipt_handle == receipt_handle
        if self.fifo_queue and not (is_latest and message in self._hidden):
            raise InvalidParameterValue(
                f"Value {receipt_handle} for parameter ReceiptHandle is invalid. "
                "Reason: The receipt handle has expired."
            )
        if is_latest:
            self._forget(message)
            self.arrival.ring()

    def change_visibility(self, receipt_handle: str, visibility_timeout: int) -> None:
        """Hide a received message for `visibility_timeout` seconds from now; 0 shows it at once.

        Raises ReceiptHandleIsInvalid for a handle that this queue never issued, and
        InvalidParameterValue for a message that is not in flight or a total beyond 12 hours.
        """
        message = self._find(receipt_handle)
        now = time.time()
        if message is None or message not in self._hidden:
            raise InvalidParameterValue(
                f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: "
                "Message does not exist or is not available for visibility timeout change."
            )
        if now + visibility_timeout > message.received_at + MAX_VISIBILITY_SECONDS:
            raise InvalidParameterValue(
                f"Value {visibility_timeout} for parameter VisibilityTimeout is invalid. Reason: "
                "Total VisibilityTimeout for the message is beyond the limit "
                f"[{MAX_VISIBILITY_SECONDS} seconds]."
            )
        if visibility_timeout > 0:
            self._hidden.put(message, now + visibility_timeout)
        else:
            self._hidden.discard(message)
            self._line.release(message)
        self.arrival.ring()

    def purge(self) -> None:
        """Delete every message."""
        self._empty()

    def close(self) -> None:
        """The queue was deleted: drop its messages and wake whoever waits for one."""
        self.deleted = True
        self._empty()
        self.arrival.ring()

    @property
    def attributes(self) -> dict[str, Any]:
        """All attributes, as moto gives them, with the redrive policy in AWS's compact JSON."""
        attributes = super().attributes
        if self.redrive_policy:
            attributes["RedrivePolicy"] = json.dumps(self.redrive_policy, separators=(",", ":"))
        return attributes

    def _empty(self) -> None:
        self._by_id: dict[str, LabMessage] = {}
        self._line = GroupedLine() if self.fifo_queue else StandardLine()
        self._hidden = Schedule()
        self._delayed = Schedule()
        self._enqueued = Schedule()
        self._window = DeduplicationWindow()

    def _settle(self) -> None:
        now = time.time()
        for message in self._enqueued.pop_due(now - self.message_retention_period):
            self._forget(message)
        for message in self._delayed.pop_due(now):
            self._line.join(message)
        for message in self._hidden.pop_due(now):
            self._line.release(message)

    def _admit(self, message: LabMessage, now: float, delay_seconds: float) -> None:
        self._by_id[message.id] = message
        self._enqueued.put(message, message.sent_timestamp / 1000)
        if delay_seconds > 0:
            self._delayed.put(message, now + delay_seconds)
        else:
            self._line.join(message)
        self.arrival.ring()

    def _forget(self, message: LabMessage) -> None:
        del self._by_id[message.id]
        self._enqueued.discard(message)
        if self._hidden.discard(message):
            self._line.settle(message)
        elif not self._delayed.discard(message):
            self._line.leave(message)

    def _is_exhausted(self, message: LabMessage) -> bool:
        return (
            self.redrive_policy is not None
            and self.dead_letter_queue is not None
            and not self.dead_letter_queue.deleted
            and message.approximate_receive_count >= self.redrive_policy["maxReceiveCount"]
        )

    def _bury(self, message: LabMessage) -> None:
        del self._by_id[message.id]
        self._enqueued.discard(message)
        self._line.settle(message)
        self.dead_letter_queue.accept_dead_letter(message, self.queue_arn)

    def _find(self, receipt_handle: str) -> LabMessage | None:
        message_id = message_id_of(self.queue_arn, receipt_handle)
        if message_id is None:
            raise ReceiptHandleIsInvalid()
        self._settle()
        return self._by_id.get(message_id)

    def _next_sequence_number(self) -> str:
        self._sequence += SEQUENCE_STEP
        return str(self._sequence)
