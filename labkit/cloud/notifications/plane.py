"""Notifications: fan-out to subscriptions, confirmations, and the links that subscribers follow."""

from __future__ import annotations

import os
import re
import uuid
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakSet

from moto.core.exceptions import ServiceException
from moto.sns.exceptions import SNSException
from moto.sns.models import Topic, sns_backends
from multidict import CIMultiDict

from labkit.cloud import links
from labkit.cloud.aws_errors import AwsError
from labkit.cloud.instants import iso_time
from labkit.cloud.messages import Request, Response
from labkit.cloud.notifications import payloads
from labkit.cloud.notifications.checks import refuse
from labkit.cloud.notifications.confirmations import Confirmations
from labkit.cloud.notifications.counts import TopicCounts
from labkit.cloud.notifications.courier import Courier
from labkit.cloud.notifications.lane import Lane
from labkit.cloud.notifications.publication import Publication
from labkit.cloud.notifications.signature import Signer
from labkit.cloud.notifications.subscriptions import CONFIRMED_BY_OWNER, LabSubscription
from labkit.cloud.protocols import service_model
from labkit.errors import SettingError

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

SMTP_VARIABLE = "LAB_SMTP"


class Notifications:
    """SNS's data plane of one cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._signer = Signer(cloud.endpoint_url)
        self._courier = Courier(cloud, self._signer, smtp_of(os.environ.get(SMTP_VARIABLE)))
        self._confirmations = Confirmations(cloud.clock)
        self._protected: set[str] = set()
        self._lanes: dict[str, Lane] = {}
        self._farewells: WeakSet[Lane] = WeakSet()

    async def start(self) -> None:
        """Make the signing key in the background; whoever needs it first waits for it."""
        self._cloud.tasks.start(self._signer.make(), name="SNS's signing key")

    async def reset(self) -> None:
        """Drop every delivery and every token."""
        for lane in (*self._lanes.values(), *self._farewells):
            lane.stop()
        self._lanes.clear()
        self._protected.clear()
        self._confirmations.clear()

    def publish(self, publication: Publication, subscriptions: list[LabSubscription]) -> None:
        """Start a delivery to each confirmed subscription whose filter policy matches."""
        counts = TopicCounts(self._cloud.metrics, publication.topic_arn)
        counts.published(publication)
        for subscription in subscriptions:
            if subscription.is_pending:
                continue
            if not subscription.wants(publication):
                counts.filtered_out()
                continue
            of_delivery = counts.of(subscription)
            self._lane(subscription).deliver(
                partial(self._courier.deliver, subscription, publication),
                policy=subscription.retry_policy,
                give_up=partial(self._courier.bury, subscription, publication, of_delivery),
                gap=subscription.gap,
                counts=of_delivery,
            )

    def ask(self, subscription: LabSubscription) -> None:
        """Ask the owner of a pending subscription's endpoint to confirm it."""
        self._confirm(subscription, "SubscriptionConfirmation", self._lane(subscription))

    def confirm(
        self, topic_arn: str, token: str, *, authenticated: bool, protect: bool = False
    ) -> str:
        """Confirm the subscription of a token and return its ARN; raises AWS's errors.

        With `protect` only a signed request can end the subscription (AuthenticateOnUnsubscribe).
        """
        subscription = self._confirmations.redeem(topic_arn, token)
        subscription.topic.sns_backend.confirm(subscription, authenticated=authenticated)
        if protect:
            self._protected.add(subscription.arn)
        return subscription.arn

    def forget_unconfirmed(self) -> None:
        """Delete the subscriptions that nobody has confirmed in time."""
        for subscription in self._confirmations.expire():
            if subscription.is_pending:
                subscription.topic.sns_backend.discard(subscription)

    def unsubscribed(self, subscription: LabSubscription) -> None:
        """Drop what was still to be delivered, and offer the owner to subscribe again."""
        # After signed calls too: AWS's page on the message says so; that of the API does not.
        # https://docs.aws.amazon.com/sns/latest/dg/http-unsubscribe-confirmation-json.html
        self.dropped(subscription)
        if subscription.protocol in CONFIRMED_BY_OWNER and not subscription.is_pending:
            farewell = self._new_lane(subscription)
            self._farewells.add(farewell)
            self._confirm(subscription, "UnsubscribeConfirmation", farewell)

    def dropped(self, subscription: LabSubscription) -> None:
        """Forget a subscription that is gone, by itself or with its topic, without a word."""
        self._confirmations.forget(subscription)
        self._protected.discard(subscription.arn)
        if lane := self._lanes.pop(subscription.arn, None):
            lane.stop()

    async def handle(self, request: Request) -> Response | None:
        """Answer a subscriber's unsigned GET: a link or the certificate; None for others."""
        if request.path == self._signer.certificate_path:
            headers = CIMultiDict({"Content-Type": "application/x-pem-file"})
            return Response(200, headers, await self._signer.certificate())
        link = links.link_of(request)
        if link is None:
            return None
        self.forget_unconfirmed()
        try:
            if link["Action"] == "ConfirmSubscription":
                topic_arn, token = link.get("TopicArn", ""), link.get("Token", "")
                return links.confirmed(self.confirm(topic_arn, token, authenticated=False))
            self._follow_unsubscribe(link.get("SubscriptionArn", ""))
            return links.unsubscribed()
        except ServiceException as error:
            return AwsError.of(service_model("sns"), error.code, error.message).answer(request)

    def _follow_unsubscribe(self, subscription_arn: str) -> None:
        parts = subscription_arn.split(":")
        if len(parts) != 7 or parts[2] != "sns" or parts[3] not in sns_backends[parts[4]]:
            raise refuse("SubscriptionArn")
        if subscription_arn in self._protected:
            raise SNSException("AuthorizationError", "Subscription requires authentication.")
        sns_backends[parts[4]][parts[3]].unsubscribe(subscription_arn)

    def _confirm(self, subscription: LabSubscription, kind: str, lane: Lane) -> None:
        topic: Topic = subscription.topic
        document = payloads.confirmation(
            kind,
            message_id=str(uuid.uuid4()),
            topic_arn=topic.arn,
            subscription_arn=subscription.arn,
            token=self._confirmations.issue(subscription),
            timestamp=iso_time(self._cloud.clock.now()),
            endpoint_url=self._cloud.endpoint_url,
            signature_version=getattr(topic, "signature_version", "1"),
        )
        lane.deliver(
            partial(self._courier.confirm, subscription, document),
            policy=subscription.retry_policy,
            give_up=no_dead_letter,
        )

    def _lane(self, subscription: LabSubscription) -> Lane:
        lane = self._lanes.get(subscription.arn)
        if lane is None:
            lane = self._lanes[subscription.arn] = self._new_lane(subscription)
        return lane

    def _new_lane(self, subscription: LabSubscription) -> Lane:
        name = f"{subscription.endpoint} of {subscription.topic.name}"
        return Lane(self._cloud.clock, self._cloud.tasks, name)


async def no_dead_letter() -> None:
    """Confirmations are not kept in a dead-letter queue: subscribing again sends another."""


def smtp_of(setting: str | None) -> str | None:
    """The SMTP server that LAB_SMTP names, or None for the lab's own inbox.

    >>> smtp_of("127.0.0.1:1025")
    '127.0.0.1:1025'
    """
    if setting and not re.fullmatch(r".+:\d{1,5}", setting):
        raise SettingError(
            f"{SMTP_VARIABLE} is '{setting}'. Set it to host:port, such as 127.0.0.1:1025, "
            "or unset it to use the lab's inbox."
        )
    return setting or None
