"""What is wrong with a delivery policy that somebody wants to set.

https://docs.aws.amazon.com/sns/latest/dg/set-topic-attributes-delivery-policy-json.html
https://docs.aws.amazon.com/sns/latest/dg/set-sub-attributes-delivery-policy-json.html
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, count, takewhile
from typing import Any

from labkit.cloud.notifications.delivery_policy import (
    DEFAULT_HEALTHY,
    RetryPolicy,
    http_part,
    next_retry,
    parsed,
)

LONGEST_HTTP_RETRY_TIME = 3600  # seconds, for all retries together
BACKOFF_FUNCTIONS = ("arithmetic", "exponential", "geometric", "linear")
# What a policy may hold; a topic's are those of its "http", most with a name of their own.
MEMBERS = {
    "healthyRetryPolicy": {*DEFAULT_HEALTHY},
    "sicklyRetryPolicy": {*DEFAULT_HEALTHY},
    "throttlePolicy": {"maxReceivesPerSecond"},
    "requestPolicy": {"headerContentType"},
}


def fault_of_policy(given: str, *, of_topic: bool) -> str | None:
    """What is wrong with a DeliveryPolicy that somebody wants to set, or None."""
    try:
        document = http_part(given) if of_topic else parsed(given)
        prefix = "default" if of_topic else ""
        healthy, throttle = (
            document.get(_named(prefix, name)) or {}
            for name in ("healthyRetryPolicy", "throttlePolicy")
        )
        for member in _unexpected(parsed(given), of_topic=of_topic):
            return f"Unexpected JSON member: {member}"
        return _fault_of_healthy({**DEFAULT_HEALTHY, **healthy}) or _fault_of_throttle(throttle)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return "failed to parse JSON"


def _unexpected(document: dict[str, Any], *, of_topic: bool) -> Iterator[str]:
    """What AWS knows nothing of; a topic's policy on a subscription, say, or the reverse."""
    if of_topic:
        yield from sorted(document.keys() - {"http"})
        document = document.get("http") or {}
    prefix, other = ("default", "disableSubscriptionOverrides") if of_topic else ("", "guaranteed")
    known = {_named(prefix, name): members for name, members in MEMBERS.items()}
    yield from sorted(document.keys() - {*known, other})
    for name, members in known.items():
        yield from sorted((document.get(name) or {}).keys() - members)


def _fault_of_healthy(healthy: dict[str, Any]) -> str | None:
    policy = RetryPolicy.of(healthy)
    if not 0 <= policy.retries <= 100:
        return "numRetries must be between 0 and 100"
    if not 1 <= policy.minimum <= policy.maximum:
        return "minDelayTarget must be at least 1 and at most maxDelayTarget"
    phases = (policy.without_delay, policy.at_minimum, policy.at_maximum)
    if min(phases) < 0 or sum(phases) > policy.retries:
        return "the retries of the phases must not be negative or add up to more than numRetries"
    if policy.backoff not in BACKOFF_FUNCTIONS:
        return f"backoffFunction must be one of {', '.join(BACKOFF_FUNCTIONS)}"
    delays = takewhile(
        lambda delay: delay is not None, (next_retry(policy, attempt) for attempt in count(1))
    )
    if max(accumulate(delays), default=0) > LONGEST_HTTP_RETRY_TIME:
        return f"the total retry time must be at most {LONGEST_HTTP_RETRY_TIME} seconds"
    return None


def _fault_of_throttle(throttle: dict[str, Any]) -> str | None:
    most = throttle.get("maxReceivesPerSecond")
    return "maxReceivesPerSecond must be at least 1" if most is not None and most < 1 else None


def _named(prefix: str, name: str) -> str:
    return prefix + name[0].upper() + name[1:] if prefix else name
