"""What goes to a subscriber: notifications, confirmations, and what its dead-letter queue gets."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from moto.sns.models import Subscription

from labkit.cloud.notifications import mails, payloads
from labkit.cloud.notifications.counts import DeliveryCounts
from labkit.cloud.notifications.errors import DeliveryRefused
from labkit.cloud.notifications.publication import Publication
from labkit.cloud.notifications.senders import function, http, mail, queue
from labkit.cloud.notifications.signature import Signer
from labkit.cloud.notifications.subscriptions import content_type, is_raw

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

log = logging.getLogger("labkit.cloud")


class Courier:
    """Makes one attempt at a time; when to make the next is the lane's business."""

    def __init__(self, cloud: Cloud, signer: Signer, smtp: str | None) -> None:
        self._cloud = cloud
        self._signer = signer
        self._smtp = smtp

    async def deliver(self, subscription: Subscription, publication: Publication) -> None:
        """Try to deliver a publication to a subscriber of any protocol."""
        match subscription.protocol:
            case "http" | "https":
                await self._post(subscription, publication)
            case "email" | "email-json":
                await self._mail(subscription, publication)
            case "sqs":
                await self._send(subscription.endpoint, subscription, publication)
            case "lambda":
                document = await self._envelope(subscription, publication)
                event = payloads.lambda_event(document, subscription.arn)
                self._check(subscription, "lambda:InvokeFunction", subscription.endpoint)
                await function.invoke(self._cloud.functions, subscription.endpoint, event)

    async def confirm(self, subscription: Subscription, document: dict[str, Any]) -> None:
        """Try to send a SubscriptionConfirmation or UnsubscribeConfirmation."""
        if subscription.protocol == "email":
            unsubscribed = document["Type"] == "UnsubscribeConfirmation"
            message = mails.confirmation_mail(
                subscription.endpoint,
                topic_arn=document["TopicArn"],
                subscribe_url=document["SubscribeURL"],
                unsubscribed=unsubscribed,
                sender=subscription.topic.display_name,
            )
            await mail.send(self._smtp_address, message)
            return
        body = payloads.render(await self._signed(document))
        if subscription.protocol == "email-json":
            message = mails.json_mail(
                subscription.endpoint, subject=mails.CONFIRMATION_SUBJECT, document=body
            )
            await mail.send(self._smtp_address, message)
            return
        headers = payloads.http_headers(
            document["Type"], message_id=document["MessageId"], topic_arn=document["TopicArn"]
        )
        await http.post(
            self._cloud.http, subscription.endpoint, headers=headers, body=body.encode()
        )

    async def bury(
        self, subscription: Subscription, publication: Publication, counts: DeliveryCounts
    ) -> None:
        """Send what could not be delivered to the subscription's dead-letter queue, if any."""
        redrive = json.loads(subscription.attributes.get("RedrivePolicy") or "{}")
        if not redrive:
            log.warning(
                "%s: message %s is lost; a RedrivePolicy with a dead-letter queue would keep it",
                subscription.arn,
                publication.message_id,
            )
            return
        try:
            await self._send(redrive["deadLetterTargetArn"], subscription, publication)
            counts.redriven()
        except DeliveryRefused as error:
            counts.lost()
            log.warning(
                "%s: message %s is lost: %s", subscription.arn, publication.message_id, error
            )

    async def _post(self, subscription: Subscription, publication: Publication) -> None:
        raw = is_raw(subscription)
        headers = payloads.http_headers(
            "Notification",
            message_id=publication.message_id,
            topic_arn=publication.topic_arn,
            subscription_arn=subscription.arn,
            raw=raw,
            content_type=content_type(subscription),
        )
        body = await self._text(subscription, publication, raw=raw)
        await http.post(
            self._cloud.http, subscription.endpoint, headers=headers, body=body.encode()
        )

    async def _mail(self, subscription: Subscription, publication: Publication) -> None:
        to, sender = subscription.endpoint, publication.sender_name
        if subscription.protocol == "email-json":
            document = await self._text(subscription, publication, raw=False)
            message = mails.json_mail(
                to, subject=publication.subject, document=document, sender=sender
            )
        else:
            message = mails.notification_mail(
                to,
                subject=publication.subject,
                message=publication.text_for("email"),
                unsubscribe_url=self._unsubscribe_url(subscription),
                sender=sender,
            )
        await mail.send(self._smtp_address, message)

    async def _send(
        self, queue_arn: str, subscription: Subscription, publication: Publication
    ) -> None:
        self._check(subscription, "sqs:SendMessage", queue_arn)
        raw = is_raw(subscription)
        attributes = payloads.queue_attributes(publication.delivered_attributes) if raw else None
        queue.send(
            queue_arn,
            await self._text(subscription, publication, raw=raw),
            attributes=attributes,
            group_id=publication.group_id_for(queue_arn),
            deduplication_id=publication.deduplication_id,
            trace=publication.trace,
        )

    def _check(self, subscription: Subscription, action: str, target_arn: str) -> None:
        """A target that does not let SNS in refuses every attempt.

        https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
        """
        if denial := self._cloud.access.service_denial(
            "sns.amazonaws.com", action, target_arn, source_arn=subscription.topic.arn
        ):
            raise DeliveryRefused(denial.message())

    async def _text(
        self, subscription: Subscription, publication: Publication, *, raw: bool
    ) -> str:
        if raw:
            return publication.text_for(subscription.protocol)
        return payloads.render(await self._envelope(subscription, publication))

    async def _envelope(
        self, subscription: Subscription, publication: Publication
    ) -> dict[str, Any]:
        url = self._unsubscribe_url(subscription)
        return await self._signed(payloads.notification(publication, subscription.protocol, url))

    async def _signed(self, document: dict[str, Any]) -> dict[str, Any]:
        if "SignatureVersion" not in document:
            return document
        signature = await self._signer.sign(document)
        url = self._signer.certificate_url
        return {**document, "Signature": signature, "SigningCertURL": url}

    def _unsubscribe_url(self, subscription: Subscription) -> str:
        return payloads.unsubscribe_url(self._cloud.endpoint_url, subscription.arn)

    @property
    def _smtp_address(self) -> str:
        return self._smtp or self._cloud.inbox.address
