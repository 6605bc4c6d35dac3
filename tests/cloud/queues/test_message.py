"""Messages and their receipt handles."""

from __future__ import annotations

import base64
import hashlib
import json
from uuid import uuid4

import pytest

from labkit.cloud.queues.message import LabMessage, issue_receipt, message_id_of

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"


def test_a_receipt_handle_says_which_message_it_is_for() -> None:
    """Each is another one, looks like AWS's, and is good for its queue only."""
    message_id = str(uuid4())
    one, two = issue_receipt(QUEUE, message_id), issue_receipt(QUEUE, message_id)
    assert one != two
    assert one.startswith("AQEB")
    assert message_id_of(QUEUE, one) == message_id_of(QUEUE, two) == message_id
    assert message_id_of(QUEUE + "2", one) is None


def test_a_changed_handle_is_none() -> None:
    """No byte of it can be altered."""
    raw = bytearray(base64.b64decode(issue_receipt(QUEUE, str(uuid4()))))
    for position in range(len(raw)):
        raw[position] ^= 1
        assert message_id_of(QUEUE, base64.b64encode(raw).decode()) is None
        raw[position] ^= 1


@pytest.mark.fidelity(
    "SQS",
    "MD5OfMessageBody and MD5OfMessageAttributes are computed as SQS does.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_digests_are_those_of_sqs() -> None:
    """Recorded: body `msg` with three attributes (LocalStack's test-suite, Apache-2.0)."""
    message = LabMessage("id", "msg")
    values = json.loads('{"Help.Me": "Me", "Hello": "There", "General": "Kenobi"}')
    message.message_attributes = {
        name: {"DataType": "String", "StringValue": value} for name, value in values.items()
    }
    assert message.body_md5 == "6e2baaf3b97dbeef01c0043275f9a0e7"
    assert message.attribute_md5 == "4c360f3fdafd970e05fae2f149d997f5"
    assert message.body_md5 == hashlib.md5(b"msg").hexdigest()
