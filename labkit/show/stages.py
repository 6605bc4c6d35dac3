"""What every stage of the pipeline holds now; what is missing counts as not built."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from labkit.errors import StageMissing
from labkit.lab import Lab
from labkit.show.deliveries import count_mails, count_requests
from labkit.show.functions import read_mappings
from labkit.show.gateway import api_id_of, read_resources, read_stages
from labkit.show.missing import is_not_found
from labkit.show.picture import Stage
from labkit.show.queues import read_queue
from labkit.show.stable import name_of
from labkit.show.streams import read_records
from labkit.show.tables import count_items
from labkit.show.topics import read_subscriptions, readable_endpoint, topic

EMAIL, HTTP, QUEUE = ("email", "email-json"), ("http", "https"), ("sqs",)


def read_stages_of(lab: Lab) -> dict[str, Stage]:
    """Every stage by its key, in the order in which an order passes them."""
    names = lab.names
    api = _or_missing(_api, lab, Stage("API Gateway", names.api, False))
    api = _with_role(lab, api, names.api_role)
    stages = {
        "client": Stage("HTTP POST", "/orders", api.built, "JSON", "order"),
        "api": api,
        "queue": _or_missing(_queue, lab, Stage("SQS queue", names.queue, False)),
        "dead_letters": _or_missing(
            _dead_letters, lab, Stage("Dead-letter queue", names.dead_letter_queue, False)
        ),
        "writer": _function(lab, names.writer, names.writer_role),
        "table": _or_missing(_table, lab, Stage("DynamoDB table", names.table, False)),
        "stream": _or_missing(_stream, lab, Stage("Table stream", names.table, False)),
        "notifier": _function(lab, names.notifier, names.notifier_role),
        "topic": _or_missing(_topic, lab, Stage("SNS topic", names.topic, False)),
    }
    return stages | _listeners(lab, subscribed=stages["topic"].built)


def _or_missing(read: Callable[[Lab], Stage], lab: Lab, otherwise: Stage) -> Stage:
    try:
        return read(lab)
    except StageMissing:
        return otherwise


def _api(lab: Lab) -> Stage:
    api_id = api_id_of(lab, lab.names.api)
    methods = sum(len(found.get("resourceMethods", {})) for found in read_resources(lab, api_id))
    stages = ", ".join(sorted(read_stages(lab, api_id)))
    detail = f"stage {stages}" if stages else "not deployed"
    return Stage("API Gateway", lab.names.api, True, *_counted(methods, "method"), detail)


def _queue(lab: Lab) -> Stage:
    attributes = read_queue(lab, lab.names.queue)
    waiting = attributes["ApproximateNumberOfMessages"]
    in_flight = attributes["ApproximateNumberOfMessagesNotVisible"]
    return Stage("SQS queue", lab.names.queue, True, waiting, "waiting", f"{in_flight} in flight")


def _dead_letters(lab: Lab) -> Stage:
    name = lab.names.dead_letter_queue
    attributes = read_queue(lab, name)
    held = int(attributes["ApproximateNumberOfMessages"])
    held += int(attributes["ApproximateNumberOfMessagesNotVisible"])
    count, unit = _counted(held, "dead letter")
    try:
        redrive = json.loads(read_queue(lab, lab.names.queue).get("RedrivePolicy") or "{}")
    except StageMissing:
        redrive = {}
    detail = f"after {redrive['maxReceiveCount']} receives" if redrive else ""
    trouble = f"{count} {unit}" if held else ""
    return Stage("Dead-letter queue", name, True, count, unit, detail, trouble)


def _function(lab: Lab, name: str, role: str) -> Stage:
    stage = Stage("Lambda", name, False)
    try:
        lab.client("lambda").get_function_configuration(FunctionName=name)
    except ClientError as error:
        if not is_not_found(error):
            raise
    else:
        states = [(found["State"], found["BatchSize"]) for found in read_mappings(lab, name)]
        state, size = min(states, default=("No trigger", None))
        detail = f"batches of {size}" if size else ""
        stage = Stage("Lambda", name, True, state, "", detail)
    return _with_role(lab, stage, role)


def _with_role(lab: Lab, stage: Stage, role: str) -> Stage:
    try:
        lab.client("iam").get_role(RoleName=role)
    except ClientError as error:
        if not is_not_found(error):
            raise
        return stage.with_role(exists=False)
    return stage.with_role(exists=True)


def _table(lab: Lab) -> Stage:
    name = lab.names.table
    return Stage("DynamoDB table", name, True, *_counted(count_items(lab, name), "item"))


def _stream(lab: Lab) -> Stage:
    name = lab.names.table
    held = sum(1 for _ in read_records(lab, name))
    return Stage("Table stream", name, True, *_counted(held, "record"))


def _topic(lab: Lab) -> Stage:
    row = topic(lab).iloc[0]
    confirmed, pending = row["confirmed"], row["pending"]
    detail = f"{pending} pending" if pending else ""
    return Stage("SNS topic", lab.names.topic, True, *_counted(confirmed, "subscriber"), detail)


def _listeners(lab: Lab, *, subscribed: bool) -> dict[str, Stage]:
    found = read_subscriptions(lab, lab.names.topic) if subscribed else []
    listening = {
        protocols: [subscription for subscription in found if subscription["Protocol"] in protocols]
        for protocols in (EMAIL, HTTP, QUEUE)
    }
    names = lab.names
    return {
        "email": _listener(lab, "E-mail", names.email, listening[EMAIL], _mails, "mail"),
        "webhook": _listener(
            lab, "HTTP webhook", names.webhook, listening[HTTP], _posts, "request"
        ),
        "audit": _listener(
            lab, "SQS queue", names.audit_queue, listening[QUEUE], _waiting, "message"
        ),
    }


def _listener(
    lab: Lab,
    kind: str,
    name: str,
    found: list[dict[str, Any]],
    count: Callable[[Lab, str], int | None],
    unit: str,
) -> Stage:
    if not found:
        return Stage(kind, name, False)
    endpoints = [readable_endpoint(lab, subscription) for subscription in found]
    counts = [count(lab, subscription["Endpoint"]) for subscription in found]
    known = [number for number in counts if number is not None]
    states = {subscription["State"] for subscription in found}
    shown = endpoints[0] if len(endpoints) == 1 else f"{len(endpoints)} subscriptions"
    headline = _counted(sum(known), unit) if known else ("", "subscribed")
    return Stage(kind, shown, True, *headline, "pending" if "pending" in states else "confirmed")


def _mails(lab: Lab, address: str) -> int | None:
    """Notifications in the local inbox for an address; None on AWS, where they are yours."""
    if not lab.is_local:
        return None
    return count_mails(lab, address)[0]


def _posts(lab: Lab, url: str) -> int | None:
    """Requests at a webhook of the lab, without SNS's confirmations; None for other servers."""
    if not lab.is_local or not url.startswith(f"{lab.endpoint_url}/_lab/webhook/"):
        return None
    return count_requests(lab, name_of(url))[0]


def _waiting(lab: Lab, queue_arn: str) -> int | None:
    try:
        return int(read_queue(lab, name_of(queue_arn))["ApproximateNumberOfMessages"])
    except StageMissing:
        return None


def _counted(number: int, unit: str) -> tuple[str, str]:
    return str(number), unit if number == 1 else f"{unit}s"
