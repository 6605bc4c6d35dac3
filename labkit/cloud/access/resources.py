"""What moto's state knows of resources: policies of their own, full names, keys of tables."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.core.exceptions import HTTPException, ServiceException
from moto.dynamodb.models import dynamodb_backends
from moto.iam.models import iam_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from labkit.cloud.access.documents import Policy, policy

NOTHING: tuple[Policy, ...] = ()


def policies_of(resource: str) -> tuple[Policy, ...]:
    """The resource-based policy of a queue, topic, function, table or stream, if it has one."""
    parts = resource.split(":", 5)
    if len(parts) != 6 or parts[2] not in READERS:
        return NOTHING
    _, _, service, region, account, name = parts
    try:
        document = READERS[service](account, region, name)
    except KeyError:  # there is no such region
        return NOTHING
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


def _table(account: str, region: str, name: str) -> Any:
    """A table's policy covers its indexes; a stream has its own."""
    name = name.partition("/index/")[0]
    arn = f"arn:aws:dynamodb:{region}:{account}:{name}"
    found = dynamodb_backends[account][region].resource_policies.get(arn)
    return found.policy_doc if found is not None else None


READERS = {"sqs": _queue, "sns": _topic, "lambda": _function, "dynamodb": _table}
NAMES = {
    "sqs": "queue policy",
    "sns": "topic policy",
    "lambda": "function policy",
    "dynamodb": "resource policy",
}


def identity_arn(kind: str, name: str, account: str) -> str | None:
    """The ARN of a user, role or group, which has its path in it; None when there is none."""
    iam = iam_backends[account]["aws"]
    if kind == "role":
        return next((role.arn for role in iam.get_roles() if role.name == name), None)
    found = (iam.users if kind == "user" else iam.groups).get(name)
    return found.arn if found is not None else None


def function_of_mapping(uuid: str, region: str, account: str) -> str | None:
    """The ARN of the function that an event source mapping invokes."""
    try:
        mapping = lambda_backends[account][region].get_event_source_mapping(uuid)
    except KeyError:  # there is no such region
        return None
    return mapping.function_arn if mapping is not None else None


def queues_that_bury_in(arn: str) -> list[str]:
    """The ARNs of the queues whose dead letters go to a queue."""
    try:
        _, _, _, region, account, name = arn.split(":", 5)
        queues = sqs_backends[account][region].queues
        letters = queues[name]
    except (ValueError, KeyError):
        return []
    return [each.queue_arn for each in queues.values() if each.dead_letter_queue is letters]


def partition_key(arn: str) -> str | None:
    """The name of the partition key of a table or of one of its indexes, if it exists."""
    try:
        _, _, _, region, account, resource = arn.split(":", 5)
        name, _, index = resource.removeprefix("table/").partition("/index/")
        table = dynamodb_backends[account][region].tables[name]
    except (ValueError, KeyError):
        return None
    if not index:
        return table.hash_key_attr
    schemas = (each.schema for each in table.all_indexes() if each.name == index)
    keys = (key for schema in schemas for key in schema if key["KeyType"] == "HASH")
    return next((str(key["AttributeName"]) for key in keys), None)
