"""Policy documents: filled in for the lab, named as IAM names them, refused when they are wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labkit.errors import PolicyError
from labkit.lab import Lab
from labkit.pipeline import alarm, identity, policies

ROOT = Path(__file__).parents[2]

# The brief's four policies, action for action.
BRIEF = {
    "Lambda-Read-SQS": ["sqs:DeleteMessage", "sqs:ReceiveMessage"],
    "Lambda-Write-DynamoDB": ["dynamodb:PutItem", "dynamodb:DescribeTable"],
    "Lambda-DynamoDBStreams-Read": ["dynamodb:GetRecords", "dynamodb:DescribeStream"],
    "Lambda-SNS-Publish": ["sns:Publish", "sns:GetTopicAttributes"],
}


@pytest.mark.parametrize("name", BRIEF)
def test_the_four_documents_hold_the_actions_of_the_brief(name: str, lab: Lab) -> None:
    """What AWS needs beyond them stands in documents of their own."""
    [statement] = policies.document(name, lab)["Statement"]
    assert statement["Action"] == BRIEF[name]


@pytest.mark.parametrize("name", policies.names())
def test_every_document_is_filled_in_and_scoped(name: str, lab: Lab) -> None:
    """No placeholder is left, and no statement reaches all resources."""
    text = str(policies.document(name, lab))
    assert "${" not in text
    for statement in policies.document(name, lab)["Statement"]:
        assert statement["Effect"] == "Allow"
        if "Resource" in statement:
            resource = statement["Resource"]
            assert re.fullmatch(rf"arn:aws:\w+:us-east-1:{lab.account_id}:[^*]+(\*)?", resource)
        assert statement.get("Principal") != "*"


def test_every_document_is_used_and_explained(lab: Lab) -> None:
    """policies/README.md has a row for each, and each is used by the pipeline."""
    readme = (ROOT / "policies" / "README.md").read_text("utf-8")
    used = {name for role in identity.roles(lab) for name in (role.trust, *role.policies)}
    used |= {"Queue-Audit-From-SNS", alarm.POLICY}
    assert set(policies.names()) == used
    assert all(f"`{name}`" in readme for name in policies.names())
    assert all(f"`${{{name}}}`" in readme for name in policies.values_of(lab))


def test_values_can_be_given(lab: Lab) -> None:
    """A notebook can fill in a name of its own."""
    document = policies.document("Lambda-Read-SQS", lab, QueueName="mine")
    assert document["Statement"][0]["Resource"].endswith(":mine")


def test_an_unknown_document_is_named_with_those_that_exist(lab: Lab) -> None:
    """The message says where it looked and what to choose from."""
    with pytest.raises(PolicyError, match=r"no policy 'Lambda-Read-S3' in .*Lambda-Read-SQS"):
        policies.document("Lambda-Read-S3", lab)


def test_malformed_json_is_located() -> None:
    """The message gives the file and the line."""
    text = '{\n  "Version": "2012-10-17"\n  "Statement": []\n}'
    with pytest.raises(PolicyError, match=r"policies/Mine.json is not JSON: .*line 3 column 3"):
        policies.parse(text, "Mine.json", {})


@pytest.mark.parametrize("text", ["[]", "{}", '{"Version": "2012-10-17"}', "3"])
def test_json_that_is_no_policy_is_refused(text: str) -> None:
    """Version and Statement are what makes it a policy."""
    with pytest.raises(PolicyError, match=r"policies/Mine.json is no policy"):
        policies.parse(text, "Mine.json", {})


def test_an_unknown_placeholder_is_refused_and_iams_own_variables_are_kept() -> None:
    """`${QueueNam}` is a slip of the pen; `${aws:username}` is IAM's business."""
    text = '{"Version": "2012-10-17", "Statement": {"Resource": "%s"}}'
    with pytest.raises(PolicyError, match=r"placeholder \$\{QueueNam\}.*Known are: QueueName"):
        policies.parse(text % "a:${QueueNam}", "Mine.json", {"QueueName": "q"})
    kept = policies.parse(text % "a:${aws:username}", "Mine.json", {})
    assert kept["Statement"]["Resource"] == "a:${aws:username}"
