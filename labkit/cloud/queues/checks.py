"""What SQS refuses in a message, before anything is stored.

Codes and texts are AWS's, from the API reference of SendMessage, from recordings of the service in
LocalStack's test-suite (Apache-2.0, tests/aws/services/sqs/test_sqs.snapshot.json), and for an
empty body from github.com/localstack/localstack/issues/12317.
"""

from __future__ import annotations

import re
from typing import Any

from moto.sqs.exceptions import (
    InvalidParameterValue,
    MessageAttributesInvalid,
    MissingParameter,
    SQSException,
)
from moto.sqs.models import MAXIMUM_MESSAGE_DELAY

MAX_ATTRIBUTES = 10
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
ILLEGAL_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_MessageAttributeValue.html
# and the page on message metadata of the developer guide.
ATTRIBUTE_NAME = re.compile(r"(?!(?i:aws\.|amazon\.))[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
LONGEST_ATTRIBUTE_NAME = 256
LONGEST_DATA_TYPE = 256
# "alphanumeric characters and punctuation" (SendMessage), recorded for ids of both kinds of queue.
MESSAGE_ID = re.compile(r"[!-~]{1,128}")


def invalid(parameter: str, value: object, reason: str) -> InvalidParameterValue:
    """The error for a parameter, or an attribute of a queue, that has a value it cannot have."""
    text = f"Value {value} for parameter {parameter} is invalid. Reason: {reason}"
    return InvalidParameterValue(text)


def check_body(body: str | None) -> None:
    """Refuse a body that is missing, empty or holds characters that XML cannot carry."""
    if not body:
        raise MissingParameter("MessageBody")
    if ILLEGAL_CHARACTER.search(body):
        raise SQSException(
            "InvalidMessageContents",
            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | "
            "#x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.",
        )


def check_attributes(attributes: dict[str, Any]) -> None:
    """Refuse too many message attributes, bad names, and values that are not of their type."""
    if len(attributes) > MAX_ATTRIBUTES:
        raise InvalidParameterValue(
            f"Number of message attributes [{len(attributes)}] "
            f"exceeds the allowed maximum [{MAX_ATTRIBUTES}]."
        )
    for name, attribute in attributes.items():
        check_attribute_name(name)
        kind = attribute["DataType"].split(".")[0]
        if len(attribute["DataType"]) > LONGEST_DATA_TYPE:
            raise MessageAttributesInvalid(
                f"The type of message (user) attribute '{name}' is longer than "
                f"{LONGEST_DATA_TYPE} characters."
            )
        value = attribute.get("BinaryValue" if kind == "Binary" else "StringValue")
        if attribute.get("StringListValues") or attribute.get("BinaryListValues"):
            raise SQSException(
                "AWS.SimpleQueueService.UnsupportedOperation",
                "Message attribute list values in SendMessage operation are not supported.",
            )
        if not value:
            raise MessageAttributesInvalid(
                f"Message (user) attribute '{name}' must contain a non-empty value "
                f"of type '{kind}'."
            )
        if kind == "String" and ILLEGAL_CHARACTER.search(value):
            raise MessageAttributesInvalid(
                f"Message (user) attribute '{name}' holds a character that is not allowed."
            )
        if kind == "Number" and not NUMBER.fullmatch(value):
            raise MessageAttributesInvalid(
                f"Can't cast the value of message (user) attribute '{name}' to a number."
            )


def check_attribute_name(name: str) -> None:
    """Refuse a name that AWS keeps to itself, or with characters and periods it does not take."""
    if not ATTRIBUTE_NAME.fullmatch(name) or len(name) > LONGEST_ATTRIBUTE_NAME:
        raise MessageAttributesInvalid(
            f"The message attribute name '{name}' is invalid. "
            "Attribute name can contain A-Z, a-z, 0-9, "
            "underscore (_), hyphen (-), and period (.) characters."
        )


def check_system_attributes(attributes: dict[str, Any]) -> None:
    """Refuse system attributes that a sender cannot set."""
    for name in attributes:
        if name != "AWSTraceHeader":
            reason = "AWSTraceHeader is the only one that may be sent."
            raise invalid("MessageSystemAttributes", name, reason)


def check_delay(delay_seconds: int, *, fifo: bool) -> None:
    """Refuse a message delay out of range, and any on a FIFO queue, which delays as a whole."""
    if fifo and delay_seconds:
        reason = "The request include parameter that is not valid for this queue type."
        raise invalid("DelaySeconds", delay_seconds, reason)
    if not 0 <= delay_seconds <= MAXIMUM_MESSAGE_DELAY:
        reason = f"DelaySeconds must be >= 0 and <= {MAXIMUM_MESSAGE_DELAY}."
        raise invalid("DelaySeconds", delay_seconds, reason)


def check_id(parameter: str, value: str | None) -> None:
    """Refuse a group or deduplication id of other characters than AWS takes, or too long."""
    if value is not None and not MESSAGE_ID.fullmatch(value):
        allowed = "alphanumeric and punctuation characters. 1 to 128 in length."
        raise invalid(parameter, value, f"{parameter} can only include {allowed}")


def check_fifo(group_id: str | None, deduplication_id: str | None, *, content_based: bool) -> None:
    """Refuse a message without a group, or without anything to tell duplicates by."""
    if not group_id:
        raise MissingParameter("MessageGroupId")
    if not deduplication_id and not content_based:
        raise InvalidParameterValue(
            "The queue should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly"
        )


def check_size(body: str, attributes: dict[str, Any], limit: int) -> None:
    """Refuse a message whose body and attributes together are longer than `limit` bytes."""
    if size_of(body, attributes) > limit:
        raise InvalidParameterValue(
            "One or more parameters are invalid. "
            f"Reason: Message must be shorter than {limit} bytes."
        )


def size_of(body: str, attributes: dict[str, Any]) -> int:
    """Bytes that count against the limit: body, and name, type and value of each attribute."""
    size = len(body.encode("utf-8", "surrogatepass"))
    for name, attribute in attributes.items():
        value = attribute.get("StringValue") or attribute.get("BinaryValue") or b""
        for part in (name, attribute["DataType"], value):
            size += len(part.encode() if isinstance(part, str) else part)
    return size
