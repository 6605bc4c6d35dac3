"""The answers of SNS's API where moto's differ from AWS's: subscriptions that are pending."""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sns.responses import SNSResponse
from moto.sts.models import sts_backends

from labkit.cloud.notifications.checks import check_topic_attribute, refuse
from labkit.cloud.notifications.delivery_policy import effective_topic_policy, topic_policy
from labkit.cloud.notifications.subscriptions import is_pending

ALREADY_DIFFERENT = "Attributes Reason: Subscription already exists with different attributes"


class LabSNSResponse(SNSResponse):
    """SNS's actions, called by moto's dispatcher under their names in snake case."""

    def create_topic(self) -> ActionResult:
        """Create a topic with attributes that SNS knows."""
        for name, value in self._get_attributes().items():
            check_topic_attribute(name, value)
        return super().create_topic()

    def subscribe(self) -> ActionResult:
        """Subscribe, and show the ARN at once only if it was asked for or nothing is pending."""
        wanted = self._get_attributes()
        topic_arn, endpoint, protocol = (
            self._get_param(name) for name in ("TopicArn", "Endpoint", "Protocol")
        )
        known = self.backend._find_subscription(topic_arn, endpoint, protocol)
        if known is not None:
            present = known.attributes
            if any(present.get(name) != value for name, value in wanted.items()):
                raise refuse(ALREADY_DIFFERENT)
        subscription = self.backend.subscribe(topic_arn, endpoint, protocol)
        if known is None:
            subscription.attributes["SubscriptionPrincipal"] = self._caller()
            try:
                # A filter policy is validated for the scope that is set already.
                for name in sorted(wanted, key="FilterPolicyScope".__ne__):
                    self.backend.set_subscription_attributes(subscription.arn, name, wanted[name])
            except Exception:
                self.backend.discard(subscription)
                raise
        shown = is_pending(subscription) and not self._get_param("ReturnSubscriptionArn")
        return ActionResult(
            {"SubscriptionArn": "pending confirmation" if shown else subscription.arn}
        )

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
        parts = self._get_param("SubscriptionArn").split(":")
        if len(parts) < 6:
            fault = f"An ARN must have at least 6 elements, not {len(parts)}"
            raise refuse(f"SubscriptionArn Reason: {fault}")
        return super().unsubscribe()

    def list_subscriptions(self) -> ActionResult:
        """Every subscription of the region."""
        page, following = self.backend.list_subscriptions(next_token=self._get_param("NextToken"))
        return _listed(page, following)

    def list_subscriptions_by_topic(self) -> ActionResult:
        """Every subscription of a topic."""
        page, following = self.backend.list_subscriptions_by_topic(
            self._get_param("TopicArn"), next_token=self._get_param("NextToken")
        )
        return _listed(page, following)

    def get_topic_attributes(self) -> ActionResult:
        """A topic's attributes, with its subscriptions counted by state."""
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        confirmed, pending = self.backend.count_subscriptions(topic)
        attributes = {
            "Owner": topic.account_id,
            "Policy": topic.policy,
            "TopicArn": topic.arn,
            "DisplayName": topic.display_name,
            "SubscriptionsPending": str(pending),
            "SubscriptionsConfirmed": str(confirmed),
            "SubscriptionsDeleted": str(topic.subscriptions_deleted),
            "EffectiveDeliveryPolicy": json.dumps(effective_topic_policy(topic.delivery_policy)),
        }
        if topic.delivery_policy:
            attributes["DeliveryPolicy"] = json.dumps(topic_policy(topic.delivery_policy))
        if topic.kms_master_key_id:
            attributes["KmsMasterKeyId"] = topic.kms_master_key_id
        if hasattr(topic, "signature_version"):
            attributes["SignatureVersion"] = topic.signature_version
        if hasattr(topic, "tracing_config"):
            attributes["TracingConfig"] = topic.tracing_config
        if topic.fifo_topic:
            attributes["FifoTopic"] = "true"
            attributes["ContentBasedDeduplication"] = str(topic.content_based_deduplication).lower()
        return ActionResult({"Attributes": attributes})

    def set_topic_attributes(self) -> ActionResult:
        """Set one attribute that SNS knows."""
        check_topic_attribute(self._get_param("AttributeName"), self._get_param("AttributeValue"))
        super().set_topic_attributes()
        return EmptyResult()

    def _caller(self) -> str:
        backend = sts_backends[self.current_account][self.partition]
        arn: str = backend.get_caller_identity(self.access_key, self.region)[1]
        return arn


def _listed(page: list[Any], following: int | None) -> ActionResult:
    subscriptions = [
        {
            "SubscriptionArn": "PendingConfirmation" if is_pending(each) else each.arn,
            "Owner": each.owner,
            "Protocol": each.protocol,
            "Endpoint": each.endpoint,
            "TopicArn": each.topic.arn,
        }
        for each in page
    ]
    return ActionResult({"Subscriptions": subscriptions, "NextToken": following})
