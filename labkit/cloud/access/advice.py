"""What `LAB_IAM=observe` prints: the denial that it spared, and the statement that would do."""

from __future__ import annotations

import json
from typing import Any

from labkit.cloud.access.decide import Decision, Kind
from labkit.cloud.access.denials import Denial
from labkit.cloud.access.minimal import lasting
from labkit.cloud.access.mode import VARIABLE
from labkit.cloud.access.principals import Principal


def advice(principal: Principal, denial: Denial, decision: Decision) -> str:
    """A denial, and the statement that is missing, or the one that denies.

    >>> orders = "arn:aws:sqs:us-east-1:123456789012:orders"
    >>> denial = Denial("sns.amazonaws.com", "sqs:SendMessage", orders, "because")
    >>> sns = Principal("sns.amazonaws.com", service="sns.amazonaws.com")
    >>> said = advice(sns, denial, Decision(False, Kind.RESOURCE))
    >>> json.loads(said.partition("resource-based policy: ")[2])["Principal"]
    {'Service': 'sns.amazonaws.com'}
    """
    said = f"{VARIABLE}=observe: {denial.message()}"
    if decision.statement is not None:
        return f"{said} ({decision.reason})"
    statement = json.dumps(_statement(principal, denial, decision.kind))
    return f"{said}. What is missing in {decision.kind.article} {decision.kind}: {statement}"


def _statement(principal: Principal, denial: Denial, kind: Kind) -> dict[str, Any]:
    """The policy of a resource says who is meant, and a trust policy is of its role alone."""
    statement: dict[str, Any] = {"Effect": "Allow"}
    if kind in (Kind.RESOURCE, Kind.TRUST):
        who = {"AWS": principal.identity_arn}
        statement["Principal"] = {"Service": principal.service} if principal.service else who
    statement["Action"] = denial.action
    if kind is not Kind.TRUST:
        statement["Resource"] = lasting(denial.resource)
    return statement
