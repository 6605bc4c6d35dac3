"""What a role may do and did, as a table."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from labkit import orders, pipeline, show
from labkit.errors import StageMissing
from labkit.lab import Lab
from labkit.pipeline import wait
from labkit.show.permissions import COLUMNS


def test_granted_used_never_used_and_denied(lab: Lab):
    """Each granted action has its count; what was denied comes last."""
    pipeline.build(lab, progress=False)
    role = lab.names.writer_role
    before = show.access(lab, role)
    assert list(before.columns) == COLUMNS
    use = before.set_index("action").use
    assert use["sqs:ReceiveMessage"] == "used"  # when the mapping was made
    assert use["dynamodb:PutItem"] == "never used"
    lab.post_order(orders.first())
    wait.until_logged(lab, lab.names.writer)
    frame = show.access(lab, role).set_index("action")
    assert set(frame.use) == {"used"}
    assert frame.loc["dynamodb:PutItem"].to_list() == [
        "table/Orders",
        "Lambda-Write-DynamoDB",
        "used",
        1,
    ]


def test_denied_calls_are_shown(lab: Lab):
    """A role's denied call, with no policy beside it."""
    iam = lab.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    arn = iam.create_role(RoleName="curious", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    keys = lab.client("sts").assume_role(RoleArn=arn["Arn"], RoleSessionName="me")["Credentials"]
    sqs = lab.session.client(
        "sqs",
        endpoint_url=lab.endpoint_url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    with pytest.raises(ClientError):
        sqs.list_queues()
    assert show.access(lab, "curious").iloc[0].to_list() == ["sqs:ListQueues", "*", "", "denied", 1]


def test_an_unknown_role(lab: Lab):
    """It says how to make the pipeline's."""
    with pytest.raises(StageMissing, match="nobody"):
        show.access(lab, "nobody")
