"""moto's SQS queue with AWS's behaviour and a constant cost per message.

moto fires Lambda mappings from inside SendMessage. Here nothing is fired: what waits for messages
waits on `arrival`, or for `next_due()`.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

from moto.sqs.constants import MAXIMUM_VISIBILITY_TIMEOUT
from moto.sqs.exceptions import SQSException

from labkit.cloud.queues.checks import invalid, size_of
from labkit.cloud.queues.deduplication import DeduplicationWindow, Sent
from labkit.cloud.queues.holding import DEAD_LETTER_SOURCE, HoldingQueue
from labkit.cloud.queues.line import Group
from labkit.cloud.queues.message import LabMessage, issue_receipt, message_id_of

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
MAX_IN_FLIGHT = 120_000
# "the change can take up to 60 seconds for most of the attributes to propagate"; this one was
# recorded not to hold at once. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
SCOPE_SECONDS = 60
# Captured sequence numbers have 20 digits and grow in steps of 256.
FIRST_SEQUENCE_NUMBER = 18_849_496_460_467_696_128
SEQUENCE_STEP = 256


def uncounted(name: str, value: float, *, unit: str = "Count") -> None:
    """Where the values of a queue go that no backend has taken in."""


class IndexedQueue(HoldingQueue):
    """One SQS queue: messages in, and out again. `count` takes values of its metrics."""

    def __init__(self, name: str, region: str, account_id: str, **attributes: Any) -> None:
        super().__init__(name, region, account_id, **attributes)
        self._sequence = FIRST_SEQUENCE_NUMBER
        self._window = DeduplicationWindow()
        self._former_scope, self._scope_holds_from = self.deduplication_scope, 0.0
        self.count: Callable[..., None] = uncounted

    def change_attributes(self, attributes: dict[str, Any]) -> None:
        """Set `attributes`; another scope of deduplication holds from a minute later on."""
        scope = self.deduplication_scope
        super().change_attributes(attributes)
        if self.deduplication_scope != scope:
            self._former_scope, self._scope_holds_from = scope, time.time() + SCOPE_SECONDS

    # Messages in.

    def add_message(self, message: LabMessage, delay_seconds: float = 0) -> LabMessage:
        """Take in a message; answer a FIFO duplicate with the message it repeats."""
        now = time.time()
        if self.fifo_queue:
            of_group = self._deduplication_scope_at(now) == "messageGroup"
            key = (message.group_id if of_group else None, message.deduplication_id)
            if (first := self._window.find(key, now)) is not None:
                message.id, message.sequence_number = first.message_id, first.sequence_number
                return message
            message.sequence_number = self._next_sequence_number()
            self._window.note(key, Sent(message.id, message.sequence_number, now))
        message.sent_timestamp = int(now * 1000)
        self.count("NumberOfMessagesSent", 1)
        self.count(
            "SentMessageSize", size_of(message.body, message.message_attributes), unit="Bytes"
        )
        self._admit(message, now + delay_seconds if delay_seconds > 0 else None)
        return message

    def accept_dead_letter(self, message: LabMessage, source_arn: str) -> None:
        """Take in a message that `source_arn` gave up on.

        Id, body, attributes and receive count stay, and on a standard queue the enqueue time too;
        "for FIFO queues, the enqueue timestamp resets" (SQS developer guide, dead-letter queues).
        """
        source = {"DataType": "String", "StringValue": source_arn}
        message.system_attributes = {**message.system_attributes, DEAD_LETTER_SOURCE: source}
        message.receipt_handle = None
        if self.fifo_queue:
            # "the original message's deduplication ID will be replaced with the original message's
            # ID", so that it can go back at once (developer guide, dead-letter queue redrive).
            message.deduplication_id = message.id
            message.sequence_number = self._next_sequence_number()
            message.sent_timestamp = int(time.time() * 1000)
        self._admit(message, None)

    # Messages out.

    def has_visible(self) -> bool:
        """Whether a receive would give something now, which it does not when too much is out."""
        return super().has_visible() and self._places.hidden < MAX_IN_FLIGHT

    def receive(self, count: int, visibility_timeout: int) -> list[LabMessage]:
        """Up to `count` messages, hidden from others for `visibility_timeout` seconds.

        What comes back are copies: each keeps the receipt handle of this receive. A message
        whose receive count would exceed the redrive policy's maximum goes to the dead-letter
        queue instead. Raises OverLimit with 120,000 messages in flight; a FIFO queue, as AWS's,
        gives nothing then.
        """
        places = self._settled()
        if places.hidden >= MAX_IN_FLIGHT:
            if self.fifo_queue:
                return []
            raise SQSException("OverLimit", f"{MAX_IN_FLIGHT} messages are in flight.")
        now = time.time()
        held: list[Group] = []
        received: list[LabMessage] = []
        count = min(count, MAX_IN_FLIGHT - places.hidden)
        while len(received) < count and (message := places.take(held, now + visibility_timeout)):
            if self._is_exhausted(message):
                places.forget(message)
                self.dead_letter_queue.accept_dead_letter(message, self.queue_arn)
                continue
            message.received(issue_receipt(self.queue_arn, message.id), now)
            received.append(copy.copy(message))
        if received:
            self.count("NumberOfMessagesReceived", len(received))
            if visibility_timeout == 0:
                self.arrival.ring()
        return received

    def delete_message(self, receipt_handle: str) -> None:
        """Delete what `receipt_handle` was issued for, unless it was received again since.

        Raises ReceiptHandleIsInvalid for a handle that this queue never issued and, on a FIFO
        queue, InvalidParameterValue for one whose visibility timeout has ended.
        """
        message = self._find(receipt_handle)
        if message is None:
            self.count("NumberOfMessagesDeleted", 1)
            return
        is_latest = message.receipt_handle == receipt_handle
        if self.fifo_queue and not (is_latest and self._places.is_hidden(message)):
            raise invalid("ReceiptHandle", receipt_handle, "The receipt handle has expired.")
        self.count("NumberOfMessagesDeleted", 1)
        if is_latest:
            self._places.forget(message)
            self.arrival.ring()

    def change_visibility(self, receipt_handle: str, visibility_timeout: int) -> None:
        """Hide a received message for `visibility_timeout` seconds from now; 0 shows it at once.

        It works with any handle that the message ever had, and after its timeout too, as
        recorded. Raises ReceiptHandleIsInvalid for a handle that this queue never issued, and
        InvalidParameterValue when the message is gone or the total would exceed 12 hours.
        """
        message = self._find(receipt_handle)
        now = time.time()
        if message is None:
            reason = "Message does not exist or is not available for visibility timeout change."
            raise invalid("ReceiptHandle", receipt_handle, reason)
        if now + visibility_timeout > message.received_at + MAXIMUM_VISIBILITY_TIMEOUT:
            limit = f"[{MAXIMUM_VISIBILITY_TIMEOUT} seconds]."
            reason = f"Total VisibilityTimeout for the message is beyond the limit {limit}"
            raise invalid("VisibilityTimeout", visibility_timeout, reason)
        self._places.hide(message, now + visibility_timeout)
        self.arrival.ring()

    def purge(self) -> None:
        """Delete every message, and forget which ones a FIFO queue has seen."""
        super().purge()
        self._window = DeduplicationWindow()

    def _deduplication_scope_at(self, now: float) -> str:
        return self._former_scope if now < self._scope_holds_from else self.deduplication_scope

    def _is_exhausted(self, message: LabMessage) -> bool:
        return (
            self.redrive_policy is not None
            and message.approximate_receive_count >= self.redrive_policy["maxReceiveCount"]
            and self.dead_letter_queue is not None
            and self.dead_letter_queue is not self  # a message that stays where it is can be had
            and not self.dead_letter_queue.deleted
        )

    def _find(self, receipt_handle: str) -> LabMessage | None:
        message_id = message_id_of(self.queue_arn, receipt_handle)
        if message_id is None:
            raise SQSException(
                "ReceiptHandleIsInvalid",
                f'The input receipt handle "{receipt_handle}" is not a valid receipt handle.',
            )
        return self._settled().find(message_id)

    def _next_sequence_number(self) -> str:
        self._sequence += SEQUENCE_STEP
        return str(self._sequence)
