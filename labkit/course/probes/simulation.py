"""Whether one document allows what it should and nothing more, as IAM's own simulator decides.

So every way to write a right document is right: one statement or several, texts or lists,
wildcards that reach no further, denials that do no harm.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labkit.course.judgement import Mistake, require
from labkit.lab import Lab

ALLOWED = "allowed"


@dataclass(frozen=True)
class Scope:
    """What a document is to allow: `actions` on `resource`, which messages call `what`.

    On the resources `elsewhere` these actions are none of its business, and so is every other
    action of the service on the resource itself; those of `never` are named first.
    """

    actions: tuple[str, ...]
    resource: str
    elsewhere: tuple[str, ...]
    never: tuple[str, ...]
    what: str


def validate(lab: Lab, document: Any) -> None:
    """Require a document in which IAM Access Analyzer finds no error.

    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
    """
    require(
        not isinstance(document, str),
        "This is a text, and a policy is wanted as a dictionary.",
        "Leave json.dumps out: the check does that itself.",
    )
    require(
        isinstance(document, dict) and "Statement" in document,
        "This is not a policy: a dictionary with a Version and a Statement.",
        "Begin with the document of step 2.",
    )
    answer = lab.client("accessanalyzer").validate_policy(
        policyDocument=json.dumps(document), policyType="IDENTITY_POLICY"
    )
    errors = [one["findingDetails"] for one in answer["findings"] if one["findingType"] == "ERROR"]
    if errors:
        raise Mistake(f"Your document is not valid: {errors[0]}", "Compare it with step 2.")


def decision(lab: Lab, document: dict[str, Any], action: str, resource: str) -> str:
    """What IAM says of one call: allowed, implicitDeny or explicitDeny."""
    return _decisions(lab, document, [action], [resource])[0]["EvalDecision"]


def enough(lab: Lab, document: dict[str, Any], scope: Scope) -> None:
    """Require that the document allows all that it should."""
    for found in _decisions(lab, document, scope.actions, [scope.resource]):
        denied = (
            "denies it explicitly"
            if found["EvalDecision"] == "explicitDeny"
            else "has no statement for that"
        )
        require(
            found["EvalDecision"] == ALLOWED,
            f"Your document does not allow {found['EvalActionName']} on {scope.what}: it {denied}.",
            "Is the action spelled out, and is the resource the whole ARN?",
        )


def no_more(lab: Lab, document: dict[str, Any], scope: Scope) -> None:
    """Require that the document allows nothing on other resources, and nothing else on its own."""
    for found in _decisions(lab, document, scope.actions, scope.elsewhere):
        require(
            found["EvalDecision"] != ALLOWED,
            f"Your document allows {found['EvalActionName']} on more than {scope.what}.",
            "Name the one resource in Resource, by its whole ARN and without a *.",
        )
    service = scope.resource.split(":")[2]
    every = [f"{service}:{name}" for name in lab.client(service).meta.service_model.operation_names]
    others = [action for action in (*scope.never, *every) if action not in scope.actions]
    for found in _decisions(lab, document, others, [scope.resource]):
        require(
            found["EvalDecision"] != ALLOWED,
            f"Your document also allows {found['EvalActionName']}, for which there is no need.",
            "List the actions that are needed, one by one and without a *.",
        )


def _decisions(
    lab: Lab, document: dict[str, Any], actions: Sequence[str], resources: Sequence[str]
) -> list[dict[str, Any]]:
    answer = lab.client("iam").simulate_custom_policy(
        PolicyInputList=[json.dumps(document)],
        ActionNames=list(actions),
        ResourceArns=list(resources),
    )
    return answer["EvaluationResults"]
