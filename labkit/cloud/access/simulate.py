"""The policy simulator: what would be decided, without a call.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from labkit.cloud.access import places
from labkit.cloud.access.decide import Call, Decision, Kind, Policies, applying, decide
from labkit.cloud.access.documents import Policy
from labkit.cloud.access.patterns import Context
from labkit.cloud.access.principals import Principal

TYPES = {Kind.RESOURCE: "Resource Policy", Kind.BOUNDARY: "IAM Permissions Boundary Policy"}
POLICY_TYPE = "IAM Policy"
EVERYTHING = "*"


def evaluate(
    principal: Principal,
    policies: Policies,
    *,
    actions: Iterable[str],
    resources: Iterable[str],
    context: Context,
) -> list[dict[str, Any]]:
    """One EvaluationResult for each action on each resource."""
    missing = _missing(policies, context)
    return [
        _result(Call(principal, action, resource, context), policies, missing)
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


def _result(call: Call, policies: Policies, missing: list[str]) -> dict[str, Any]:
    """What is found about one action on one resource.

    Of a resource that is named, the same stands under ResourceSpecificResults, and there alone the
    context keys that are missing.
    """
    decision = decide(call, policies)
    explicit = "explicitDeny" if decision.statement is not None else "implicitDeny"
    verdict = "allowed" if decision.allowed else explicit
    found: dict[str, Any] = {
        "MatchedStatements": list(_matched(call, policies, decision)),
        "MissingContextValues": missing,
    }
    if policies.boundary is not None:
        within = decide(call, Policies(identity=policies.boundary)).allowed
        found["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": within}
    result = found | {
        "EvalActionName": call.action,
        "EvalResourceName": call.resource,
        "EvalDecision": verdict,
    }
    if call.resource != EVERYTHING:
        specific = {"EvalResourceName": call.resource, "EvalResourceDecision": verdict}
        result["ResourceSpecificResults"] = [found | specific]
        result["MissingContextValues"] = []
    return result


def _matched(call: Call, policies: Policies, decision: Decision) -> Iterator[dict[str, Any]]:
    """The statements that determine a decision: all that allow it, or the one that denies."""
    if decision.statement is None:
        return
    for kind, document, statement, _ in applying(call, policies):
        if statement is decision.statement or decision.allowed:
            yield {
                "SourcePolicyId": document.name,
                "SourcePolicyType": TYPES.get(kind, POLICY_TYPE),
                **_positions(document, statement.number),
            }


def _positions(document: Policy, number: int) -> dict[str, dict[str, int]]:
    """Where a statement stands: from the end of what comes before it, both counted from 1.

    So it was recorded: for AdministratorAccess from line 3, column 17 to line 8, column 6.
    """
    known = places.places(document.text)
    place = known[places.existing(("Statement", number - 1), known)]
    ends = {"StartPosition": place.before, "EndPosition": place.end}
    found = {name: places.position(document.text, offset) for name, offset in ends.items()}
    return {name: {"Line": at.line, "Column": at.column + 1} for name, at in found.items()}


def _missing(policies: Policies, context: Context) -> list[str]:
    """The context keys that policies read and nobody gave, as the policies spell them."""
    documents = (*policies.identity, *policies.resource, *(policies.boundary or ()))
    found = {
        key.lower(): key
        for document in documents
        for statement in document.statements
        for key in sorted(statement.context_keys, reverse=True)
    }
    return sorted(spelled for key, spelled in found.items() if key not in context)
