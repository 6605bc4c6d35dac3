"""Policies of tables and streams: which one is expected, and which holders there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cloud.access.conftest import ACCOUNT, allow, document

ARN = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/shelves"
POLICY = document(allow("dynamodb:GetItem", on=ARN, Principal="*"))


@pytest.fixture(scope="module")
def dynamodb(client: Callable[..., Any]) -> Any:
    """DynamoDB with one table."""
    made = client("dynamodb")
    made.create_table(
        TableName="shelves",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return made


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A table or stream has one policy; a wrong ExpectedRevisionId leaves it as it is.",
    source="DynamoDB API: PutResourcePolicy",
)
def test_a_policy_is_replaced_only_if_it_is_the_expected_one(dynamodb: Any) -> None:
    """NO_POLICY expects none; another revision than the present one is PolicyNotFoundException."""
    missing = dynamodb.exceptions.PolicyNotFoundException
    with pytest.raises(missing):
        dynamodb.get_resource_policy(ResourceArn=ARN)
    put = {"ResourceArn": ARN, "Policy": POLICY}
    revision = dynamodb.put_resource_policy(**put, ExpectedRevisionId="NO_POLICY")["RevisionId"]
    assert dynamodb.get_resource_policy(ResourceArn=ARN)["RevisionId"] == revision
    # Words that moto's tests (test_dynamodb_resource_policy.py) have verified against AWS.
    with pytest.raises(
        missing,
        match="ResourceArn: Requested policy update expecting none to be present for table "
        f"shelves, but a policy exists with revision id {revision}.$",
    ):
        dynamodb.put_resource_policy(**put, ExpectedRevisionId="NO_POLICY")
    words = (
        "ResourceArn: Requested update for policy with revision id 1, but the policy associated to "
        f"target table shelves has revision id {revision}.$"
    )
    with pytest.raises(missing, match=words):
        dynamodb.put_resource_policy(**put, ExpectedRevisionId="1")
    with pytest.raises(missing, match=words):
        dynamodb.delete_resource_policy(ResourceArn=ARN, ExpectedRevisionId="1")
    again = dynamodb.put_resource_policy(**put, ExpectedRevisionId=revision)
    assert again["RevisionId"] == revision  # the same policy is no update
    dynamodb.delete_resource_policy(ResourceArn=ARN)
    with pytest.raises(missing):
        dynamodb.get_resource_policy(ResourceArn=ARN)


def test_only_tables_and_streams_that_exist_have_one(dynamodb: Any) -> None:
    """Neither another table nor a stream that was never opened."""
    stream = f"{ARN}/stream/2026-11-23T03:00:00.000"
    for arn, name in (
        (f"{ARN}-2", "Table: shelves-2 not found"),
        (stream, f"Stream: {stream} not"),
    ):
        with pytest.raises(dynamodb.exceptions.ResourceNotFoundException, match=name):
            dynamodb.put_resource_policy(ResourceArn=arn, Policy=POLICY)


@pytest.mark.parametrize("policy", ["{", "[]", "{}", '{"Statement": []}'])
def test_a_policy_that_says_nothing_is_refused(dynamodb: Any, policy: str) -> None:
    """What cannot be read would allow nothing, and nobody would know why."""
    with pytest.raises(dynamodb.exceptions.ClientError, match="Invalid policy document"):
        dynamodb.put_resource_policy(ResourceArn=ARN, Policy=policy)
