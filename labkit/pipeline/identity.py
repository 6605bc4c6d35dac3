"""Stage 1, who may do what: a role of its own for each function and for the API.

A role says who may take it (its trust policy) and what its holder may do (the policies attached
to it). Everything that is not allowed is denied.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from labkit.errors import Conflict
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import policy_arn
from labkit.pipeline.policies import document


@dataclass(frozen=True)
class Role:
    """One role: its name, who may take it, and what it may do."""

    name: str
    trust: str
    policies: tuple[str, ...]


def roles(lab: Lab) -> tuple[Role, ...]:
    """The roles of the pipeline, each with the names of its documents in policies/."""
    return (
        Role(lab.names.api_role, "Trust-APIGateway", ("APIGateway-Send-SQS",)),
        Role(
            lab.names.writer_role,
            "Trust-Lambda",
            (
                "Lambda-Read-SQS",
                "Lambda-Read-SQS-Attributes",
                "Lambda-Write-DynamoDB",
                "Lambda-Write-Logs-Writer",
            ),
        ),
        Role(
            lab.names.notifier_role,
            "Trust-Lambda",
            (
                "Lambda-DynamoDBStreams-Read",
                "Lambda-DynamoDBStreams-Iterate",
                "Lambda-SNS-Publish",
                "Lambda-Write-Logs-Notifier",
            ),
        ),
    )


def build(lab: Lab) -> None:
    """Make every role and policy, or bring those that exist back to their documents."""
    for role in roles(lab):
        build_role(lab, role)


def build_role(lab: Lab, role: Role) -> None:
    """Make one role with exactly its policies attached."""
    iam = lab.client("iam")
    trust = json.dumps(document(role.trust, lab))
    if unless_absent(iam.get_role, RoleName=role.name) is None:
        iam.create_role(RoleName=role.name, Path=lab.names.path, AssumeRolePolicyDocument=trust)
    else:
        iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=trust)
    wanted = {build_policy(lab, name) for name in role.policies}
    attached = _attached(lab, role.name)
    for arn in sorted(wanted - attached):
        iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
    for arn in attached - wanted:
        iam.detach_role_policy(RoleName=role.name, PolicyArn=arn)


def build_policy(lab: Lab, name: str) -> str:
    """Make one managed policy say what its document says; return its ARN."""
    iam = lab.client("iam")
    arn = policy_arn(lab, name)
    wanted = document(name, lab)
    found = unless_absent(iam.get_policy, PolicyArn=arn)
    if found is None:
        try:
            iam.create_policy(
                PolicyName=name, Path=lab.names.path, PolicyDocument=json.dumps(wanted)
            )
        except iam.exceptions.EntityAlreadyExistsException:
            raise Conflict(
                f"Your account has a policy '{name}' outside the lab's path {lab.names.path}, and "
                "IAM allows a name only once. Delete or rename it, then build again."
            ) from None
        return arn
    version = found["Policy"]["DefaultVersionId"]
    answer = iam.get_policy_version(PolicyArn=arn, VersionId=version)
    if answer["PolicyVersion"]["Document"] != wanted:
        # A policy has at most five versions, so the one that is replaced goes.
        iam.create_policy_version(
            PolicyArn=arn, PolicyDocument=json.dumps(wanted), SetAsDefault=True
        )
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    return arn


def teardown(lab: Lab) -> None:
    """Delete the roles, and every policy in the lab's path."""
    iam = lab.client("iam")
    for role in roles(lab):
        if unless_absent(iam.get_role, RoleName=role.name) is not None:
            delete_role(lab, role.name)
    for page in iam.get_paginator("list_policies").paginate(
        Scope="Local", PathPrefix=lab.names.path
    ):
        for policy in page["Policies"]:
            _delete_policy(lab, policy["Arn"])


def delete_role(lab: Lab, name: str) -> None:
    """Delete a role, with what is attached to it and written into it."""
    iam = lab.client("iam")
    for arn in _attached(lab, name):
        iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def _attached(lab: Lab, role_name: str) -> set[str]:
    pages = lab.client("iam").get_paginator("list_attached_role_policies")
    return {
        policy["PolicyArn"]
        for page in pages.paginate(RoleName=role_name)
        for policy in page["AttachedPolicies"]
    }


def _delete_policy(lab: Lab, arn: str) -> None:
    iam = lab.client("iam")
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)
