"""What IAM and STS answer about roles and policies, against what AWS answered to LocalStack.

The recordings are iam/test_iam_roles.snapshot.json of localstack/localstack at 3cc59f9,
iam/test_iam_policies.snapshot.json at 030eb47 and sts/test_sts.snapshot.json at 1ed72f1.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ROLES = "LocalStack's recording: iam/test_iam_roles"
POLICIES = "LocalStack's recording: iam/test_iam_policies"
SESSIONS = "LocalStack's recording: sts/test_sts"
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def document(statement: dict[str, Any]) -> str:
    """A policy of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


POLICY = document({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"})


@pytest.fixture(scope="module")
def iam(client: Callable[..., Any]) -> Any:
    """An IAM client."""
    return client("iam")


@pytest.fixture
def role(iam: Any) -> str:
    """The name of a new role."""
    name = f"role-{uuid4().hex[:8]}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(TRUST))
    return name


@pytest.fixture
def policy(iam: Any) -> str:
    """The ARN of a new policy."""
    made = iam.create_policy(PolicyName=f"policy-{uuid4().hex[:8]}", PolicyDocument=POLICY)
    arn: str = made["Policy"]["Arn"]
    return arn


def refusal(call: Callable[..., Any], **given: Any) -> tuple[str, str]:
    """How a call is refused: code and message."""
    with pytest.raises(ClientError) as refused:
        call(**given)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.fidelity(
    "IAM", "A role is shown by what it was made of, and more of it when it is got.", source=ROLES
)
def test_a_role_is_shown(iam: Any, policy: str) -> None:
    """An update changes what it names; a description answers as a creation does."""
    name = f"role-{uuid4().hex[:8]}"
    made = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=document(TRUST),
        Description="first",
        PermissionsBoundary=policy,
    )["Role"]
    shown = {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
    assert made.keys() == shown | {"PermissionsBoundary"}
    boundary = {"PermissionsBoundaryArn": policy, "PermissionsBoundaryType": "Policy"}
    assert made["PermissionsBoundary"] == boundary
    assert iam.get_policy(PolicyArn=policy)["Policy"]["PermissionsBoundaryUsageCount"] == 1
    iam.update_role(RoleName=name, Description="second", MaxSessionDuration=7200)
    iam.update_role(RoleName=name)
    got = iam.get_role(RoleName=name)["Role"]
    assert (got["Description"], got["MaxSessionDuration"]) == ("second", 7200)
    assert got["RoleLastUsed"] == {}
    assert got["PermissionsBoundary"] == boundary
    described = iam.update_role_description(RoleName=name, Description="third")["Role"]
    assert described.keys() - {"PermissionsBoundary"} == shown | {"Description"}


@pytest.mark.fidelity(
    "IAM", "What a role or its policies are refused is in AWS's words.", source=ROLES
)
def test_what_is_refused_of_a_role(iam: Any, role: str, policy: str) -> None:
    """A role that has policies stays, and says which."""
    missing = ("NoSuchEntity", "The role with name none cannot be found.")
    for call in (iam.get_role, iam.update_role, iam.delete_role, iam.list_role_tags):
        assert refusal(call, RoleName="none") == missing
    arn = "longpolicynamebutnoarn"
    invalid = ("ValidationError", f"ARN {arn} is not valid.")
    assert refusal(iam.attach_role_policy, RoleName=role, PolicyArn=arn) == invalid
    assert refusal(iam.get_role_policy, RoleName=role, PolicyName="none") == (
        "NoSuchEntity",
        "The role policy with name none cannot be found.",
    )
    iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=POLICY)
    conflict = "Cannot delete entity, must delete policies first."
    assert refusal(iam.delete_role, RoleName=role) == ("DeleteConflict", conflict)
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    conflict = "Cannot delete entity, must detach all policies first."
    assert refusal(iam.delete_role, RoleName=role) == ("DeleteConflict", conflict)


@pytest.mark.fidelity(
    "IAM", "A trust policy is about taking a role, and has no resource.", source=ROLES
)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not valid json", "This policy contains invalid Json"),
        (
            document(TRUST | {"Action": "sts:InvalidAction"}),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (document(TRUST | {"Resource": "arn:aws:s3:::x"}), "Has prohibited field Resource"),
    ],
)
def test_trust_policies(iam: Any, role: str, text: str, message: str) -> None:
    """Whether the role is made or changed."""
    refused = ("MalformedPolicyDocument", message)
    assert refusal(iam.update_assume_role_policy, RoleName=role, PolicyDocument=text) == refused
    given = {"RoleName": "new", "AssumeRolePolicyDocument": text}
    assert refusal(iam.create_role, **given) == refused


@pytest.mark.fidelity("IAM", "Versions of a policy are listed from the newest on.", source=POLICIES)
def test_versions_of_a_policy(iam: Any, policy: str) -> None:
    """None shows its document but the one that is got."""
    for _ in range(2):
        made = iam.create_policy_version(PolicyArn=policy, PolicyDocument=POLICY)["PolicyVersion"]
        assert made.keys() == {"VersionId", "IsDefaultVersion", "CreateDate"}
    listed = iam.list_policy_versions(PolicyArn=policy)
    assert [version["VersionId"] for version in listed["Versions"]] == ["v3", "v2", "v1"]
    assert not listed["IsTruncated"]
    assert all("Document" not in version for version in listed["Versions"])
    message = f"Policy {policy} version v9 does not exist or is not attachable."
    for call in (
        iam.get_policy_version,
        iam.delete_policy_version,
        iam.set_default_policy_version,
    ):
        refused = refusal(call, PolicyArn=policy, VersionId="v9")
        assert refused == ("NoSuchEntity", message)


@pytest.mark.fidelity(
    "IAM",
    "A policy that somebody has, or that has several versions, is not deleted.",
    source="IAM API: DeletePolicy",
)
def test_a_policy_in_use_is_not_deleted(iam: Any, role: str, policy: str) -> None:
    """Nor one that is not there."""
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    conflict = ("DeleteConflict", "Cannot delete a policy attached to entities.")
    assert refusal(iam.delete_policy, PolicyArn=policy) == conflict
    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=POLICY)
    code, message = refusal(iam.delete_policy, PolicyArn=policy)
    assert (code, "more than one version" in message) == ("DeleteConflict", True)
    iam.delete_policy_version(PolicyArn=policy, VersionId="v2")
    iam.delete_policy(PolicyArn=policy)
    missing = ("NoSuchEntity", f"Policy {policy} was not found.")
    assert refusal(iam.delete_policy, PolicyArn=policy) == missing


@pytest.mark.fidelity(
    "IAM", "AssumeRole names a wrong ARN or session in AWS's words.", source=SESSIONS
)
def test_what_cannot_be_a_session(client: Callable[..., Any], iam: Any, role: str) -> None:
    """Only a session with a policy has a packed size."""
    sts = client("sts")
    trust = TRUST | {"Principal": {"AWS": "123456789012"}}
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=document(trust))
    arn = f"arn:aws:iam::123456789012:role/{role}"
    for wrong in ("nothing-valid-in-here", "arn::b:::something/test-role", "arn:a:a::aaaaaaaaaa:"):
        refused = refusal(sts.assume_role, RoleArn=wrong, RoleSessionName="session")
        assert refused == ("ValidationError", f"{wrong} is invalid")
    for name, constraint in (
        ("Session1:2", "satisfy regular expression pattern: [\\w+=,.@-]*"),
        ("s" * 65, "have length less than or equal to 64"),
    ):
        assert refusal(sts.assume_role, RoleArn=arn, RoleSessionName=name) == (
            "ValidationError",
            f"1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy "
            f"constraint: Member must {constraint}",
        )
    given = {"RoleArn": arn, "RoleSessionName": "session"}
    assert "PackedPolicySize" not in sts.assume_role(**given)
    assert "PackedPolicySize" in sts.assume_role(**given, Policy=POLICY)


@pytest.mark.fidelity(
    "IAM",
    "A group with users or policies stays, and so does a user in a group or with keys.",
    source="IAM API: DeleteUser",
)
def test_what_is_in_use_is_not_deleted(iam: Any, policy: str) -> None:
    """One is told what to do first."""
    user, group = f"user-{uuid4().hex[:8]}", f"group-{uuid4().hex[:8]}"
    member = {"UserName": user, "GroupName": group}
    iam.create_user(UserName=user)
    iam.create_group(GroupName=group)
    iam.add_user_to_group(**member)
    iam.attach_group_policy(GroupName=group, PolicyArn=policy)
    key = iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
    left = "remove users from group"
    for call, named, first, then in (
        (iam.delete_group, {"GroupName": group}, left, None),
        (iam.delete_user, {"UserName": user}, left, lambda: iam.remove_user_from_group(**member)),
        (
            iam.delete_user,
            {"UserName": user},
            "delete access keys",
            lambda: iam.delete_access_key(UserName=user, AccessKeyId=key),
        ),
        (
            iam.delete_group,
            {"GroupName": group},
            "detach all policies",
            lambda: iam.detach_group_policy(GroupName=group, PolicyArn=policy),
        ),
    ):
        message = f"Cannot delete entity, must {first} first."
        assert refusal(call, **named) == ("DeleteConflict", message)
        if then is not None:
            then()
    iam.delete_user(UserName=user)
    iam.delete_group(GroupName=group)


@pytest.mark.fidelity(
    "IAM",
    "Lists, and what the simulator finds, come in pages of 100 or of MaxItems, up to 1,000.",
    source="IAM API: ListUsers",
)
def test_a_page_has_a_hundred(client: Callable[..., Any]) -> None:
    """A marker leads on; one that nobody gave is refused, and so is a page of another size."""
    options = Config(parameter_validation=False)
    iam = client("iam", config=options)
    asked = {"PolicyInputList": [POLICY], "ActionNames": [f"s3:Get{n}" for n in range(101)]}
    first = iam.simulate_custom_policy(**asked)
    rest = iam.simulate_custom_policy(**asked, Marker=first["Marker"])
    assert (len(first["EvaluationResults"]), first["IsTruncated"]) == (100, True)
    assert [each["EvalActionName"] for each in rest["EvaluationResults"]] == ["s3:Get100"]
    assert "Marker" not in rest
    assert refusal(iam.list_users, Marker="x") == ("ValidationError", "Invalid Marker.")
    for size, bound in ((0, "greater than or equal to 1"), (1001, "less than or equal to 1000")):
        assert refusal(iam.list_users, MaxItems=size) == (
            "ValidationError",
            f"1 validation error detected: Value '{size}' at 'maxItems' failed to satisfy "
            f"constraint: Member must have value {bound}",
        )
