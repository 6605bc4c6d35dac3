"""One message to an SQS queue of this cloud."""

from __future__ import annotations

from moto.sqs import sqs_backends
from moto.sqs.exceptions import QueueDoesNotExist
from moto.utilities.arns import parse_arn

from labkit.cloud.notifications.errors import DeliveryRefused
from labkit.cloud.notifications.payloads import queue_attributes
from labkit.cloud.notifications.publication import Publication
from labkit.cloud.queues.message import trace_attribute

MOST_ATTRIBUTES = 10  # of a message in SQS


def send(queue_arn: str, text: str, publication: Publication, *, raw: bool) -> None:
    """Send a publication's text to the queue, in its own region; its attributes if it is raw."""
    attributes = queue_attributes(publication.delivered_attributes) if raw else {}
    if len(attributes) > MOST_ATTRIBUTES:
        raise DeliveryRefused(f"{queue_arn} takes {MOST_ATTRIBUTES} attributes at most")
    arn, fifo = parse_arn(queue_arn), queue_arn.endswith(".fifo")
    try:
        sqs_backends[arn.account][arn.region].send_message(
            arn.resource_id,
            text,
            message_attributes=attributes,
            group_id=publication.group_id_for(queue_arn),
            deduplication_id=publication.deduplication_id if fifo else None,
            system_attributes=trace_attribute(publication.trace) if publication.trace else None,
            validate_group_id=False,
        )
    except QueueDoesNotExist:
        raise DeliveryRefused(f"{queue_arn} does not exist") from None
