"""What a subscription's attributes mean for a delivery."""

from __future__ import annotations

from typing import Any

from moto.sns.models import Subscription

from labkit.cloud.notifications.checks import HTTP_PROTOCOLS
from labkit.cloud.notifications.delivery_policy import (
    AWS_MANAGED,
    SMTP,
    RetryPolicy,
    effective_subscription_policy,
)
from labkit.cloud.notifications.filter_grammar import IN_ATTRIBUTES
from labkit.cloud.notifications.filters import passes
from labkit.cloud.notifications.publication import Publication

MAIL_PROTOCOLS = ("email", "email-json")
# Whoever owns the endpoint must confirm it; SQS and Lambda of the own account need not be asked.
CONFIRMED_BY_OWNER = HTTP_PROTOCOLS + MAIL_PROTOCOLS
DEFAULTS = {"FilterPolicyScope": IN_ATTRIBUTES, "RawMessageDelivery": "false"}
# moto keeps the other protocols' subscriptions and delivers nothing to them.
DELIVERED = (*CONFIRMED_BY_OWNER, "sqs", "lambda")


def is_pending(subscription: Subscription) -> bool:
    """Whether the endpoint's owner has not confirmed yet."""
    return bool(subscription.attributes["PendingConfirmation"])


def is_raw(subscription: Subscription) -> bool:
    """Whether the subscriber gets the bare message."""
    return str(subscription.attributes.get("RawMessageDelivery")).lower() == "true"


def is_other(subscription: Subscription, name: str, value: str) -> bool:
    """Whether an attribute has another value than `value`; the defaults are values, as recorded."""
    present = {**DEFAULTS, **subscription.attributes}.get(name) or ""
    if name == "RawMessageDelivery":
        present, value = str(present).lower(), value.lower()
    return present != value


def filter_scope(subscription: Subscription) -> str:
    """What a filter policy of the subscription is about."""
    return str(subscription.attributes.get("FilterPolicyScope") or IN_ATTRIBUTES)


def wants(subscription: Subscription, publication: Publication) -> bool:
    """Whether the filter policy lets a message pass; attributes may be filtered on in any case."""
    policy = subscription._filter_policy
    text = publication.text_for(subscription.protocol)
    return not policy or passes(policy, filter_scope(subscription), publication.attributes, text)


def effective_policy(subscription: Subscription) -> dict[str, Any]:
    """The effective delivery policy of an HTTP(S) subscription."""
    return effective_subscription_policy(
        subscription.topic.delivery_policy, subscription.attributes.get("DeliveryPolicy", "")
    )


def retry_policy(subscription: Subscription) -> RetryPolicy:
    """How SNS tries again; only HTTP(S) has a policy of its own."""
    if subscription.protocol in HTTP_PROTOCOLS:
        return RetryPolicy.of(effective_policy(subscription)["healthyRetryPolicy"])
    return SMTP if subscription.protocol in MAIL_PROTOCOLS else AWS_MANAGED


def gap_between(subscription: Subscription) -> float:
    """Seconds between two attempts that a throttle policy demands."""
    if subscription.protocol not in HTTP_PROTOCOLS:
        return 0.0
    most = (effective_policy(subscription)["throttlePolicy"] or {}).get("maxReceivesPerSecond")
    return 1 / most if most else 0.0


def content_type(subscription: Subscription) -> str:
    """The Content-Type of notifications to an HTTP(S) subscriber."""
    return str(effective_policy(subscription)["requestPolicy"]["headerContentType"])
