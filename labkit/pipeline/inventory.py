"""What exists of the pipeline, resource by resource, as AWS says it now.

Nothing is remembered from building: every row is read from the service that holds the resource,
so `remaining` also finds what a half-finished teardown, or a student, left behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from labkit.lab import Lab
from labkit.pipeline import alarm, fan_out, identity, mapping, practice
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import topic_arn
from labkit.pipeline.function import log_group

if TYPE_CHECKING:
    from pandas import DataFrame

ABSENT = "absent"


@dataclass(frozen=True)
class Resource:
    """One resource: the stage that builds it, what it is, its name, and its state."""

    stage: str
    kind: str
    name: str
    state: str


def status(lab: Lab) -> DataFrame:
    """Every resource of the pipeline and its state, in the order of the stages.

    Columns: stage, resource, name, state. A resource that is not there is "absent".
    """
    return _table(list(_inventory(lab)))


def remaining(lab: Lab) -> DataFrame:
    """The resources that exist; an empty table when nothing is left.

    Columns as for `status`.
    """
    return _table([found for found in _inventory(lab) if found.state != ABSENT])


def _table(resources: list[Resource]) -> DataFrame:
    import pandas as pd  # here, because it takes longer to import than the local cloud to start

    columns = ["stage", "resource", "name", "state"]
    return pd.DataFrame([astuple(resource) for resource in resources], columns=columns)


def _inventory(lab: Lab) -> Iterator[Resource]:
    names = lab.names
    yield from _roles(lab)
    yield from _policies(lab)
    yield _queue(lab, "queue", "queue", names.queue)
    yield _queue(lab, "queue", "dead-letter queue", names.dead_letter_queue)
    yield _api(lab)
    yield _table_of_orders(lab)
    yield from _function(lab, "writer", names.writer)
    yield _stream(lab)
    yield _topic(lab, "notifier", names.topic, topic_arn(lab))
    yield from _function(lab, "notifier", names.notifier)
    yield from _subscriptions(lab)
    yield _queue(lab, "fan_out", "audit queue", names.audit_queue)
    yield _topic(lab, "alarm", names.alarm_topic, alarm.topic_arn(lab))
    watches = f"watches {names.dead_letter_queue}" if alarm.is_set(lab) else ABSENT
    yield Resource("alarm", "alarm", names.alarm, watches)
    for found in practice.resources(lab):
        yield Resource("practice", found.kind, found.name, "left by an exercise")


def _roles(lab: Lab) -> Iterator[Resource]:
    iam = lab.client("iam")
    for role in identity.roles(lab):
        state = ABSENT
        if unless_absent(iam.get_role, RoleName=role.name) is not None:
            attached = iam.list_attached_role_policies(RoleName=role.name)["AttachedPolicies"]
            state = f"{len(attached)} policies attached"
        yield Resource("identity", "role", role.name, state)


def _policies(lab: Lab) -> Iterator[Resource]:
    pages = lab.client("iam").get_paginator("list_policies")
    found = {
        policy["PolicyName"]: policy["AttachmentCount"]
        for page in pages.paginate(Scope="Local", PathPrefix=lab.names.path)
        for policy in page["Policies"]
    }
    wanted = {name for role in identity.roles(lab) for name in role.policies}
    for name in sorted(wanted | found.keys()):
        state = ABSENT
        if name in found:
            state = "attached" if found[name] else "not attached"
        yield Resource("identity", "policy", name, state)


def _queue(lab: Lab, stage: str, kind: str, name: str) -> Resource:
    sqs = lab.client("sqs")
    found = unless_absent(sqs.get_queue_url, QueueName=name)
    if found is None:
        return Resource(stage, kind, name, ABSENT)
    counts = sqs.get_queue_attributes(
        QueueUrl=found["QueueUrl"],
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    waiting = counts["ApproximateNumberOfMessages"]
    in_flight = counts["ApproximateNumberOfMessagesNotVisible"]
    return Resource(stage, kind, name, f"{waiting} waiting, {in_flight} in flight")


def _api(lab: Lab) -> Resource:
    found = lab.find_api()
    state = ABSENT
    if found is not None:
        stages = lab.client("apigateway").get_stages(restApiId=found["id"])["item"]
        deployed = [stage["stageName"] for stage in stages]
        state = f"deployed to {', '.join(deployed)}" if deployed else "not deployed"
    return Resource("api", "REST API", lab.names.api, state)


def _table_of_orders(lab: Lab) -> Resource:
    found = unless_absent(lab.client("dynamodb").describe_table, TableName=lab.names.table)
    state = ABSENT if found is None else found["Table"]["TableStatus"].lower()
    return Resource("writer", "table", lab.names.table, state)


def _stream(lab: Lab) -> Resource:
    found = unless_absent(lab.client("dynamodb").describe_table, TableName=lab.names.table)
    specification = {} if found is None else found["Table"].get("StreamSpecification", {})
    state = specification.get("StreamViewType", ABSENT)
    return Resource("stream", "stream", lab.names.table, state)


def _function(lab: Lab, stage: str, name: str) -> Iterator[Resource]:
    functions = lab.client("lambda")
    found = unless_absent(functions.get_function_configuration, FunctionName=name)
    state = ABSENT if found is None else found.get("State", "Active").lower()
    yield Resource(stage, "function", name, state)
    states = [one["State"].lower() for one in mapping.mappings(lab, name)]
    yield from (Resource(stage, "event source mapping", name, one) for one in states or [ABSENT])
    groups = lab.client("logs").describe_log_groups(logGroupNamePrefix=log_group(name))["logGroups"]
    kept = [
        group.get("retentionInDays") for group in groups if group["logGroupName"] == log_group(name)
    ]
    state = ABSENT if not kept else f"kept {kept[0]} days" if kept[0] else "kept for ever"
    yield Resource(stage, "log group", log_group(name), state)


def _topic(lab: Lab, stage: str, name: str, arn: str) -> Resource:
    found = unless_absent(lab.client("sns").get_topic_attributes, TopicArn=arn)
    state = ABSENT
    if found is not None:
        attributes = found["Attributes"]
        confirmed, pending = (
            attributes[f"Subscriptions{which}"] for which in ("Confirmed", "Pending")
        )
        state = f"{confirmed} subscriptions confirmed, {pending} pending"
    return Resource(stage, "topic", name, state)


def _subscriptions(lab: Lab) -> Iterator[Resource]:
    # Of all topics, because a subscription can outlive its topic.
    found = {
        (one["Protocol"], one["Endpoint"]): one["SubscriptionArn"]
        for page in lab.client("sns").get_paginator("list_subscriptions").paginate()
        for one in page["Subscriptions"]
        if one["TopicArn"] == topic_arn(lab)
    }
    for protocol, endpoint in sorted(found.keys() | set(fan_out.endpoints(lab).items())):
        arn = found.get((protocol, endpoint))
        pending = arn is not None and not arn.startswith("arn:")
        state = ABSENT if arn is None else "pending confirmation" if pending else "confirmed"
        yield Resource("fan_out", f"{protocol} subscription", endpoint, state)
