"""The proof of least privilege: without any one of its actions, the pipeline stops.

Each action of each document in policies/ is taken away by itself; then the pipeline is built and
one order sent. What stops, and what you get to see of it, is written down. An action whose removal
stops nothing would not belong into policies/.
"""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

from botocore.exceptions import ClientError

from labkit import orders
from labkit.errors import LabError, TooLate
from labkit.lab import Lab
from labkit.orders.accounting import order_of_post
from labkit.pipeline import STAGES, alarm, fan_out, identity, policies, queue
from labkit.pipeline.arns import policy_arn
from labkit.pipeline.function import log_group
from labkit.pipeline.policies import document
from labkit.pipeline.wait import PATIENCE
from labkit.show.frames import Frame, build_frame

# What a statement keeps instead of its only action.
HARMLESS = {
    "sns": "sns:GetTopicAttributes",
    "sqs": "sqs:ListQueueTags",
    "sts": "sts:TagSession",
}
# AWS's sentence in a line of a log.
DENIAL = re.compile(r"User: \S+ is not authorized to perform: .*? action")
LOOK = 0.1  # seconds for which the webhook is asked before the logs are
AUDIT_PATIENCE = 2  # seconds
TO_ALARM = 120  # seconds until a whole minute with a dead letter in it has passed
COLUMNS = ["policy", "action", "stage", "where", "message"]


@dataclass(frozen=True)
class Stop:
    """What happens without one action: the stage that stops, where one sees it, and the message."""

    policy: str
    action: str
    stage: str
    where: str
    message: str


def actions(lab: Lab) -> list[tuple[str, str]]:
    """Every action of every document, with the document's name."""
    return [
        (name, action)
        for name in policies.names()
        for statement in document(name, lab)["Statement"]
        for action in _listed(statement["Action"])
    ]


def table(lab: Lab) -> Frame:
    """The proof, one row for each action: policy, action, stage, where, message.

    Takes the lab's pipeline down first, and what is built again after each. Local cloud only.
    """
    _teardown(lab, STAGES)
    try:
        rows = [without(lab, name, action) for name, action in actions(lab)]
    finally:
        identity.teardown(lab)
    return build_frame(COLUMNS, map(asdict, filter(None, rows)))


def without(lab: Lab, name: str, action: str, *, role: str | None = None) -> Stop | None:
    """Build the pipeline without one action, send an order, take it down; None if nothing stops.

    A document that several roles have is reduced for all of them, or for `role` alone. The roles
    stay, and are whole again when they are built the next time.
    """
    try:
        for stage in STAGES:
            try:
                stage.build(lab)
            except (ClientError, LabError) as error:
                return Stop(name, action, _name(stage), "the call's error", str(error))
            _take_away(lab, name, action, role, after=stage)
        return _send(lab, name, action)
    finally:
        _teardown(lab, STAGES[1:])


def _teardown(lab: Lab, stages: Sequence[ModuleType]) -> None:
    for stage in stages[::-1]:
        stage.teardown(lab)


def _take_away(lab: Lab, name: str, action: str, only: str | None, *, after: ModuleType) -> None:
    """Take the action out of the document in the cloud, once the stage that has it is built."""
    reduced = json.dumps(reduce(document(name, lab), action))
    if after is identity:
        iam = lab.client("iam")
        for role in identity.roles(lab):
            if role.trust == name and only in (None, role.name):
                iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=reduced)
            if name in role.policies:
                arn = policy_arn(lab, name)
                iam.create_policy_version(PolicyArn=arn, PolicyDocument=reduced, SetAsDefault=True)
    if after is fan_out and name == "Queue-Audit-From-SNS":
        sqs = lab.client("sqs")
        url = sqs.get_queue_url(QueueName=lab.names.audit_queue)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": reduced})
    if after is alarm and name == alarm.POLICY:
        lab.client("sns").set_topic_attributes(
            TopicArn=alarm.topic_arn(lab), AttributeName="Policy", AttributeValue=reduced
        )


def reduce(full: dict[str, Any], action: str) -> dict[str, Any]:
    """A document without one action; a statement must keep one, and keeps a harmless one.

    >>> reduce({"Statement": [{"Action": ["sqs:SendMessage", "sqs:X"]}]}, "sqs:X")
    {'Statement': [{'Action': ['sqs:SendMessage']}]}
    """
    found = copy.deepcopy(full)
    for statement in found["Statement"]:
        rest = [each for each in _listed(statement["Action"]) if each != action]
        statement["Action"] = rest or [HARMLESS[action.partition(":")[0]]]
    return found


def _send(lab: Lab, name: str, action: str) -> Stop | None:
    """Send an order that everybody gets, and follow it until it stops."""
    order = expensive_order()
    seen = len(lab.webhook(lab.names.webhook))
    answer = lab.post_order(order)
    if answer.status != 200:
        message = f"{answer.status} {json.dumps(answer.body)}"
        return Stop(name, action, "api", "the API's answer", message)
    if refused := _follow(lab, order["id"], seen):
        stage, message = refused
        return Stop(name, action, stage, "the function's log", message)
    for stage, function in _functions(lab):
        if not _log(lab, function):
            return Stop(name, action, stage, "the function's log", "Nothing is logged.")
    sqs = lab.client("sqs")
    url = sqs.get_queue_url(QueueName=lab.names.audit_queue)["QueueUrl"]
    if "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=AUDIT_PATIENCE):
        return Stop(name, action, "fan_out", "the audit queue", "It stays empty.")
    if not (summary := _alarm(lab)).startswith("Successfully"):
        return Stop(name, action, "alarm", "the alarm's history", summary)
    return None


def _alarm(lab: Lab) -> str:
    """What the alarm says of itself when there is a dead letter."""
    url, before = queue.dead_letter_queue_url(lab), len(alarm.told(lab))
    lab.client("sqs").send_message(QueueUrl=url, MessageBody="a dead letter")
    lab.clock.advance(seconds=TO_ALARM)
    told = alarm.told(lab)
    return told[0] if len(told) > before else "The alarm tells nobody."


def _follow(lab: Lab, order_id: str, seen: int) -> tuple[str, str] | None:
    """Wait until the webhook has an order, or a function's log says why it never will."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        posts = lab.webhook(lab.names.webhook, after=seen, wait=LOOK)
        if order_id in map(order_of_post, posts):
            return None
        for stage, function in _functions(lab):
            for text in _log(lab, function, "not authorized"):
                found = DENIAL.search(text)
                return stage, found[0] if found else text
    raise TooLate(f"Order {order_id} neither arrives nor is refused within {PATIENCE:.0f} s.")


def expensive_order() -> orders.Order:
    """The first order of the day that the audit queue gets, too."""
    difficult = orders.DIFFICULT.values()
    return next(
        order for order in orders.load() if order["total"] >= 1000 and order["id"] not in difficult
    )


def _functions(lab: Lab) -> tuple[tuple[str, str], ...]:
    return ("writer", lab.names.writer), ("notifier", lab.names.notifier)


def _log(lab: Lab, function: str, text: str = "") -> list[str]:
    """The events of a function's log that hold a text."""
    pattern = {"filterPattern": f'"{text}"'} if text else {}
    found = lab.client("logs").filter_log_events(logGroupName=log_group(function), **pattern)
    return [event["message"] for event in found["events"]]


def _name(stage: ModuleType) -> str:
    return stage.__name__.rpartition(".")[2]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
