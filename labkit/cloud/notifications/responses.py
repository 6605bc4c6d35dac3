"""The answers of SNS's API where moto's differ from AWS's: subscriptions that are pending."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores
from moto.sns.exceptions import SNSException
from moto.sns.models import Topic
from moto.sns.responses import SNSResponse
from moto.sns.utils import make_arn_for_topic
from moto.sts.models import sts_backends

from labkit.cloud.constraints import null
from labkit.cloud.notifications.checks import (
    TOPIC_NAME,
    check_arn,
    check_topic_attribute,
    refuse,
)
from labkit.cloud.notifications.delivery_policy import effective_topic_policy, topic_policy
from labkit.cloud.notifications.message_attributes import delivered_form

TOPIC_COLONS = 5
ALREADY_DIFFERENT = "Attributes Reason: Subscription already exists with different attributes"


class LabSNSResponse(SNSResponse):
    """SNS's actions, called by moto's dispatcher under their names in snake case."""

    def call_action(self) -> TYPE_RESPONSE:
        """Answer, once the subscriptions are gone that nobody has confirmed in time."""
        self.backend.cloud.notifications.forget_unconfirmed()
        return super().call_action()

    def create_topic(self) -> ActionResult:
        """Create a topic with attributes that SNS knows."""
        name, attributes, tags = self._get_param("Name"), self._get_attributes(), self._get_tags()
        if not attributes.get("FifoTopic") and not re.fullmatch(TOPIC_NAME, name or ""):
            raise refuse("Topic Name")
        with _of_attributes():
            for attribute, value in attributes.items():
                check_topic_attribute(attribute, value, fifo=bool(attributes.get("FifoTopic")))
        known = self.backend.topics.get(make_arn_for_topic(self.current_account, name, self.region))
        if known is not None:
            if any(known._tags.get(key) != value for key, value in tags.items()):
                raise refuse("Tags Reason: Topic already exists with different tags")
            if any(_present(known, each) != value for each, value in attributes.items()):
                raise refuse("Attributes Reason: Topic already exists with different attributes")
        return super().create_topic()

    def publish(self) -> ActionResult:
        """Publish; the answer for a FIFO topic has the message's sequence number."""
        return ActionResult(_numbered(super().publish().result))

    def publish_batch(self) -> ActionResult:
        """Publish a batch; what an entry lacks and what it may not have is named with its entry."""
        entries = self._get_param("PublishBatchRequestEntries", [])
        for number, entry in enumerate(entries, start=1):
            where = f"publishBatchRequestEntries.{number}.member."
            for name in ("Id", "Message"):
                if entry.get(name) is None:
                    raise SNSException("ValidationError", null(f"{where}{name.lower()}"))
            delivered_form(entry.get("MessageAttributes", {}), where=where)
        answer = super().publish_batch().result
        return ActionResult({**answer, "Successful": list(map(_numbered, answer["Successful"]))})

    def subscribe(self) -> ActionResult:
        """Subscribe, and show the ARN at once only if it was asked for or nothing is pending."""
        wanted = self._get_param("Attributes") or {}
        topic_arn, endpoint, protocol = (
            self._get_param(name) for name in ("TopicArn", "Endpoint", "Protocol")
        )
        known = self.backend._find_subscription(topic_arn, endpoint, protocol)
        if known is not None and any(known.differs_in(*each) for each in wanted.items()):
            raise refuse(ALREADY_DIFFERENT)
        subscription = self.backend.subscribe(topic_arn, endpoint, protocol)
        if known is None:
            subscription.attributes["SubscriptionPrincipal"] = self._caller()
            try:
                # A filter policy is validated for the scope that is set already.
                with _of_attributes():
                    for name in sorted(wanted, key="FilterPolicyScope".__ne__):
                        self.backend.set_subscription_attributes(
                            subscription.arn, name, wanted[name]
                        )
            except ServiceException:
                self.backend.discard(subscription)
                raise
        shown = subscription.is_pending and not self._get_param("ReturnSubscriptionArn")
        return ActionResult(
            {"SubscriptionArn": "pending confirmation" if shown else subscription.arn}
        )

    def set_subscription_attributes(self) -> ActionResult:
        """Set one attribute, whose value is taken as it was given."""
        self.backend.set_subscription_attributes(
            self._get_param("SubscriptionArn"),
            self._get_param("AttributeName"),
            self._get_param("AttributeValue"),
        )
        return EmptyResult()

    def confirm_subscription(self) -> ActionResult:
        """Confirm with the token that the endpoint got."""
        topic_arn = self._get_param("TopicArn")
        if topic_arn.split(":")[3:4] != [self.region]:
            raise refuse("Topic")
        arn = self.backend.cloud.notifications.confirm(
            topic_arn,
            self._get_param("Token"),
            authenticated=True,
            protect=str(self._get_param("AuthenticateOnUnsubscribe")).lower() == "true",
        )
        return ActionResult({"SubscriptionArn": arn})

    def unsubscribe(self) -> ActionResult:
        """End a subscription; its ARN must look like one."""
        arn = self._get_param("SubscriptionArn")
        check_arn(arn, "SubscriptionArn")
        if arn.count(":") == TOPIC_COLONS:  # a topic's, without the subscription's own id
            raise refuse("SubscriptionId")
        return super().unsubscribe()

    def get_topic_attributes(self) -> ActionResult:
        """A topic's attributes, with its subscriptions counted by state."""
        attributes = super().get_topic_attributes().result["Attributes"]
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        confirmed, pending = self.backend.count_subscriptions(topic)
        given = topic.delivery_policy
        attributes |= {
            "SubscriptionsPending": pending,
            "SubscriptionsConfirmed": confirmed,
            "EffectiveDeliveryPolicy": json.dumps(effective_topic_policy(given)),
            "DeliveryPolicy": json.dumps(topic_policy(given)) if given else None,
            "SignatureVersion": _present(topic, "SignatureVersion"),
            "TracingConfig": _present(topic, "TracingConfig"),
        }
        shown = {name: value for name, value in attributes.items() if value is not None}
        return ActionResult({"Attributes": shown})

    def set_topic_attributes(self) -> ActionResult:
        """Set one attribute that SNS knows."""
        name = self._get_param("AttributeName")
        if name == "FifoTopic":  # decided when the topic is created
            raise refuse("AttributeName")
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        check_topic_attribute(name, self._get_param("AttributeValue"), fifo=topic.fifo_topic)
        super().set_topic_attributes()
        return EmptyResult()

    def _get_tags(self) -> dict[str, str]:
        tags = self._get_param("Tags") or []
        if len({tag.get("Key") for tag in tags}) < len(tags):
            raise refuse("Duplicated keys are not allowed.")
        return super()._get_tags()

    def _transform_message_attributes(self, message_attributes: dict[str, Any]) -> dict[str, Any]:
        return delivered_form(message_attributes)

    def _caller(self) -> str:
        backend = sts_backends[self.current_account][self.partition]
        arn: str = backend.get_caller_identity(self.access_key, self.region)[1]
        return arn


def _numbered(published: dict[str, Any]) -> dict[str, Any]:
    number = published["MessageId"].sequence_number
    return published if number is None else {**published, "SequenceNumber": number}


@contextmanager
def _of_attributes() -> Iterator[None]:
    """Within, a fault is named as one of the parameter Attributes."""
    try:
        yield
    except ServiceException as error:
        fault = error.message.removeprefix("Invalid parameter: ")
        reason = fault.removeprefix("Attributes Reason: ")
        raise refuse(f"Attributes Reason: {reason}") from None


def _present(topic: Topic, attribute: str) -> Any:
    return getattr(topic, camelcase_to_underscores(attribute), None)
