"""One message to an SQS queue of this cloud."""

from __future__ import annotations

from typing import Any

from moto.sqs import sqs_backends
from moto.sqs.exceptions import QueueDoesNotExist
from moto.utilities.arns import parse_arn

from labkit.cloud.notifications.errors import DeliveryRefused
from labkit.cloud.queues.message import trace_attribute

MOST_ATTRIBUTES = 10  # of a message in SQS


def send(
    queue_arn: str,
    body: str,
    *,
    attributes: dict[str, dict[str, Any]] | None = None,
    group_id: str | None = None,
    deduplication_id: str | None = None,
    trace: str | None = None,
) -> None:
    """Send to the queue, in its own region; `trace` is the X-Ray trace that the message is of."""
    if attributes and len(attributes) > MOST_ATTRIBUTES:
        raise DeliveryRefused(f"{queue_arn} takes {MOST_ATTRIBUTES} attributes at most")
    arn = parse_arn(queue_arn)
    try:
        sqs_backends[arn.account][arn.region].send_message(
            arn.resource_id,
            body,
            message_attributes=attributes,
            group_id=group_id,
            deduplication_id=deduplication_id if queue_arn.endswith(".fifo") else None,
            system_attributes=trace_attribute(trace) if trace else None,
            validate_group_id=False,
        )
    except QueueDoesNotExist:
        raise DeliveryRefused(f"{queue_arn} does not exist") from None
