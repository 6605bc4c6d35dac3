"""Stage 7, fan-out: one message of the topic, delivered to everybody who subscribed.

    e-mail      a person; must confirm with the link in a mail
    webhook     a program with an HTTP endpoint; must confirm with the token that it is sent
    audit       a queue that only receives orders of 1,000 pounds and more; its policy allows it

https://docs.aws.amazon.com/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from labkit.errors import Conflict
from labkit.lab import Lab
from labkit.pipeline import notifier, queue
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import queue_arn, topic_arn
from labkit.pipeline.policies import document

# Only orders that are worth a second look. SNS compares the message attribute `total`.
AUDIT_FILTER = {"total": [{"numeric": [">=", 1000]}]}
PATIENCE = 30.0  # seconds until a confirmation must have arrived


def build(lab: Lab) -> None:
    """Subscribe the e-mail address, the webhook and the audit queue, and confirm them.

    On AWS the e-mail address is the parameter `email`, whose owner confirms it; there is no
    webhook unless the parameter `webhook_url` names one, which confirms itself.
    """
    notifier.find_topic(lab)  # says so when the topic is not there
    build_audit_queue(lab)
    for protocol, endpoint in endpoints(lab).items():
        state = subscriptions(lab).get((protocol, endpoint))
        if state is None or (state == "PendingConfirmation" and lab.is_local):
            _subscribe(lab, protocol, endpoint)
    _filter_audit(lab)


def endpoints(lab: Lab) -> dict[str, str]:
    """Who is to be subscribed: the endpoint for each protocol."""
    email = lab.parameters.get("email", lab.names.email if lab.is_local else None)
    url = lab.parameters.get("webhook_url") or (
        lab.webhook_url(lab.names.webhook) if lab.is_local else None
    )
    wanted = {
        "sqs": queue_arn(lab, lab.names.audit_queue),
        "email": email,
    }
    if url:
        wanted[urlsplit(url).scheme] = url
    return {protocol: endpoint for protocol, endpoint in wanted.items() if endpoint}


def build_audit_queue(lab: Lab) -> str:
    """Make the audit queue, which allows the topic to send to it; return its URL."""
    sqs = lab.client("sqs")
    url = sqs.create_queue(QueueName=lab.names.audit_queue)["QueueUrl"]
    policy = json.dumps(document("Queue-Audit-From-SNS", lab))
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url


def subscriptions(lab: Lab) -> dict[tuple[str, str], str]:
    """The topic's subscriptions by protocol and endpoint: an ARN, or "PendingConfirmation"."""
    pages = lab.client("sns").get_paginator("list_subscriptions_by_topic")
    return {
        (found["Protocol"], found["Endpoint"]): found["SubscriptionArn"]
        for page in pages.paginate(TopicArn=topic_arn(lab))
        for found in page["Subscriptions"]
    }


def confirm_webhook(lab: Lab, *, after: int = 0) -> str:
    """Confirm the webhook with the token that it was sent; return the subscription's ARN.

    `after` leaves out that many of the webhook's first requests.
    """
    seen = after
    while posts := lab.webhook(lab.names.webhook, after=seen, wait=PATIENCE):
        for post in posts:
            seen = post["id"]
            message = json.loads(post["body"]) if post["body"].startswith("{") else {}
            if message.get("Type") == "SubscriptionConfirmation":
                return _confirm(lab, message["Token"])
    raise _unconfirmed("webhook", "lab.webhook(lab.names.webhook)")


def confirm_email(lab: Lab, *, after: int = 0) -> str:
    """Confirm the e-mail address with the link in its mail; return the subscription's ARN.

    `after` leaves out that many of the inbox's first mails.
    """
    seen = after
    while mails := lab.inbox(after=seen, wait=PATIENCE):
        for mail in mails:
            seen = mail["id"]
            for link in mail["links"]:
                query = parse_qs(urlsplit(link).query)
                if query.get("Action") == ["ConfirmSubscription"]:
                    return _confirm(lab, query["Token"][0])
    raise _unconfirmed("e-mail address", "lab.inbox()")


def teardown(lab: Lab) -> None:
    """End every subscription to the topic and delete the audit queue."""
    sns = lab.client("sns")
    if unless_absent(sns.get_topic_attributes, TopicArn=topic_arn(lab)) is not None:
        for arn in subscriptions(lab).values():
            if arn.startswith("arn:"):  # a pending one goes with the topic
                sns.unsubscribe(SubscriptionArn=arn)
    queue.delete_queue(lab, lab.names.audit_queue)


def _subscribe(lab: Lab, protocol: str, endpoint: str) -> None:
    # Confirmations of an earlier subscription hold tokens that no longer count.
    mails = _latest(lab.inbox()) if lab.is_local else 0
    posts = _latest(lab.webhook(lab.names.webhook)) if lab.is_local else 0
    lab.client("sns").subscribe(
        TopicArn=topic_arn(lab), Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn=True
    )
    if lab.is_local and protocol == "email":
        confirm_email(lab, after=mails)
    if lab.is_local and endpoint == lab.webhook_url(lab.names.webhook):
        confirm_webhook(lab, after=posts)


def _filter_audit(lab: Lab) -> None:
    arn = subscriptions(lab)["sqs", queue_arn(lab, lab.names.audit_queue)]
    sns = lab.client("sns")
    for name, value in (
        ("FilterPolicyScope", "MessageAttributes"),
        ("FilterPolicy", json.dumps(AUDIT_FILTER)),
    ):
        sns.set_subscription_attributes(
            SubscriptionArn=arn, AttributeName=name, AttributeValue=value
        )


def _confirm(lab: Lab, token: str) -> str:
    answer = lab.client("sns").confirm_subscription(TopicArn=topic_arn(lab), Token=token)
    return answer["SubscriptionArn"]


def _latest(arrivals: list[dict[str, Any]]) -> int:
    return arrivals[-1]["id"] if arrivals else 0


def _unconfirmed(who: str, look: str) -> Conflict:
    return Conflict(
        f"No confirmation reached the {who} in {PATIENCE:.0f} seconds. Look at {look}, and "
        "subscribe again with fan_out.build(lab)."
    )
