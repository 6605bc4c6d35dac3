"""SNS as a moto backend that checks as AWS does and leaves every delivery to the data plane.

moto's response class calls the methods below; `tests/cloud/notifications/test_backend.py` fails
when those move.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from moto.sns.exceptions import SNSNotFoundError, TopicNotFound
from moto.sns.models import DEFAULT_PAGE_SIZE, Topic

from labkit.cloud.notifications import checks
from labkit.cloud.notifications.delivery_policy import subscription_policy
from labkit.cloud.notifications.filter_grammar import IN_ATTRIBUTES, fault_of_size
from labkit.cloud.notifications.intake import Intake
from labkit.cloud.notifications.subscriptions import CONFIRMED_BY_OWNER, LabSubscription


class LabSNSBackend(Intake):
    """The topics and subscriptions of one account and region."""

    def delete_topic(self, arn: str) -> None:
        """Delete a topic with its subscriptions, silently if there is none."""
        for subscription in self._of_topic(arn):
            self.cloud.notifications.dropped(subscription)
        super().delete_topic(arn)

    def subscribe(self, topic_arn: str, endpoint: str, protocol: str) -> LabSubscription:
        """Subscribe an endpoint; its owner is asked to confirm, again if that is still pending."""
        topic = self.get_topic(topic_arn)
        checks.check_endpoint(protocol, endpoint)
        if topic.fifo_topic and protocol != "sqs":
            # https://github.com/hashicorp/terraform-provider-aws/issues/38441
            raise checks.refuse(f"Invalid protocol type: {protocol}")
        known = self._find_subscription(topic_arn, endpoint, protocol)
        subscription = super().subscribe(topic_arn, endpoint, protocol)
        if known is None and protocol in CONFIRMED_BY_OWNER:
            subscription.attributes |= {
                "PendingConfirmation": True,
                "ConfirmationWasAuthenticated": False,
            }
        if subscription.is_pending:
            self.cloud.notifications.ask(subscription)
        return subscription

    def confirm(self, subscription: LabSubscription, *, authenticated: bool) -> None:
        """Take a subscription into service, or back into it after it was ended."""
        if self.topics.get(subscription.topic.arn) is not subscription.topic:
            raise TopicNotFound
        if subscription.is_pending:
            subscription.attributes["ConfirmationWasAuthenticated"] = authenticated
        subscription.attributes["PendingConfirmation"] = False
        self.subscriptions[subscription.arn] = subscription

    def unsubscribe(self, subscription_arn: str) -> None:
        """End a subscription, silently if there is none."""
        subscription = self.subscriptions.pop(subscription_arn, None)
        if subscription is not None:
            subscription.topic.subscriptions_deleted += 1
            self.cloud.notifications.unsubscribed(subscription)

    def discard(self, subscription: LabSubscription) -> None:
        """Undo a Subscribe: its attributes are refused, or nobody has confirmed it in time."""
        self.subscriptions.pop(subscription.arn, None)
        self.cloud.notifications.dropped(subscription)

    def set_subscription_attributes(self, arn: str, name: str, value: Any) -> None:
        """Set an attribute; a filter policy follows its scope whichever is set first."""
        subscription = self.subscriptions.get(arn)
        if subscription is None:
            raise SNSNotFoundError("Subscription does not exist")
        topic = subscription.topic
        checks.check_subscription_attribute(
            subscription.protocol,
            name,
            value,
            topic_arn=topic.arn,
            fifo=topic.fifo_topic and str(subscription.endpoint).endswith(".fifo"),
            scope=subscription.filter_scope,
        )
        if name == "FilterPolicyScope" and subscription._filter_policy:
            self._validate_filter_policy(subscription._filter_policy, scope=value)
        if name == "RawMessageDelivery":
            value = str(value).lower()
        super().set_subscription_attributes(arn, name, value)

    def get_subscription_attributes(self, arn: str) -> dict[str, Any]:
        """A subscription's attributes as AWS shows them."""
        attributes = super().get_subscription_attributes(arn)
        subscription = self.subscriptions[arn]
        for name in ("DeliveryPolicy", "RedrivePolicy", "FilterPolicy", "SubscriptionRoleArn"):
            if not attributes.get(name):
                attributes.pop(name, None)
        if "EffectiveDeliveryPolicy" in attributes:
            attributes["EffectiveDeliveryPolicy"] = json.dumps(subscription.effective_policy)
        if "DeliveryPolicy" in attributes:
            shown = subscription_policy(attributes["DeliveryPolicy"])
            attributes["DeliveryPolicy"] = json.dumps(shown)
        return attributes

    def _get_values_nexttoken(
        self, values_map: dict[str, Any], next_token: str | None = None
    ) -> tuple[list[Any], str | None]:
        # One page; the token is Base64, as recorded (test_list_subscriptions_by_topic_pagination).
        values, start = list(values_map.values()), place_of(next_token)
        following = start + DEFAULT_PAGE_SIZE
        token = base64.b64encode(str(following).encode()).decode()
        return values[start:following], token if following < len(values) else None

    def _validate_filter_policy(self, value: Any, scope: str | None) -> None:
        # What is wrong with its text has been told when it was set; it may not fit a new scope.
        if fault := fault_of_size(value, scope or IN_ATTRIBUTES):
            raise checks.refuse(fault)

    def count_subscriptions(self, topic: Topic) -> tuple[int, int]:
        """How many subscriptions of a topic are confirmed, and how many are pending."""
        states = [subscription.is_pending for subscription in self._of_topic(topic.arn)]
        return states.count(False), states.count(True)


def place_of(next_token: str | None) -> int:
    """Where the page of a token begins; raises AWS's error for one that was never given out.

    >>> place_of(None), place_of("MTAw")
    (0, 100)
    """
    if next_token is None:
        return 0
    try:
        return int(base64.b64decode(next_token, validate=True))
    except ValueError:
        raise checks.refuse("NextToken") from None
