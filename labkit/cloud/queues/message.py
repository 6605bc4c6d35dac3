"""One SQS message, and the receipt handles under which consumers hold it.

Each receive issues a new receipt handle. Only the latest one deletes the message: with an older
one "the request succeeds, but the message will not be deleted" (DeleteMessage in the SQS API
reference). A handle therefore proves itself: it carries the message id and a checksum made with
the queue's ARN, so that a stale handle is told from a forged one, and from another queue's,
without keeping old handles.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from functools import cached_property
from uuid import UUID

from moto.moto_api._internal import mock_random
from moto.sqs.models import Message

# AWS's handles begin with AQEB, which is this prefix in base64.
PREFIX = b"\x01\x01\x01"
NONCE_BYTES = 10
CHECKSUM_BYTES = 16


class LabMessage(Message):
    """moto's message without its list of old receipt handles and its costly properties.

    `sent_timestamp` and `approximate_first_receive_timestamp` are epoch milliseconds.
    """

    received_at: float = 0.0
    arrived_at: float = 0.0  # in its present queue, in seconds; a dead letter came later than sent

    @cached_property
    def body_md5(self) -> str:  # type: ignore[override]
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest()

    def received(self, receipt_handle: str, now: float) -> None:
        """Note one more receive, at `now` (seconds), under a new handle."""
        if self.approximate_first_receive_timestamp is None:
            self.approximate_first_receive_timestamp = int(now * 1000)
        self.approximate_receive_count += 1
        self.received_at = now
        self.receipt_handle = receipt_handle


def trace_attribute(trace: str) -> dict[str, dict[str, str]]:
    """The system attribute of a message that belongs to an X-Ray trace."""
    return {"AWSTraceHeader": {"DataType": "String", "StringValue": trace}}


def issue_receipt(queue_arn: str, message_id: str) -> str:
    """A new receipt handle for one receive of `message_id` from `queue_arn`."""
    nonce = mock_random.getrandbits(8 * NONCE_BYTES).to_bytes(NONCE_BYTES, "big")
    payload = PREFIX + nonce + bytes.fromhex(message_id.replace("-", ""))
    return base64.b64encode(payload + _checksum(queue_arn, payload)).decode()


def message_id_of(queue_arn: str, receipt_handle: str) -> str | None:
    """The id of the message that `receipt_handle` was issued for; None if it never was."""
    try:
        raw = base64.b64decode(receipt_handle, validate=True)
    except (binascii.Error, ValueError):
        return None
    payload, checksum = raw[:-CHECKSUM_BYTES], raw[-CHECKSUM_BYTES:]
    expected_length = len(PREFIX) + NONCE_BYTES + 16
    if len(payload) != expected_length or checksum != _checksum(queue_arn, payload):
        return None
    return str(UUID(bytes=payload[-16:]))


def _checksum(queue_arn: str, payload: bytes) -> bytes:
    return hashlib.blake2b(payload + queue_arn.encode(), digest_size=CHECKSUM_BYTES).digest()
