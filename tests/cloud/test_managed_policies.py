"""AWS's own managed policies."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import IAMBackend

from labkit.cloud.managed_policies import LabIAMBackend, document_of
from tests.cloud.functions.surroundings import TRUST

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


@pytest.mark.parametrize(
    "method",
    [
        "attach_group_policy",
        "attach_role_policy",
        "attach_user_policy",
        "get_policy",
        "list_policies",
    ],
)
def test_the_backends_methods_have_motos_signatures(method: str) -> None:
    """Each method takes the same parameters as moto's own."""
    ours, motos = (
        list(inspect.signature(getattr(backend, method)).parameters)
        for backend in (LabIAMBackend, IAMBackend)
    )
    assert ours == motos


def test_every_policy_is_found_in_the_text() -> None:
    """What is cut out of moto's text is what reading all of it gives."""
    policies = json.loads(aws_managed_policies_data)
    assert len(policies) > 1000
    for name in list(policies)[::50]:
        assert document_of(name) == {"Name": name, **policies[name]}
    assert document_of("NoSuchPolicy") is None


def test_the_policies_of_tutorials_can_be_attached(client: Callable[..., Any]) -> None:
    """To a role, with the document that AWS has; one that AWS lacks is not found."""
    iam = client("iam")
    iam.create_role(RoleName="tutorial", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.attach_role_policy(RoleName="tutorial", PolicyArn=BASIC)
    attached = iam.list_attached_role_policies(RoleName="tutorial")["AttachedPolicies"]
    assert attached == [{"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": BASIC}]
    policy = iam.get_policy(PolicyArn=BASIC)["Policy"]
    version = iam.get_policy_version(PolicyArn=BASIC, VersionId=policy["DefaultVersionId"])
    (statement,) = version["PolicyVersion"]["Document"]["Statement"]
    assert "logs:PutLogEvents" in statement["Action"]
    for missing in (f"{BASIC}s", BASIC.replace("service-role/", "")):
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.attach_role_policy(RoleName="tutorial", PolicyArn=missing)
    iam.detach_role_policy(RoleName="tutorial", PolicyArn=BASIC)


def test_a_list_has_them_unless_it_is_of_the_accounts_own(client: Callable[..., Any]) -> None:
    """The scope says which."""
    iam = client("iam")
    own = iam.list_policies(Scope="Local")["Policies"]
    assert [policy for policy in own if policy["Arn"].startswith("arn:aws:iam::aws:")] == []
    assert len(iam.list_policies(Scope="AWS", MaxItems=5)["Policies"]) == 5
