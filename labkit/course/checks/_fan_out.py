"""Stage 7: does everybody who should hear of an order hear of it, and nobody else?"""

from __future__ import annotations

import json
from typing import Any

from labkit.course.checks._check import check
from labkit.course.judgement import require
from labkit.course.probes.arrivals import find, latest
from labkit.course.probes.orders import PATIENCE, make_order, order_number, take
from labkit.course.probes.signatures import is_genuine
from labkit.lab import Lab
from labkit.orders.accounting import order_of_mail, order_of_post
from labkit.orders.invoices import Order
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import topic_arn
from labkit.pipeline.fan_out import AUDIT_FILTER, endpoints, subscriptions

LARGE, SMALL = 5000.0, 5.0  # pounds; the audit queue takes 1,000 and more


@check("fan-out")
def fan_out(lab: Lab) -> str:
    """Every subscription and its state; then a large and a small order published to all of them."""
    found = subscriptions(lab)
    for protocol, endpoint in endpoints(lab).items():
        _subscribed(lab, found, protocol, endpoint)
    audit_url = _audit_queue(lab)
    large, small = make_order(total=LARGE), make_order(total=SMALL)
    mails = latest(lab.inbox()) if lab.is_local else 0
    posts = latest(lab.webhook(lab.names.webhook)) if lab.is_local else 0
    for order in (small, large):
        _publish(lab, order)
    if lab.is_local:
        _mailed(lab, large, after=mails)
        _posted(lab, large, after=posts)
    _audited(lab, audit_url, large, small)
    return (
        "One message reaches the inbox and, signed by SNS, the webhook; the audit queue hears of "
        "large orders only."
    )


def _subscribed(lab: Lab, found: dict[tuple[str, str], str], protocol: str, endpoint: str) -> None:
    shown = endpoint.removeprefix(lab.endpoint_url or "")
    require(
        (protocol, endpoint) in found,
        f"Nobody subscribed {shown} by {protocol}.",
        f"sns.subscribe(TopicArn=topic_arn, Protocol='{protocol}', Endpoint=...)",
    )
    require(
        found[protocol, endpoint].startswith("arn:"),
        f"The subscription of {shown} is not confirmed, so SNS sends it nothing.",
        "Follow the link in the mail of show.inbox(lab)."
        if protocol == "email"
        else "Pass the Token that the webhook was sent to sns.confirm_subscription.",
    )


def _audit_queue(lab: Lab) -> str:
    sqs = lab.client("sqs")
    found = unless_absent(sqs.get_queue_url, QueueName=lab.names.audit_queue)
    require(found is not None, f"There is no queue '{lab.names.audit_queue}'.", "Make it first.")
    assert found is not None
    answer = sqs.get_queue_attributes(QueueUrl=found["QueueUrl"], AttributeNames=["Policy"])
    policy = json.loads(answer.get("Attributes", {}).get("Policy", "{}"))
    require(
        policy.get("Statement"),
        f"Queue '{lab.names.audit_queue}' has no policy: on AWS SNS may not send to it, and drops "
        "the messages in silence.",
        "Set its attribute Policy to the document Queue-Audit-From-SNS.",
    )
    require(
        topic_arn(lab) in json.dumps(policy),
        f"The policy of queue '{lab.names.audit_queue}' does not name the topic, so any topic of "
        "anybody might send to it.",
        "Put the topic's ARN into the condition aws:SourceArn.",
    )
    return found["QueueUrl"]


def _publish(lab: Lab, order: Order) -> None:
    total = {"DataType": "Number", "StringValue": str(order["total"])}
    lab.client("sns").publish(
        TopicArn=topic_arn(lab),
        Subject=f"Order {order['id']}",
        Message=json.dumps({"orderID": order["id"], "total": order["total"]}),
        MessageAttributes={"total": total},
    )


def _mailed(lab: Lab, order: Order, *, after: int) -> None:
    found = find(lab.inbox, lambda mail: order_of_mail(mail) == order["id"], after=after)
    require(
        found is not None,
        "A message was published, but no mail came.",
        "Look at show.subscriptions(lab): is a filter policy in the way?",
    )


def _posted(lab: Lab, order: Order, *, after: int) -> None:
    def posts(**query: Any) -> list[dict[str, Any]]:
        return lab.webhook(lab.names.webhook, **query)

    found = find(posts, lambda post: order_of_post(post) == order["id"], after=after)
    require(
        found is not None,
        "A message was published, but the webhook was not called with it.",
        "Look at show.subscriptions(lab): is raw delivery on, or a filter policy in the way?",
    )
    assert found is not None
    require(
        is_genuine(lab, json.loads(found["body"])),
        "What the webhook received does not bear SNS's signature.",
        "Has the endpoint of the subscription been changed?",
    )


def _audited(lab: Lab, audit_url: str, large: Order, small: Order) -> None:
    wanted = {large["id"], small["id"]}
    heard = []

    def ours(body: str) -> bool:
        return _number(body) in wanted

    while (body := take(lab, audit_url, ours, seconds=1 if heard else PATIENCE)) is not None:
        heard.append(_number(body))
    require(
        large["id"] in heard,
        f"An order of {LARGE:.0f} pounds did not reach the audit queue.",
        "Look at show.subscriptions(lab): the filter policy compares the attribute total, a "
        "number: " + json.dumps(AUDIT_FILTER),
    )
    require(
        small["id"] not in heard,
        f"An order of {SMALL:.0f} pounds reached the audit queue, which is for large ones.",
        "Set FilterPolicy on the subscription of the queue: " + json.dumps(AUDIT_FILTER),
    )


def _number(body: str) -> str | None:
    envelope = json.loads(body)
    return order_number(envelope.get("Message", body))
