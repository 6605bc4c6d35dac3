"""A subscription as moto keeps it, and what its attributes mean for a delivery."""

from __future__ import annotations

from typing import Any

from moto.sns import models

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


class LabSubscription(models.Subscription):
    """One endpoint's subscription to a topic."""

    @property
    def subscription_arn(self) -> str:
        """The ARN as lists show it."""
        return "PendingConfirmation" if self.is_pending else self.arn

    @property
    def is_pending(self) -> bool:
        """Whether the endpoint's owner has not confirmed yet."""
        return bool(self.attributes["PendingConfirmation"])

    @property
    def is_raw(self) -> bool:
        """Whether the subscriber gets the bare message."""
        return str(self.attributes.get("RawMessageDelivery")).lower() == "true"

    @property
    def filter_scope(self) -> str:
        """What a filter policy of the subscription is about."""
        return str(self.attributes.get("FilterPolicyScope") or IN_ATTRIBUTES)

    def differs_in(self, name: str, value: str) -> bool:
        """Whether an attribute has another value; the defaults are values, as recorded."""
        present = {**DEFAULTS, **self.attributes}.get(name) or ""
        if name == "RawMessageDelivery":
            present, value = str(present).lower(), value.lower()
        return bool(present != value)

    def wants(self, publication: Publication) -> bool:
        """Whether the filter policy lets a message pass."""
        policy, text = self._filter_policy, publication.text_for(self.protocol)
        return not policy or passes(policy, self.filter_scope, publication.attributes, text)

    @property
    def effective_policy(self) -> dict[str, Any]:
        """The effective delivery policy of an HTTP(S) subscription."""
        own = self.attributes.get("DeliveryPolicy", "")
        return effective_subscription_policy(self.topic.delivery_policy, own)

    @property
    def retry_policy(self) -> RetryPolicy:
        """How SNS tries again; only HTTP(S) has a policy of its own."""
        if self.protocol in HTTP_PROTOCOLS:
            return RetryPolicy.of(self.effective_policy["healthyRetryPolicy"])
        return SMTP if self.protocol in MAIL_PROTOCOLS else AWS_MANAGED

    @property
    def gap(self) -> float:
        """Seconds between two attempts that a throttle policy demands."""
        if self.protocol not in HTTP_PROTOCOLS:
            return 0.0
        most = (self.effective_policy["throttlePolicy"] or {}).get("maxReceivesPerSecond")
        return 1 / most if most else 0.0

    @property
    def content_type(self) -> str:
        """The Content-Type of notifications to an HTTP(S) subscriber."""
        return str(self.effective_policy["requestPolicy"]["headerContentType"])


models.Subscription = LabSubscription  # type: ignore[misc]  # what moto makes from now on
