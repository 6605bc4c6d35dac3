"""When SNS tries again: the four phases of a delivery policy, its defaults and its limits.

    attempt, retries without delay, retries `minDelayTarget` apart, retries that back off from
    minimum to maximum, retries `maxDelayTarget` apart

https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
Differs from AWS: no jitter, so that a lesson looks the same at every run. AWS does not publish the
formulas of its four back-off functions; those here run from the minimum to the maximum in the
manner of their names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from labkit.cloud.notifications.payloads import CONTENT_TYPE

DEFAULT_HEALTHY = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": "linear",
}


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how far apart. Delays are seconds; `retries` counts all phases together."""

    retries: int = 3
    without_delay: int = 0
    at_minimum: int = 0
    at_maximum: int = 0
    minimum: float = 20
    maximum: float = 20
    backoff: str = "linear"

    @classmethod
    def of(cls, healthy: dict[str, Any]) -> RetryPolicy:
        """The policy that a complete healthyRetryPolicy document describes."""
        return cls(
            retries=healthy["numRetries"],
            without_delay=healthy["numNoDelayRetries"],
            at_minimum=healthy["numMinDelayRetries"],
            at_maximum=healthy["numMaxDelayRetries"],
            minimum=healthy["minDelayTarget"],
            maximum=healthy["maxDelayTarget"],
            backoff=healthy["backoffFunction"],
        )


# SQS and Lambda: 100,015 retries over 23 days. SMTP: 50 over more than 6 hours.
AWS_MANAGED = RetryPolicy(100_015, 3, 2, 100_000, 1, 20, "exponential")
SMTP = RetryPolicy(50, 0, 2, 38, 10, 600, "exponential")


def next_retry(policy: RetryPolicy, attempt: int) -> float | None:
    """Seconds to wait after the failure of `attempt` (the first is 1); None to give up.

    >>> [next_retry(RetryPolicy(), attempt) for attempt in (1, 2, 3, 4)]
    [20.0, 20.0, 20.0, None]
    """
    if attempt > policy.retries:
        return None
    if attempt <= policy.without_delay:
        return 0
    if attempt <= policy.without_delay + policy.at_minimum:
        return policy.minimum
    if attempt > policy.retries - policy.at_maximum:
        return policy.maximum
    steps = policy.retries - policy.without_delay - policy.at_minimum - policy.at_maximum
    return _back_off(policy, attempt - policy.without_delay - policy.at_minimum - 1, steps)


def _back_off(policy: RetryPolicy, step: int, steps: int) -> float:
    low, high = policy.minimum, policy.maximum
    if policy.backoff == "exponential":
        return min(high, low * 2**step)
    way = step / (steps - 1) if steps > 1 else 0
    if policy.backoff == "geometric":
        return low * (high / low) ** way
    if policy.backoff == "arithmetic":  # the increments grow by a constant
        way = step * (step + 1) / (steps * (steps - 1)) if steps > 1 else 0
    return low + (high - low) * way


def topic_policy(given: str) -> dict[str, Any]:
    """A topic's DeliveryPolicy as GetTopicAttributes shows it."""
    given_values = {name: value for name, value in http_part(given).items() if value is not None}
    return {"http": {"disableSubscriptionOverrides": False, **given_values}}


def effective_topic_policy(given: str) -> dict[str, Any]:
    """A topic's EffectiveDeliveryPolicy: what was given, completed by the defaults."""
    http = http_part(given)
    return {
        "http": {
            **http,
            "defaultHealthyRetryPolicy": {
                **DEFAULT_HEALTHY,
                **(http.get("defaultHealthyRetryPolicy") or {}),
            },
            "disableSubscriptionOverrides": http.get("disableSubscriptionOverrides", False),
            "defaultRequestPolicy": http.get("defaultRequestPolicy")
            or {"headerContentType": CONTENT_TYPE},
        }
    }


def subscription_policy(given: str) -> dict[str, Any]:
    """A subscription's DeliveryPolicy as GetSubscriptionAttributes shows it."""
    empty = dict.fromkeys(
        ("healthyRetryPolicy", "requestPolicy", "sicklyRetryPolicy", "throttlePolicy")
    )
    return {**empty, "guaranteed": False, **parsed(given)}


def effective_subscription_policy(topic_given: str, given: str) -> dict[str, Any]:
    """A subscription's EffectiveDeliveryPolicy: its own, else its topic's, else the default."""
    http = effective_topic_policy(topic_given)["http"]
    own = subscription_policy("" if http["disableSubscriptionOverrides"] else given)
    healthy = own["healthyRetryPolicy"]
    return {
        **own,
        "healthyRetryPolicy": {**DEFAULT_HEALTHY, **healthy}
        if healthy
        else http["defaultHealthyRetryPolicy"],
        "requestPolicy": own["requestPolicy"] or http["defaultRequestPolicy"],
        "throttlePolicy": own["throttlePolicy"] or http.get("defaultThrottlePolicy"),
    }


def parsed(given: str) -> dict[str, Any]:
    """A policy's document; ValueError when it is no JSON object."""
    document = json.loads(given) if given else {}
    if not isinstance(document, dict):
        raise ValueError("A delivery policy is a JSON object.")
    return document


def http_part(given: str) -> dict[str, Any]:
    """What a topic's policy says about HTTP."""
    return parsed(given).get("http") or {}
