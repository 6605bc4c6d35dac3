"""The SNS topic and who listens to it."""

from __future__ import annotations

import json
from typing import Any

from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.missing import missing
from labkit.show.stable import Aliases, name_of, without_endpoint

TOPIC_COLUMNS = ["topic", "confirmed", "pending", "signature version"]
SUBSCRIPTION_COLUMNS = [
    "subscription",
    "protocol",
    "endpoint",
    "state",
    "raw",
    "filter policy",
    "filter scope",
    "dead letters to",
]
# Instead of an ARN while nobody has followed the confirmation link (ListSubscriptions).
PENDING = "PendingConfirmation"


def topic(lab: Lab, name: str | None = None) -> Frame:
    """The topic and how many subscriptions it has.

    Columns: topic, confirmed, pending (subscriptions in each state), signature version. Raises
    `StageMissing` when the topic does not exist.

    >>> show.topic(lab)
    topic         confirmed  pending  signature version
    order-events          3        0  1
    """
    name = name or lab.names.topic
    arn = topic_arn_of(lab, name)
    attributes = lab.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    # Counted here: the counts among the attributes follow with a delay.
    states = [subscription["State"] for subscription in read_subscriptions(lab, name)]
    row = {
        "topic": name,
        "confirmed": states.count("confirmed"),
        "pending": states.count("pending"),
        "signature version": attributes.get("SignatureVersion", "1"),
    }
    return build_frame(TOPIC_COLUMNS, [row])


def subscriptions(lab: Lab, name: str | None = None, *, ids: bool = False) -> Frame:
    """Who listens to the topic, by protocol and endpoint.

    Columns: subscription (an alias; its ARN with `ids=True`), protocol, endpoint (a queue's or
    function's name; `lab/...` for a URL of the lab's own), state (confirmed or pending), raw
    (whether only the message itself is delivered), filter policy, filter scope, dead letters to.
    Raises `StageMissing` when the topic does not exist.

    >>> show.subscriptions(lab)
    subscription    protocol  endpoint                 state      raw  ...
    subscription-1  email     student@example.com      confirmed  no
    subscription-2  http      lab/_lab/webhook/orders  confirmed  no
    ...
    """
    found = read_subscriptions(lab, name or lab.names.topic)
    aliases = Aliases("subscription", ids=ids)
    rows = []
    for subscription in found:
        arn, attributes = subscription["SubscriptionArn"], subscription["Attributes"]
        redrive = json.loads(attributes.get("RedrivePolicy") or "{}")
        policy = attributes.get("FilterPolicy") or ""
        rows.append(
            {
                "subscription": aliases[arn if arn != PENDING else subscription["Endpoint"]],
                "protocol": subscription["Protocol"],
                "endpoint": subscription["Endpoint"]
                if ids
                else readable_endpoint(lab, subscription),
                "state": subscription["State"],
                "raw": attributes.get("RawMessageDelivery") == "true",
                "filter policy": policy,
                "filter scope": attributes.get("FilterPolicyScope", "") if policy else "",
                "dead letters to": name_of(redrive.get("deadLetterTargetArn", "")),
            }
        )
    return build_frame(SUBSCRIPTION_COLUMNS, rows)


def topic_arn_of(lab: Lab, name: str) -> str:
    """The ARN of a topic; raises `StageMissing` when it does not exist."""
    for page in lab.client("sns").get_paginator("list_topics").paginate():
        for found in page["Topics"]:
            if name_of(found["TopicArn"]) == name:
                return found["TopicArn"]
    raise missing("Topic", name)


def read_subscriptions(lab: Lab, name: str) -> list[dict[str, Any]]:
    """Every subscription of a topic, with `State` and its `Attributes`, in a stable order."""
    sns = lab.client("sns")
    pages = sns.get_paginator("list_subscriptions_by_topic")
    found = []
    for page in pages.paginate(TopicArn=topic_arn_of(lab, name)):
        for subscription in page["Subscriptions"]:
            arn = subscription["SubscriptionArn"]
            attributes = {}
            if arn != PENDING:
                attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
            pending = arn == PENDING or attributes.get("PendingConfirmation") == "true"
            state = "pending" if pending else "confirmed"
            found.append({**subscription, "State": state, "Attributes": attributes})
    return sorted(found, key=lambda found: (found["Protocol"], readable_endpoint(lab, found)))


def readable_endpoint(lab: Lab, subscription: dict[str, Any]) -> str:
    """Where a subscription delivers to, without what differs from run to run."""
    if subscription["Endpoint"].startswith("arn:"):
        return name_of(subscription["Endpoint"])
    return without_endpoint(subscription["Endpoint"], lab.endpoint_url)
