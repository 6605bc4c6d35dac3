"""Roles and policies: who may become whom, and what they may do then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.missing import is_not_found, missing
from labkit.show.stable import name_of

ROLE_COLUMNS = ["role", "trusts", "policy", "kind", "actions"]
POLICY_COLUMNS = ["statement", "effect", "principal", "action", "resource", "condition"]


def roles(lab: Lab) -> Frame:
    """The pipeline's roles, whom each trusts and which policies it has.

    Columns: role, trusts (who may assume it), policy, kind (managed or inline), actions (how many
    the policy names). One row for each policy of a role; a role without one has one row with empty
    cells. Raises `StageMissing` when none of the roles exists.

    >>> show.roles(lab)
    role                 trusts                    policy               kind     actions
    orders-api-role      apigateway.amazonaws.com  APIGateway-Send-SQS  managed        1
    order-writer-role    lambda.amazonaws.com      Lambda-Read-SQS      managed        2
    ...
    """
    iam = lab.client("iam")
    names = [lab.names.api_role, lab.names.writer_role, lab.names.notifier_role]
    rows = []
    for name in names:
        try:
            role = iam.get_role(RoleName=name)["Role"]
        except ClientError as error:
            if not is_not_found(error):
                raise
            continue
        trusted = sorted(
            {row["principal"] for row in _statements(role["AssumeRolePolicyDocument"])}
        )
        row = {"role": name, "trusts": ", ".join(trusted)}
        policies = sorted(_policies(iam, name), key=lambda policy: policy["policy"])
        rows += [{**row, **policy} for policy in policies or [{}]]
    if not rows:
        raise missing("Role", names[0])
    return build_frame(ROLE_COLUMNS, rows)


def policy(document: Mapping[str, Any] | str | Path) -> Frame:
    """A policy document as a table, one row for each action of each statement.

    `document` is the policy as a dict, as JSON text, or the path of a file. Columns: statement
    (its Sid, or its number), effect, principal (of a trust or resource policy), action, resource,
    condition. `NotAction` and its like are marked with `all but`.

    >>> show.policy("policies/Lambda-SNS-Publish.json")
    statement      effect  principal  action       resource ...
    PublishOrders  Allow              sns:Publish  arn:aws:sns:${Region}:${Account}:${TopicName}
    ...
    """
    if isinstance(document, Path) or (isinstance(document, str) and "{" not in document):
        document = Path(document).read_text(encoding="utf-8")
    parsed = json.loads(document) if isinstance(document, str) else document
    return build_frame(POLICY_COLUMNS, _statements(parsed))


def _statements(document: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for number, statement in enumerate(_listed(document.get("Statement", [])), start=1):
        for action in _values(statement, "Action"):
            yield {
                "statement": statement.get("Sid", str(number)),
                "effect": statement.get("Effect", ""),
                "principal": ", ".join(_principals(statement)),
                "action": action,
                "resource": ", ".join(_values(statement, "Resource")),
                "condition": ", ".join(_conditions(statement.get("Condition", {}))),
            }


def _values(statement: Mapping[str, Any], element: str) -> list[str]:
    if f"Not{element}" in statement:
        return [f"all but {value}" for value in _listed(statement[f"Not{element}"])]
    return [str(value) for value in _listed(statement.get(element, ""))]


def _principals(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal", statement.get("NotPrincipal", {}))
    groups = principal.values() if isinstance(principal, Mapping) else [principal]
    found = [str(value) for group in groups for value in _listed(group)]
    return [f"all but {value}" for value in found] if "NotPrincipal" in statement else found


def _conditions(conditions: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for operator, tests in conditions.items():
        for key, values in tests.items():
            yield f"{key} {operator} {' or '.join(map(str, _listed(values)))}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _policies(iam: Any, role_name: str) -> Iterator[dict[str, Any]]:
    for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=role_name):
        for attached in page["AttachedPolicies"]:
            arn = attached["PolicyArn"]
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
            yield _policy_row(name_of(arn), "managed", document["Document"])
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=role_name):
        for name in page["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role_name, PolicyName=name)
            yield _policy_row(name, "inline", document["PolicyDocument"])


def _policy_row(name: str, kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    return {"policy": name, "kind": kind, "actions": len(list(_statements(document)))}
