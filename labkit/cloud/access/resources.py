"""The policies that queues, topics, functions and roles have of their own, in moto's state."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.core.exceptions import HTTPException, ServiceException
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from labkit.cloud.access.documents import Policy, policy

NOTHING: tuple[Policy, ...] = ()


def policies_of(resource: str) -> tuple[Policy, ...]:
    """The resource-based policy of a queue, a topic or a function, if it has one."""
    parts = resource.split(":", 5)
    if len(parts) != 6 or parts[2] not in READERS:
        return NOTHING
    _, _, service, region, account, name = parts
    document = READERS[service](account, region, name)
    if not document:
        return NOTHING
    return (policy(f"{NAMES[service]} of {name}", document),)


def _queue(account: str, region: str, name: str) -> Any:
    queue = sqs_backends[account][region].queues.get(name)
    return queue.policy if queue is not None else None


def _topic(account: str, region: str, name: str) -> Any:
    topic = sns_backends[account][region].topics.get(f"arn:aws:sns:{region}:{account}:{name}")
    return topic._policy_json if topic is not None else None


def _function(account: str, region: str, name: str) -> Any:
    if not name.startswith("function:"):
        return None
    try:
        function = lambda_backends[account][region].get_function(name.split(":")[1])
    except (HTTPException, ServiceException):
        return None
    statements = function.policy.statements
    return json.dumps({"Version": "2012-10-17", "Statement": statements}) if statements else None


READERS = {"sqs": _queue, "sns": _topic, "lambda": _function}
NAMES = {"sqs": "queue policy", "sns": "topic policy", "lambda": "function policy"}
