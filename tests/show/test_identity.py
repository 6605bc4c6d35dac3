"""Roles and policies as tables."""

from __future__ import annotations

import json

import pytest

from labkit.errors import StageMissing
from labkit.show import policy, roles
from labkit.show.identity import POLICY_COLUMNS, ROLE_COLUMNS

SEND = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Send",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": ["sqs:SendMessage", "sqs:GetQueueUrl"],
            "Resource": "arn:aws:sqs:us-east-1:123456789012:orders",
            "Condition": {"ArnEquals": {"aws:SourceArn": ["arn:a", "arn:b"]}},
        },
        {"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "NotAction": "s3:*", "NotResource": "*"},
    ],
}


def test_one_row_for_each_action():
    """Actions can be read one by one, with the statement that they belong to."""
    frame = policy(SEND)
    assert list(frame.columns) == POLICY_COLUMNS
    assert frame.iloc[1].to_list() == [
        "Send",
        "Allow",
        "sns.amazonaws.com",
        "sqs:GetQueueUrl",
        "arn:aws:sqs:us-east-1:123456789012:orders",
        "aws:SourceArn ArnEquals arn:a or arn:b",
    ]
    assert frame.iloc[2].to_list() == ["2", "Deny", "all but *", "all but s3:*", "all but *", ""]


def test_every_form_of_a_document(tmp_path):
    """A dict, its JSON text, and a file's path as text or as Path show the same."""
    path = tmp_path / "Send.json"
    path.write_text(json.dumps(SEND))
    for document in (json.dumps(SEND), path, str(path)):
        assert policy(document).equals(policy(SEND))


def test_a_single_statement_needs_no_list():
    """IAM accepts one statement without a list around it, and so does the table."""
    statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    assert list(policy({"Statement": statement})["action"]) == ["sqs:*"]
    assert policy({"Statement": []}).empty


def test_roles_with_their_policies(aws_lab):
    """A role has one row for each policy, managed or inline, and one if it has none."""
    iam = aws_lab.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    for name in ("order-writer-role", "order-notifier-role"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    read = {
        "Effect": "Allow",
        "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
        "Resource": "*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [read]})
    made = iam.create_policy(PolicyName="Lambda-Read-SQS", PolicyDocument=document)
    iam.attach_role_policy(RoleName="order-writer-role", PolicyArn=made["Policy"]["Arn"])
    iam.put_role_policy(RoleName="order-writer-role", PolicyName="Extra", PolicyDocument=document)
    frame = roles(aws_lab)
    assert list(frame.columns) == ROLE_COLUMNS
    assert frame.values.tolist() == [
        ["order-writer-role", "lambda.amazonaws.com", "Extra", "inline", 2],
        ["order-writer-role", "lambda.amazonaws.com", "Lambda-Read-SQS", "managed", 2],
        ["order-notifier-role", "lambda.amazonaws.com", "", "", ""],
    ]


def test_no_role_says_what_to_do(aws_lab):
    """Before notebook 01 there is no role to show."""
    with pytest.raises(StageMissing, match=r"does not exist yet\. Run notebook 01"):
        roles(aws_lab)
