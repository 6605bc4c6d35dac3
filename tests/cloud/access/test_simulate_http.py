"""The policy simulator and Access Analyzer, through boto3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cloud.access.conftest import ACCOUNT, Account, allow, document

QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"


@pytest.mark.fidelity(
    "IAM",
    "simulate_custom_policy says allowed, explicitDeny or implicitDeny, and by which statement.",
    source="IAM API: SimulateCustomPolicy",
)
def test_a_custom_policy(account: Account):
    """One result for each action on each resource."""
    deny = {"Effect": "Deny", "Action": "sqs:PurgeQueue", "Resource": "*"}
    answer = account.client("iam").simulate_custom_policy(
        PolicyInputList=[document(allow("sqs:SendMessage", "sqs:PurgeQueue", on=QUEUE), deny)],
        ActionNames=["sqs:SendMessage", "sqs:PurgeQueue", "sqs:ReceiveMessage"],
        ResourceArns=[QUEUE, QUEUE + "-other"],
    )
    decisions = {
        (result["EvalActionName"], result["EvalResourceName"]): result["EvalDecision"]
        for result in answer["EvaluationResults"]
    }
    assert decisions == {
        ("sqs:SendMessage", QUEUE): "allowed",
        ("sqs:SendMessage", QUEUE + "-other"): "implicitDeny",
        ("sqs:PurgeQueue", QUEUE): "explicitDeny",
        ("sqs:PurgeQueue", QUEUE + "-other"): "explicitDeny",
        ("sqs:ReceiveMessage", QUEUE): "implicitDeny",
        ("sqs:ReceiveMessage", QUEUE + "-other"): "implicitDeny",
    }
    (matched,) = answer["EvaluationResults"][0]["MatchedStatements"]
    assert (matched["SourcePolicyId"], matched["SourcePolicyType"]) == (
        "PolicyInputList.1",
        "IAM Policy",
    )
    assert answer["IsTruncated"] is False


def test_context_boundary_and_resource_policy(account: Account):
    """Context keys may be given; those that are missing are named."""
    home = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    given = {
        "PolicyInputList": [document(allow("sqs:*", Condition=home))],
        "ActionNames": ["sqs:SendMessage"],
        "ResourceArns": [QUEUE],
    }
    simulate = account.client("iam").simulate_custom_policy
    (result,) = simulate(**given)["EvaluationResults"]
    (specific,) = result["ResourceSpecificResults"]
    assert result["EvalDecision"] == specific["EvalResourceDecision"] == "implicitDeny"
    assert (result["MissingContextValues"], specific["MissingContextValues"]) == (
        [],
        ["aws:SourceIp"],
    )
    (result,) = simulate(**(given | {"ResourceArns": ["*"]}))["EvaluationResults"]
    assert result["MissingContextValues"] == ["aws:SourceIp"]
    assert "ResourceSpecificResults" not in result
    at_home = [
        {
            "ContextKeyName": "aws:SourceIp",
            "ContextKeyValues": ["10.1.2.3"],
            "ContextKeyType": "ip",
        }
    ]
    (result,) = simulate(**given, ContextEntries=at_home)["EvaluationResults"]
    assert result["EvalDecision"] == "allowed"
    limit = [document(allow("sns:*"))]
    (result,) = simulate(**given, ContextEntries=at_home, PermissionsBoundaryPolicyInputList=limit)[
        "EvaluationResults"
    ]
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    user = f"arn:aws:iam::{ACCOUNT}:user/ana"
    (result,) = simulate(
        **(given | {"PolicyInputList": [document(allow("sns:*"))]}),
        CallerArn=user,
        ResourcePolicy=document(allow("sqs:*", on=QUEUE, Principal={"AWS": user})),
    )["EvaluationResults"]
    assert result["EvalDecision"] == "allowed"
    assert result["MatchedStatements"][0]["SourcePolicyType"] == "Resource Policy"


@pytest.mark.fidelity(
    "IAM",
    "simulate_principal_policy decides with what a role or user has attached.",
    source="IAM API: SimulatePrincipalPolicy",
)
def test_a_principals_policies(account: Account):
    """A role's inline policies count; an unknown one is NoSuchEntity."""
    iam, name = account.client("iam"), account.name("simulated")
    trust = document({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(
        RoleName=name, PolicyName="p", PolicyDocument=document(allow("sqs:SendMessage", on=QUEUE))
    )
    answer = iam.simulate_principal_policy(
        PolicySourceArn=role,
        ActionNames=["sqs:SendMessage", "sqs:DeleteQueue"],
        ResourceArns=[QUEUE],
    )
    found = [result["EvalDecision"] for result in answer["EvaluationResults"]]
    assert found == ["allowed", "implicitDeny"]
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.simulate_principal_policy(PolicySourceArn=role + "x", ActionNames=["sqs:SendMessage"])


@pytest.mark.fidelity(
    "IAM",
    "Access Analyzer's validate_policy finds wrong actions, ARNs, operators and more.",
    source="IAM guide: access-analyzer-reference-policy-checks",
)
def test_validate_policy(account: Account):
    """Findings with type, code, place and a link; a plain "*" has none, as on AWS."""
    analyzer = account.client("accessanalyzer")
    wrong = document(allow("sqs:SendMesage", on="orders"))
    answer = analyzer.validate_policy(policyDocument=wrong, policyType="IDENTITY_POLICY")
    found = {finding["issueCode"]: finding for finding in answer["findings"]}
    assert sorted(found) == ["INVALID_ACTION", "INVALID_ARN_PREFIX"]
    assert found["INVALID_ACTION"]["findingType"] == "ERROR"
    assert "Did you mean sqs:SendMessage?" in found["INVALID_ACTION"]["findingDetails"]
    assert found["INVALID_ARN_PREFIX"]["locations"][0]["path"][:2] == [
        {"value": "Statement"},
        {"index": 0},
    ]
    broad = document(allow("dynamodb:PutItem"))
    assert not analyzer.validate_policy(policyDocument=broad, policyType="IDENTITY_POLICY")[
        "findings"
    ]
    (finding,) = analyzer.validate_policy(policyDocument="{", policyType="RESOURCE_POLICY")[
        "findings"
    ]
    assert finding["issueCode"] == "JSON_SYNTAX_ERROR"
    with pytest.raises(analyzer.exceptions.ValidationException):
        analyzer.validate_policy(policyDocument=json.dumps({}), policyType="NO_POLICY")


@pytest.mark.parametrize("text", ["{", document({"Effect": "Deny", "Action": "sqs:*"})])
def test_a_policy_that_cannot_be_read_is_not_simulated(account: Account, text: str):
    """InvalidInput, as of any argument of the simulator."""
    iam = account.client("iam")
    with pytest.raises(iam.exceptions.ClientError, match="InvalidInput"):
        iam.simulate_custom_policy(PolicyInputList=[text], ActionNames=["sqs:SendMessage"])


@pytest.mark.parametrize("action", ["sqs:*", "sqs:Send?essage", "SendMessage", "sqs:"])
def test_an_action_is_one_operation(account: Account, action: str):
    """The simulator takes no wildcards, and needs the service."""
    iam = account.client("iam")
    with pytest.raises(iam.exceptions.ClientError, match="InvalidInput"):
        iam.simulate_custom_policy(PolicyInputList=[document(allow("*"))], ActionNames=[action])


def test_users_groups_and_boundaries(account: Account):
    """A user has the policies of its groups, within its boundary; a group has its own."""
    iam, name = account.client("iam"), account.name("simulated")
    user = iam.create_user(UserName=name)["User"]["Arn"]
    group = iam.create_group(GroupName=name)["Group"]["Arn"]
    iam.add_user_to_group(GroupName=name, UserName=name)
    for put, holder, action in (
        (iam.put_user_policy, {"UserName": name}, "sqs:SendMessage"),
        (iam.put_group_policy, {"GroupName": name}, "sqs:ReceiveMessage"),
    ):
        put(**holder, PolicyName="own", PolicyDocument=document(allow(action, on=QUEUE)))

    def allowed(source: str) -> dict[str, str]:
        answer = iam.simulate_principal_policy(
            PolicySourceArn=source,
            ActionNames=["sqs:SendMessage", "sqs:ReceiveMessage"],
            ResourceArns=[QUEUE],
        )
        results = answer["EvaluationResults"]
        return {result["EvalActionName"][4:]: result["EvalDecision"] for result in results}

    assert allowed(user) == {"SendMessage": "allowed", "ReceiveMessage": "allowed"}
    assert allowed(group) == {"SendMessage": "implicitDeny", "ReceiveMessage": "allowed"}
    limit = document(allow("sqs:SendMessage"))
    made = iam.create_policy(PolicyName=account.name("limit"), PolicyDocument=limit)["Policy"]
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=made["Arn"])
    assert allowed(user) == {"SendMessage": "allowed", "ReceiveMessage": "implicitDeny"}


def test_keys_of_variables_are_missing_too(account: Account):
    """A resource that names the user by a variable cannot be decided on without its name."""
    own = allow("sqs:SendMessage", on=f"arn:aws:sqs:us-east-1:{ACCOUNT}:${{aws:UserName}}${{*}}")
    (result,) = account.client("iam").simulate_custom_policy(
        PolicyInputList=[document(own)], ActionNames=["sqs:SendMessage"]
    )["EvaluationResults"]
    assert result["MissingContextValues"] == ["aws:UserName"]


# As it was recorded of the managed policy AdministratorAccess.
ADMINISTRATOR = {
    "StartPosition": {"Line": 3, "Column": 17},
    "EndPosition": {"Line": 8, "Column": 6},
}


@pytest.mark.fidelity(
    "IAM",
    "The simulator names every statement that decides, with its lines and columns.",
    source="IAM API: EvaluationResult",
)
def test_matched_statements(account: Account):
    """All that allow, in every policy; of a denial the one that denies."""
    simulate = account.client("iam").simulate_custom_policy
    everything = json.dumps(json.loads(document(allow("*"))), indent=2).replace(
        '[\n        "*"\n      ]', '"*"'
    )
    given = {"ActionNames": ["sqs:SendMessage"], "ResourceArns": [QUEUE]}

    def matched(*policies: str, **more: Any) -> list[dict[str, Any]]:
        (result,) = simulate(PolicyInputList=policies, **given, **more)["EvaluationResults"]
        (specific,) = result["ResourceSpecificResults"]
        assert specific["MatchedStatements"] == result["MatchedStatements"]
        return result["MatchedStatements"]

    first, second, limit = matched(
        everything, document(allow("sqs:*")), PermissionsBoundaryPolicyInputList=[everything]
    )
    assert {name: first[name] for name in ADMINISTRATOR} == ADMINISTRATOR
    assert second["SourcePolicyId"] == "PolicyInputList.2"
    assert second["StartPosition"]["Line"] == 1
    assert limit["SourcePolicyType"] == "IAM Permissions Boundary Policy"
    deny = allow("sqs:*") | {"Effect": "Deny"}
    (only,) = matched(everything, document(allow("sqs:*"), deny))
    assert only["SourcePolicyId"] == "PolicyInputList.2"
    assert matched(document(allow("sns:*"))) == []


def test_whoever_calls_is_a_user(account: Account):
    """A resource's policy needs a caller, which is the user asked about or CallerArn, no role."""
    iam, name = account.client("iam"), account.name("simulated")
    trust = document({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    ana = f"arn:aws:iam::{ACCOUNT}:user/ana"
    given = {
        "PolicySourceArn": role,
        "ActionNames": ["sqs:SendMessage"],
        "ResourceArns": [QUEUE],
        "ResourcePolicy": document(allow("sqs:*", on=QUEUE, Principal={"AWS": ana})),
    }
    for caller in ({}, {"CallerArn": role}):
        with pytest.raises(iam.exceptions.ClientError, match="InvalidInput"):
            iam.simulate_principal_policy(**given, **caller)
    (result,) = iam.simulate_principal_policy(**given, CallerArn=ana)["EvaluationResults"]
    assert result["EvalDecision"] == "allowed"


def test_what_a_boundary_says_by_itself(account: Account):
    """Whether the boundary would allow it is told even where nothing else does."""
    (result,) = account.client("iam").simulate_custom_policy(
        PolicyInputList=[document(allow("sns:*"))],
        PermissionsBoundaryPolicyInputList=[document(allow("sns:*"))],
        ActionNames=["sqs:SendMessage"],
    )["EvaluationResults"]
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


@pytest.mark.fidelity(
    "IAM",
    "A finding of validate_policy is located by path, lines, columns and offsets.",
    source="Access Analyzer API: Location",
)
def test_where_a_finding_is(account: Account):
    """Of a value, or of a name that is unknown; a value by itself has no index."""
    text = """{"Version": "2012-10-17",
 "Statement": {"Effect": "Allow", "Action": "sqs:SendMesage", "Resource": "*",
  "Condition": {"StringSimilar": {"aws:a": "b"}}}}"""
    findings = account.client("accessanalyzer").validate_policy(
        policyDocument=text, policyType="IDENTITY_POLICY"
    )["findings"]
    located = {found["issueCode"]: found["locations"][0] for found in findings}
    action, operator = located["INVALID_ACTION"], located["INVALID_CONDITION_OPERATOR"]
    assert action["path"] == [{"value": "Statement"}, {"value": "Action"}]
    assert operator["path"][1:] == [{"value": "Condition"}, {"key": "StringSimilar"}]
    for location, part, line in ((action, "sqs:SendMesage", 2), (operator, "StringSimilar", 3)):
        start, end = location["span"]["start"], location["span"]["end"]
        assert json.loads(text[start["offset"] : end["offset"]]) == part
        assert start["line"] == end["line"] == line
        assert text.splitlines()[line - 1][start["column"] : end["column"]] == f'"{part}"'
    (link,) = {f["learnMoreLink"].partition("#")[2] for f in findings if "ACTION" in f["issueCode"]}
    assert link == "access-analyzer-reference-policy-checks-error-invalid-action"
