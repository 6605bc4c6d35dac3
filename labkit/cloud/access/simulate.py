"""The policy simulator: what would be decided, without a call.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labkit.cloud.access.decide import Call, Decision, Kind, Policies, decide
from labkit.cloud.access.patterns import Context
from labkit.cloud.access.principals import Principal

TYPES = {Kind.RESOURCE: "Resource Policy", Kind.BOUNDARY: "IAM Permissions Boundary Policy"}
POLICY_TYPE = "IAM Policy"


def evaluate(
    principal: Principal,
    policies: Policies,
    *,
    actions: Iterable[str],
    resources: Iterable[str],
    context: Context,
) -> list[dict[str, Any]]:
    """One EvaluationResult for each action on each resource."""
    missing = sorted({*policies.context_keys} - set(context))
    return [
        _result(decide(Call(principal, action, resource, context), policies), policies)
        | {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "MissingContextValues": missing,
        }
        for action in actions
        for resource in resources
    ]


def context_of(entries: Iterable[dict[str, Any]]) -> dict[str, str | list[str]]:
    """ContextEntries as the context of a call.

    >>> context_of([{"ContextKeyName": "aws:SourceIp", "ContextKeyValues": ["10.0.0.1"]}])
    {'aws:sourceip': '10.0.0.1'}
    """
    found: dict[str, str | list[str]] = {}
    for entry in entries:
        values = [str(value) for value in entry.get("ContextKeyValues") or []]
        several = len(values) != 1 or str(entry.get("ContextKeyType", "")).endswith("List")
        found[str(entry.get("ContextKeyName", "")).lower()] = values if several else values[0]
    return found


def _result(decision: Decision, policies: Policies) -> dict[str, Any]:
    statement = decision.statement
    explicit = "explicitDeny" if statement is not None else "implicitDeny"
    matched = []
    if statement is not None:
        kind = TYPES.get(decision.kind, POLICY_TYPE)
        matched.append({"SourcePolicyId": statement.policy, "SourcePolicyType": kind})
    result: dict[str, Any] = {
        "EvalDecision": "allowed" if decision.allowed else explicit,
        "MatchedStatements": matched,
    }
    if policies.boundary is not None:
        within = decision.allowed or decision.kind is not Kind.BOUNDARY
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": within}
    return result
