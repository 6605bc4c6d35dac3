"""A folder of policy documents, linted: Access Analyzer's checks, and what it does not look at.

Access Analyzer has nothing to say about `"Resource": "*"` or `"Action": "sqs:*"` in general; a
course about least privilege has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labkit.cloud.access import keys, lint, principals
from labkit.cloud.access.documents import listed
from labkit.cloud.access.findings import Finding, Kind
from labkit.errors import PolicyError

PLACEHOLDER = re.compile(r"\$\{\w+\}")
# Actions that have no resource to scope them to.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
UNSCOPED = re.compile(
    r"access-analyzer:(Check|Validate)\w+"
    r"|cloudwatch:(DescribeAlarmsForMetric|GetMetric(Data|Statistics)|ListMetrics|PutMetricData)"
    r"|dynamodb:(Describe(Endpoints|Limits)|ListStreams|ListTables)"
    r"|ec2:Describe\w+"
    r"|iam:(GetAccount\w+|List(Groups|Policies|Roles|Users)|SimulateCustomPolicy)"
    r"|lambda:(CreateEventSourceMapping|GetAccountSettings|List(EventSourceMappings|Functions|Layers))"
    r"|sns:([GS]etSubscriptionAttributes|List(Subscriptions|Topics)|Unsubscribe)"
    r"|sqs:ListQueues"
    r"|sts:Get\w+"
)


@dataclass(frozen=True)
class Found:
    """A finding in a file."""

    file: str
    finding: Finding

    def __str__(self) -> str:
        place = f" {self.finding.place}" if self.finding.path else ""
        return (
            f"{self.file}{place}: {self.finding.kind} {self.finding.code}\n"
            f"    {self.finding.details}"
        )


def check(folder: Path) -> tuple[list[Found], int]:
    """What there is to say about the `*.json` files of a folder, and how many there are.

    Raises `PolicyError` where there are none.
    """
    files = sorted(folder.glob("*.json"))
    if not files:
        raise PolicyError(
            f"There is no document (*.json) in {folder}. Name a folder that has some: "
            "labkit policy check DIR."
        )
    found = [
        Found(path.name, finding)
        for path in files
        for finding in check_document(path.read_text(encoding="utf-8"))
    ]
    return found, len(files)


def check_document(text: str) -> list[Finding]:
    """What there is to say about one document; one with a principal is a resource's.

    >>> check_document('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", '
    ...     '"Action": "sqs:SendMessage", "Resource": "*"}}')[0].code
    'RESOURCE_TOO_BROAD'
    """
    text = PLACEHOLDER.sub("x", text)
    identity = '"Principal"' not in text and '"NotPrincipal"' not in text
    findings = lint.check(text, identity=identity)
    if not any(finding.kind is Kind.ERROR for finding in findings):
        findings += _too_broad(json.loads(text), identity)
        findings += _never_set(json.loads(text))
    return findings


def _never_set(document: dict) -> Iterator[Finding]:
    """Context keys that no call of the local cloud has, whatever AWS would have."""
    for number, statement in enumerate(listed(document["Statement"])):
        for name, tests in statement.get("Condition", {}).items():
            for key in tests:
                if key.lower() not in keys.ALL:
                    details = f"The local cloud knows no {key}: on AWS this may decide otherwise."
                    path = ("Statement", number, "Condition", name, key)
                    yield Finding(Kind.WARNING, "KEY_NEVER_SET", details, path)


def _too_broad(document: dict, identity: bool) -> Iterator[Finding]:
    for number, statement in enumerate(listed(document["Statement"])):
        if statement["Effect"] != "Allow":
            continue
        path = ("Statement", number)
        actions = [str(action) for action in listed(statement.get("Action"))]
        for place, action in enumerate(actions):
            if "*" in action:
                details = f"{action} allows more than one action; name those that are needed."
                yield Finding(Kind.WARNING, "ACTION_TOO_BROAD", details, (*path, "Action", place))
        scoped = [action for action in actions if not UNSCOPED.fullmatch(action)]
        if identity and "*" in listed(statement.get("Resource")) and scoped:
            details = f"{', '.join(scoped)} can be scoped to one resource; name its ARN."
            yield Finding(Kind.WARNING, "RESOURCE_TOO_BROAD", details, (*path, "Resource"))
        if (
            not identity
            and principals.is_everybody(statement.get("Principal"))
            and not statement.get("Condition")
        ):
            details = "Everybody on earth is meant; name the principal, or add a condition."
            yield Finding(Kind.WARNING, "PRINCIPAL_TOO_BROAD", details, (*path, "Principal"))
