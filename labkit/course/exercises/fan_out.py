"""Exercises of notebook 07: a queue and a webhook of one's own, and forgeries."""

from __future__ import annotations

import json
from typing import Any

from labkit import orders
from labkit.course import forgeries
from labkit.course.exercise import exercise
from labkit.course.judgement import Mistake, require
from labkit.course.probes.orders import make_order
from labkit.course.probes.queue_urls import is_url_of
from labkit.course.probes.senders import only_topic_may_send
from labkit.course.probes.subscribers import (
    ATTEMPTS,
    find_subscription,
    let_fail,
    publish,
    receive,
)
from labkit.lab import Lab
from labkit.pipeline.arns import queue_arn, topic_arn

PENNY = 0.01


@exercise(
    points=3,
    hints=(
        "It is step 3 once more. What in it depends on the name of the queue: the policy, the "
        "endpoint, and what else?",
        "Names of a filter policy must all match. customer_type is compared with a text, total "
        "with a number. For plain orders there is the attribute RawMessageDelivery.",
        "policies.document('Queue-Audit-From-SNS', lab, AuditQueueName=name) is the queue's "
        "policy; the filter is {'customer_type': ['account'], 'total': [{'numeric': ['>=', limit]}]"
        "}.",
    ),
)
def q7_1(lab: Lab, queue_url: str) -> str:
    """How does a queue get some of the messages, and as they were published?"""
    name = lab.names.practice("thanks")
    is_url_of(lab, queue_url, name)
    subscribed = find_subscription(lab, "sqs", queue_arn(lab, name), name)
    only_topic_may_send(lab, name, topic_arn(lab))
    policy = json.loads(subscribed.get("FilterPolicy") or "{}")
    scope = subscribed.get("FilterPolicyScope", "MessageAttributes")
    _choosing(policy, scope)
    require(
        subscribed.get("RawMessageDelivery") == "true",
        "The orders come in SNS's envelope, and the program expects them plain.",
        "Set RawMessageDelivery of the subscription to 'true'.",
    )
    _chosen(lab, queue_url)
    return "Your queue gets the orders that it wants, from this topic only, and without envelope."


@exercise(
    points=3,
    hints=(
        "Steps 2 and 7 have all of it. The program cannot confirm by itself; what was it sent?",
        "Take the Token from the first request that lab.webhook(name, wait=20) tells of. The "
        "RedrivePolicy belongs to the subscription, and the queue needs a policy that lets SNS in.",
        "`sns.set_subscription_attributes(SubscriptionArn=parcels, AttributeName='RedrivePolicy', "
        "AttributeValue=json.dumps({'deadLetterTargetArn': ...}))`",
    ),
)
def q7_2(lab: Lab, dead_letters_url: str) -> str:
    """Where is a message that a webhook does not take, time after time?"""
    name, dead = lab.names.practice("parcels"), lab.names.practice("parcels-dead")
    subscribed = find_subscription(lab, "http", lab.webhook_url(name), name)
    is_url_of(lab, dead_letters_url, dead)
    require(
        json.loads(subscribed.get("FilterPolicy") or "{}") == {},
        f"The subscription of '{name}' has a filter policy, so it does not hear of every order.",
        "Set its attribute FilterPolicy to '{}'.",
    )
    redrive = json.loads(subscribed.get("RedrivePolicy") or "{}")
    if not redrive:
        found = lab.client("sqs").get_queue_attributes(
            QueueUrl=dead_letters_url, AttributeNames=["RedrivePolicy"]
        )
        require(
            not found.get("Attributes"),
            f"The RedrivePolicy is an attribute of the queue '{dead}'; there it is for messages "
            "that somebody receives and does not delete.",
            "SNS asks the subscription: sns.set_subscription_attributes.",
        )
    require(
        redrive.get("deadLetterTargetArn") == queue_arn(lab, dead),
        f"The subscription of '{name}' does not name '{dead}' as its dead-letter queue.",
        "Set its attribute RedrivePolicy, with deadLetterTargetArn.",
    )
    only_topic_may_send(lab, dead, topic_arn(lab))
    require(
        let_fail(lab, name, dead),
        f"'{name}' did not take a message, and it is not in the dead-letter queue.",
        "Look at show.subscriptions(lab): is everything confirmed, and named as you mean it?",
    )
    return f"A message that '{name}' did not take in {ATTEMPTS} attempts was kept in '{dead}'."


@exercise(
    points=2,
    hints=(
        "is_genuine of step 5 tells whether SNS has signed. Who may let SNS sign something?",
        "Three things must be right: the host of SigningCertURL, the signature, and the TopicArn. "
        "And SNS may deliver a message twice; then it has the same MessageId.",
        "Collect json.loads(message['Message'])['orderID'] of the messages for which "
        "is_genuine(message) and message['TopicArn'] == topic_arn, each number once.",
    ),
)
def q7_3(lab: Lab, numbers: list[str]) -> str:
    """Which messages does a careful program believe?"""
    require(isinstance(numbers, list), "Your answer is not a list of order numbers.")
    order = {kind: found["id"] for kind, found in forgeries.roles(lab.student_id).items()}
    given = [str(number) for number in numbers]
    texts = [number for number in given if not number.isdigit()]
    require(
        not texts,
        f"{texts[:1]} is not the number of an order alone.",
        "Its number is the orderID in the message: json.loads(message['Message'])['orderID'].",
    )
    for kind, why, hint in (
        ("changed", "was changed after SNS had signed it", "Verify the signature: is_genuine."),
        (
            "own key",
            "was signed with a key that is not SNS's",
            "Anybody can make a certificate. Look at SigningCertURL before you fetch it.",
        ),
        (
            "other topic",
            "was signed by SNS, but for a topic that is not yours",
            "Anybody with an account can publish to a topic of his own. Look at TopicArn.",
        ),
    ):
        require(order[kind] not in given, f"Order {order[kind]} {why}.", hint)
    require(
        order["genuine"] in given,
        f"Order {order['genuine']} is genuine, and you do not believe it.",
        "The signed fields are those of step 5, in that order; MessageAttributes are none of them.",
    )
    require(
        order["other attributes"] in given,
        f"Order {order['other attributes']} is genuine: its message is as SNS has signed it. Only "
        "its attributes were changed, which are not signed.",
        "Read the total from the message, and not from the attributes.",
    )
    require(
        given.count(order["genuine"]) == 1,
        f"Order {order['genuine']} would be packed twice.",
        "It came twice with the same MessageId: SNS has tried again.",
    )
    require(len(given) == 2, "Your list holds numbers of orders that did not come.")
    return "Two orders are genuine, one of which came twice; three messages are forged."


def _choosing(policy: dict[str, Any], scope: str) -> None:
    require(
        policy,
        "The subscription has no filter policy: it gets every order.",
        "Set its attribute FilterPolicy.",
    )
    require(
        scope == "MessageAttributes" or "customer_type" not in policy,
        "The filter policy is compared with the body of the message (MessageBody), and "
        "customer_type is an attribute.",
        "Set FilterPolicyScope to MessageAttributes, which is the default.",
    )
    rules = policy.get("total") or []
    texts = [rule for rule in rules if not (isinstance(rule, dict) and "numeric" in rule)]
    require(
        not texts,
        "The filter compares total as a text, and not as a number.",
        "Numbers are compared by {'numeric': ['>=', 1000]}.",
    )


def _chosen(lab: Lab, queue_url: str) -> None:
    limit = float(max(order["total"] for order in orders.yours(lab.student_id)))
    cases = {  # what must not come first, so that it would be there when the rest has come
        "An order of a guest": (limit + 500, "guest", False),
        "An order below the limit": (limit - PENNY, "account", False),
        "An order far below the limit": (9, "account", False),  # as a text 9 is more than 1000
        "An order of exactly the limit": (limit, "account", True),
        "An order far above the limit": (limit + 10_000, "account", True),
    }
    sent = {make_order()["id"]: what for what in cases}
    for number, what in sent.items():
        publish(lab, number, *cases[what][:2])
    came = {sent[number] for number in receive(lab, queue_url, sent, count=2)}
    for what, (*_, wanted) in cases.items():
        if wanted != (what in came):
            reached = "did not reach the queue" if wanted else "reached the queue"
            raise Mistake(f"{what} {reached}.", "Look at show.subscriptions(lab): the filter.")
