"""What CloudWatch is told of a topic's messages and of their deliveries.

https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
For an HTTP(S) endpoint every failed attempt counts, for the others only the message that is given
up. Confirmations are no notifications, and count nowhere.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from labkit.cloud.notifications.checks import HTTP_PROTOCOLS, size_of
from labkit.cloud.notifications.publication import Publication
from labkit.cloud.notifications.subscriptions import LabSubscription

if TYPE_CHECKING:
    from labkit.cloud.metrics import Metrics

NAMESPACE = "AWS/SNS"


class TopicCounts:
    """The metrics of one topic."""

    def __init__(self, metrics: Metrics, topic_arn: str) -> None:
        _, _, _, region, _, name = topic_arn.split(":", 5)
        self._record = partial(metrics.record, NAMESPACE, region=region, TopicName=name)

    def published(self, publication: Publication) -> None:
        """A message was accepted."""
        size = size_of(publication.message, publication.attributes)
        self._record("NumberOfMessagesPublished", 1)
        self._record("PublishSize", size, unit="Bytes")

    def filtered_out(self) -> None:
        """A filter policy keeps a message from a subscription."""
        self._record("NumberOfNotificationsFilteredOut", 1)

    def of(self, subscription: LabSubscription) -> DeliveryCounts:
        """Counts the deliveries to a subscription."""
        every_attempt = subscription.protocol in HTTP_PROTOCOLS
        return DeliveryCounts(self._record, every_attempt=every_attempt)


class DeliveryCounts:
    """What a delivery tells of itself."""

    def __init__(self, record: partial[None], *, every_attempt: bool) -> None:
        self._record = record
        self._every_attempt = every_attempt

    def delivered(self) -> None:
        """The subscriber has it."""
        self._record("NumberOfNotificationsDelivered", 1)

    def failed(self, *, last: bool) -> None:
        """An attempt failed, after the last of which the message is given up."""
        if last or self._every_attempt:
            self._record("NumberOfNotificationsFailed", 1)

    def redriven(self) -> None:
        """The dead-letter queue has what was given up."""
        self._record("NumberOfNotificationsRedrivenToDlq", 1)

    def lost(self) -> None:
        """The dead-letter queue did not take it."""
        self._record("NumberOfNotificationsFailedToRedriveToDlq", 1)
