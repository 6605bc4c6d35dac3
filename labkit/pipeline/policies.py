"""Policy documents: read from policies/, their placeholders filled in, checked before use.

A placeholder looks like `${QueueName}`. IAM's own policy variables hold a colon
(`${aws:username}`) and are left alone.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from labkit.errors import PolicyError
from labkit.lab import Lab
from labkit.shipped import POLICIES as FOLDER

PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def names() -> list[str]:
    """The names of all documents, sorted.

    >>> "Lambda-Read-SQS" in names()
    True
    """
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def document(name: str, lab: Lab, **values: str) -> dict[str, Any]:
    """One policy document for this lab, ready for boto3 once it is `json.dumps`-ed.

    `values` replace placeholders that the lab would fill in otherwise:
    `document("Lambda-Read-SQS", lab, QueueName="orders-v2")`.

    Raises `PolicyError`, with the place and the next step, when there is no such document, when it
    is not JSON, when it lacks a version or statements, or when a placeholder has no value.
    """
    path = FOLDER / f"{name}.json"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise PolicyError(
            f"There is no policy '{name}' in {FOLDER}. Choose one of: {', '.join(names())}."
        ) from None
    return parse(text, path.name, values_of(lab) | values)


def parse(text: str, file: str, values: dict[str, str]) -> dict[str, Any]:
    """A policy document from its text: JSON first, then the placeholders inside its strings.

    >>> parse('{"Version": "2012-10-17", "Statement": {"Resource": "${A}"}}', "x", {"A": "arn"})
    {'Version': '2012-10-17', 'Statement': {'Resource': 'arn'}}
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise PolicyError(
            f"policies/{file} is not JSON: {error}. Look at that line and the one before it "
            "(a missing comma or quote, a comma too many)."
        ) from None
    if not isinstance(found, dict) or not {"Version", "Statement"} <= found.keys():
        raise PolicyError(
            f'policies/{file} is no policy: it needs "Version" and "Statement". '
            "Compare it with policies/Trust-Lambda.json."
        )
    return _fill(found, file, values)


def values_of(lab: Lab) -> dict[str, str]:
    """The values of all placeholders, from the lab's account, region and names."""
    return {
        "Region": lab.region,
        "Account": lab.account_id,
        "QueueName": lab.names.queue,
        "AuditQueueName": lab.names.audit_queue,
        "TableName": lab.names.table,
        "TopicName": lab.names.topic,
        "AlarmName": lab.names.alarm,
        "AlarmTopicName": lab.names.alarm_topic,
        "WriterName": lab.names.writer,
        "NotifierName": lab.names.notifier,
    }


def _fill(value: Any, file: str, values: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(member, file, values) for key, member in value.items()}
    if isinstance(value, list):
        return [_fill(member, file, values) for member in value]
    if not isinstance(value, str):
        return value
    missing = [name for name in PLACEHOLDER.findall(value) if name not in values]
    if missing:
        raise PolicyError(
            f"policies/{file} has the placeholder ${{{missing[0]}}}, which has no value. "
            f"Correct its spelling, or pass one: document(..., {missing[0]}=...). "
            f"Known are: {', '.join(sorted(values))}."
        )
    return PLACEHOLDER.sub(lambda match: values[match[1]], value)
