"""What goes to a subscriber: notifications, confirmations, and what its dead-letter queue gets."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from labkit.cloud.notifications import mails, payloads
from labkit.cloud.notifications.counts import DeliveryCounts
from labkit.cloud.notifications.errors import DeliveryFailed, DeliveryRefused
from labkit.cloud.notifications.publication import Publication
from labkit.cloud.notifications.senders import function, http, mail, queue
from labkit.cloud.notifications.signature import Signer
from labkit.cloud.notifications.subscriptions import LabSubscription

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

log = logging.getLogger("labkit.cloud")


class Courier:
    """Makes one attempt at a time; when to make the next is the lane's business."""

    def __init__(self, cloud: Cloud, signer: Signer, smtp: str | None) -> None:
        self._cloud = cloud
        self._signer = signer
        self._smtp = smtp

    async def deliver(self, subscription: LabSubscription, publication: Publication) -> None:
        """Try to deliver a publication to a subscriber of any protocol."""
        match subscription.protocol:
            case "http" | "https":
                headers = payloads.http_headers(
                    "Notification",
                    message_id=publication.message_id,
                    topic_arn=publication.topic_arn,
                    subscription_arn=subscription.arn,
                    raw=subscription.is_raw,
                    content_type=subscription.content_type,
                )
                await self._post(subscription, headers, await self._text(subscription, publication))
            case "email":
                url = self._unsubscribe_url(subscription)
                text = mails.notification(publication.text_for("email"), url)
                await self._mail(subscription, publication.subject, text)
            case "email-json":
                text = await self._text(subscription, publication)
                await self._mail(subscription, publication.subject, text)
            case "sqs":
                await self._send(subscription.endpoint, subscription, publication)
            case "lambda":
                document = await self._envelope(subscription, publication)
                event = payloads.lambda_event(document, subscription.arn)
                self._check(subscription, "lambda:InvokeFunction", subscription.endpoint)
                await function.invoke(self._cloud.functions, subscription.endpoint, event)

    async def confirm(self, subscription: LabSubscription, document: dict[str, Any]) -> None:
        """Try to send a SubscriptionConfirmation or UnsubscribeConfirmation."""
        kind = document["Type"]
        if subscription.protocol == "email":
            await self._mail(subscription, mails.SUBJECTS[kind], mails.confirmation(document))
            return
        body = payloads.render(await self._signed(document))
        if subscription.protocol == "email-json":
            await self._mail(subscription, mails.SUBJECTS[kind], body)
            return
        headers = payloads.http_headers(
            kind, message_id=document["MessageId"], topic_arn=document["TopicArn"]
        )
        await self._post(subscription, headers, body)

    async def bury(
        self, subscription: LabSubscription, publication: Publication, counts: DeliveryCounts
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
        except DeliveryFailed as error:
            counts.lost()
            log.warning(
                "%s: message %s is lost: %s", subscription.arn, publication.message_id, error
            )

    async def _post(
        self, subscription: LabSubscription, headers: dict[str, str], body: str
    ) -> None:
        url = subscription.endpoint
        await http.post(self._cloud.http, url, headers=headers, body=body.encode())

    async def _mail(self, subscription: LabSubscription, subject: str | None, text: str) -> None:
        sender = subscription.topic.display_name
        message = mails.mail(subscription.endpoint, subject, text, sender=sender)
        await mail.send(self._smtp or self._cloud.inbox.address, message)

    async def _send(
        self, queue_arn: str, subscription: LabSubscription, publication: Publication
    ) -> None:
        self._check(subscription, "sqs:SendMessage", queue_arn)
        text = await self._text(subscription, publication)
        queue.send(queue_arn, text, publication, raw=subscription.is_raw)

    def _check(self, subscription: LabSubscription, action: str, target_arn: str) -> None:
        """A target that does not let SNS in refuses every attempt.

        https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
        """
        if denial := self._cloud.access.service_denial(
            "sns.amazonaws.com", action, target_arn, source_arn=subscription.topic.arn
        ):
            raise DeliveryRefused(denial.message())

    async def _text(self, subscription: LabSubscription, publication: Publication) -> str:
        if subscription.is_raw:
            return publication.text_for(subscription.protocol)
        return payloads.render(await self._envelope(subscription, publication))

    async def _envelope(
        self, subscription: LabSubscription, publication: Publication
    ) -> dict[str, Any]:
        url = self._unsubscribe_url(subscription)
        return await self._signed(payloads.notification(publication, subscription.protocol, url))

    async def _signed(self, document: dict[str, Any]) -> dict[str, Any]:
        if "SignatureVersion" not in document:
            return document
        signature = await self._signer.sign(document)
        url = self._signer.certificate_url
        return {**document, "Signature": signature, "SigningCertURL": url}

    def _unsubscribe_url(self, subscription: LabSubscription) -> str:
        return payloads.unsubscribe_url(self._cloud.endpoint_url, subscription.arn)
