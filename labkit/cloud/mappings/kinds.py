"""The kinds of event source that the local cloud polls."""

from __future__ import annotations

from enum import StrEnum

from labkit.cloud.mappings.errors import InvalidParameter, not_supported

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
_OTHER_SERVICES = ("docdb", "kafka", "kinesis", "mq")


class Kind(StrEnum):
    """What a mapping reads from."""

    QUEUE = "sqs"
    FIFO_QUEUE = "sqs-fifo"
    STREAM = "dynamodb"


def kind_of(source_arn: str) -> Kind:
    """What kind of source an ARN names; InvalidParameter for one that is not polled here.

    >>> kind_of("arn:aws:sqs:us-east-1:123456789012:orders.fifo")
    <Kind.FIFO_QUEUE: 'sqs-fifo'>
    """
    parts = source_arn.split(":")
    service = parts[2] if len(parts) > 5 else ""
    if service == "sqs":
        return Kind.FIFO_QUEUE if source_arn.endswith(".fifo") else Kind.QUEUE
    if service == "dynamodb":
        return Kind.STREAM
    if service in _OTHER_SERVICES:
        raise not_supported(f"The event source {service}")
    raise InvalidParameter("Unrecognized event source.")
