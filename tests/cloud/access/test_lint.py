"""What is wrong with a policy document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import policy_files
from labkit.cloud.access.lint import check

GOOD = {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:us-east-1:123456789012:orders",
}
ANYONE = {"Principal": "*"}


def codes(*statements: Any, identity: bool = True, version: str | None = "2012-10-17") -> list[str]:
    """The codes of all findings."""
    document = {"Statement": list(statements)} | ({"Version": version} if version else {})
    return [finding.code for finding in check(json.dumps(document), identity=identity)]


def test_a_good_policy_has_no_findings():
    """Nor has one for a resource, with a principal."""
    assert codes(GOOD) == []
    assert codes(GOOD | ANYONE, identity=False) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Action": "sqs:SendMesage"}, "INVALID_ACTION"),
        ({"Action": "sqs:SendMessageBatch"}, "INVALID_ACTION"),
        ({"Action": "SendMessage"}, "INVALID_ACTION"),
        ({"Action": "sqqs:SendMessage"}, "INVALID_SERVICE_IN_ACTION"),
        ({"Effect": "allow"}, "INVALID_EFFECT"),
        ({"Effect": None}, "MISSING_EFFECT"),
        ({"Action": None}, "MISSING_ACTION"),
        ({"Resource": None}, "MISSING_RESOURCE"),
        ({"Resource": "orders"}, "INVALID_ARN_PREFIX"),
        ({"Resource": "arn:aws:sqs:*"}, "MISSING_ARN_FIELD"),
        ({"Principal": "*"}, "UNSUPPORTED_PRINCIPAL"),
        ({"Sid": "Send orders"}, "UNSUPPORTED_SID"),
        ({"Actions": []}, "INVALID_POLICY_ELEMENT"),
        ({"NotAction": "sqs:DeleteQueue"}, "UNSUPPORTED_ELEMENT_COMBINATION"),
        ({"NotResource": GOOD["Resource"]}, "UNSUPPORTED_ELEMENT_COMBINATION"),
        ({"Condition": {"StringSimilar": {"a": "b"}}}, "INVALID_CONDITION_OPERATOR"),
        ({"Condition": {"NullIfExists": {"a": "true"}}}, "NULL_WITH_IF_EXISTS"),
        ({"Condition": {"ForAnyValue:Null": {"a": "true"}}}, "NULL_WITH_QUALIFIER"),
        ({"Condition": {"StringEquals": {"a": "b*"}}}, "WILDCARD_WITHOUT_LIKE_OPERATOR"),
        ({"Action": ["sqs:Send*", "sqs:SendMessage"]}, "REDUNDANT_ACTION"),
        ({"Resource": ["*", "arn:aws:sqs:us-east-1:1:orders"]}, "REDUNDANT_RESOURCE"),
        ({"Action": "iam:PassRole", "Resource": "*"}, "PASS_ROLE_WITH_STAR_IN_RESOURCE"),
        ({"Action": "iam:*", "Resource": "*"}, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"),
        (
            {"Action": "IAM:passrole", "Resource": None, "NotResource": GOOD["Resource"]},
            "PASS_ROLE_WITH_NOT_RESOURCE",
        ),
        (
            {"Action": None, "NotAction": "sqs:*", "Resource": "*"},
            "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
        ),
    ],
)
def test_findings(changes: dict[str, Any], code: str):
    """One thing wrong, one finding."""
    statement = {name: value for name, value in (GOOD | changes).items() if value is not None}
    assert codes(statement) == [code]


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": None, "NotAction": "iam:*", "Resource": "*"},
        {
            "Action": "iam:PassRole",
            "Resource": "*",
            "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        },
        {"Condition": {"StringLike": {"a": "b*"}}},
        {"Condition": {"StringEquals": {"a": "${*}"}}},
    ],
)
def test_what_is_meant_so(statement: dict[str, Any]):
    """A role for one service, and a wildcard where it is one or is escaped."""
    changed = {name: value for name, value in (GOOD | statement).items() if value is not None}
    assert codes(changed) == []


def test_findings_of_documents():
    """Version, Sids, and what a resource's policy needs."""
    assert codes(GOOD, version=None) == ["MISSING_VERSION"]
    assert codes(GOOD, version="2026-01-01") == ["INVALID_VERSION"]
    assert codes() == ["MISSING_STATEMENT"]
    assert codes(GOOD | {"Sid": "a"}, GOOD | {"Sid": "a"}) == ["UNIQUE_SIDS_REQUIRED"]
    assert codes(GOOD, identity=False) == ["MISSING_PRINCIPAL"]
    nobody = GOOD | {"NotPrincipal": {"AWS": "123456789012"}}
    assert codes(nobody, identity=False) == ["ALLOW_WITH_NOT_PRINCIPAL"]
    assert codes("text") == ["DATA_TYPE_MISMATCH"]
    both = GOOD | ANYONE | {"NotPrincipal": ANYONE["Principal"], "Effect": "Deny"}
    assert codes(both, identity=False) == ["UNSUPPORTED_ELEMENT_COMBINATION"]
    assert codes(GOOD | ANYONE | {"Sid": "Send orders"}, identity=False) == []
    named = {"Version": "2012-10-17", "Name": "p", "Statement": [GOOD]}
    (finding,) = check(json.dumps(named), identity=True)
    assert (finding.code, finding.path) == ("INVALID_POLICY_ELEMENT", ("Name",))


SERVICE = GOOD | {"Principal": {"Service": "sns.amazonaws.com"}}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (SERVICE, ["RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"]),
        (
            SERVICE | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            ["RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"],
        ),
        (SERVICE | {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}}, []),
        (SERVICE | {"Condition": {"StringEquals": {"AWS:SourceAccount": "123456789012"}}}, []),
        (SERVICE | {"Effect": "Deny"}, []),
        ({"Effect": "Allow", "Principal": SERVICE["Principal"], "Action": "sts:AssumeRole"}, []),
    ],
)
def test_a_service_acts_for_somebody(statement: dict[str, Any], found: list[str]):
    """Without a condition on the source anybody's topic may send: the confused deputy.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    assert codes(statement, identity=False) == found


@pytest.mark.parametrize(
    "changes",
    [
        {"Action": {"sqs": "SendMessage"}},
        {"Effect": ["Allow"]},
        {"Resource": 5},
        {"Condition": "always"},
        {"Condition": {"StringEquals": ["aws:SourceAccount"]}},
        {"Condition": {"NumericEquals": {"aws:EpochTime": "noon"}}},
        {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-13-01"}}},
        {"Condition": {"NotIpAddress": {"aws:SourceIp": "300.0.0.1"}}},
    ],
)
def test_types_of_elements(changes: dict[str, Any]):
    """Each element is of its type, and what an operator compares with is of the operator's."""
    assert "DATA_TYPE_MISMATCH" in codes(GOOD | changes)


@pytest.mark.parametrize(
    "condition",
    [
        {"NumericEquals": {"aws:EpochTime": [5, "6"]}},
        {"DateLessThan": {"aws:CurrentTime": "2026"}},
        {"StringEquals": {"aws:username": "${aws:username}"}},
        {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}},
        {"Bool": {"aws:SecureTransport": True}},
    ],
)
def test_values_of_conditions(condition: dict[str, Any]):
    """Numbers and truth may be JSON's own."""
    assert codes(GOOD | {"Condition": condition}) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*GOOD, "Statement", "Condition"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_document_can_be_checked(document: Any):
    """Whatever somebody writes, there is an answer."""
    check(json.dumps(document), identity=True)
    policy_files.check_document(json.dumps(document))


@pytest.mark.parametrize("key", ["aws:PrincipalOrgID", "aws:SourceVpc", "aws:ResourceTag/team"])
@pytest.mark.fidelity(
    "IAM",
    "No call has the context keys of organizations, networks, tags and MFA devices.",
    differs="There are none of these here; `labkit policy check` names such a condition.",
)
def test_keys_that_no_call_has(key: str):
    """A condition on one is never met, or always; the reader is told."""
    condition = {"StringEquals": {key: "x", "aws:SourceAccount": "123456789012"}}
    document = {"Version": "2012-10-17", "Statement": [GOOD | {"Condition": condition}]}
    (finding,) = policy_files.check_document(json.dumps(document))
    assert (finding.code, finding.place.rpartition(".")[0]) == (
        "KEY_NEVER_SET",
        "Statement[0].Condition.StringEquals",
    )
    assert key in finding.details


def test_what_access_analyzer_does_not_look_at():
    """`labkit policy check` also minds everything that is broader than it needs to be."""
    document = {"Version": "2012-10-17", "Statement": [GOOD | {"Resource": "*"}]}
    (finding,) = policy_files.check_document(json.dumps(document))
    assert (finding.code, finding.place) == ("RESOURCE_TOO_BROAD", "Statement[0].Resource")
    document["Statement"] = [GOOD | {"Action": "sqs:*"}]
    (finding,) = policy_files.check_document(json.dumps(document))
    assert finding.code == "ACTION_TOO_BROAD"
    document["Statement"] = [GOOD | ANYONE]
    (finding,) = policy_files.check_document(json.dumps(document))
    assert finding.code == "PRINCIPAL_TOO_BROAD"
