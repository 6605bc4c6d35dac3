"""A policy that cannot be read is refused by whatever would keep it, in AWS's words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.access.conftest import ACCOUNT, Account, allow, document

Json = Any
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
GOOD = {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": QUEUE}
DEPUTY = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
UNREADABLE = {
    "no JSON": "{",
    "too deep": "[" * 5000,
    "no object": "[]",
    "no statement": document(),  # see policy_setters
    "a statement that is none": document("Deny"),  # type: ignore[arg-type]
    "an unknown operator": document({**GOOD, "Condition": {"StringSimilar": {"aws:a": "b"}}}),
    "an invented negation": document({**GOOD, "Condition": {"NotBool": {"aws:a": "true"}}}),
    "conditions that are none": document({**GOOD, "Condition": ["aws:SourceAccount"]}),
    "a key that is none": document({**GOOD, "Condition": {"StringEquals": "aws:SourceAccount"}}),
    "no number": document({**GOOD, "Condition": {"NumericLessThan": {"aws:EpochTime": "soon"}}}),
    "no date": document({**GOOD, "Condition": {"DateLessThan": {"aws:CurrentTime": "soon"}}}),
    "no address": document({**GOOD, "Condition": {"IpAddress": {"aws:SourceIp": "here"}}}),
    "no effect": document({**GOOD, "Effect": "deny"}),
    "no action": document({**GOOD, "Action": {"sqs": "SendMessage"}}),
    "both elements of a pair": document({**GOOD, "NotAction": "sqs:DeleteQueue"}),
    "an unknown element": document({**GOOD, "Conditions": DEPUTY}),
    "an unknown version": json.dumps({"Version": "2026-01-01", "Statement": [GOOD]}),
}
OF_RESOURCES = {
    "nobody is meant": document({name: GOOD[name] for name in GOOD if name != "Principal"}),
    "a name by itself": document({**GOOD, "Principal": f"arn:aws:iam::{ACCOUNT}:root"}),
    "a kind that is none": document({**GOOD, "Principal": {"User": "ana"}}),
}


def refusal(call: Callable[..., Any], **arguments: Json) -> tuple[str, str]:
    """Code and message of the error that a call gets."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


@pytest.mark.parametrize("text", [*UNREADABLE.values(), *OF_RESOURCES.values()],
                         ids=[*UNREADABLE, *OF_RESOURCES])  # fmt: skip
@pytest.mark.fidelity(
    "IAM",
    "A resource's policy that cannot be read, or names no principal, is refused when it is set.",
    source="IAM guide: reference_policies_grammar",
)
@pytest.mark.fidelity(
    "SQS",
    "A queue policy that cannot be read is refused, and the old one stays.",
    source="SQS API: SetQueueAttributes",
)
def test_policies_of_resources(account: Account, text: str):
    """Queues and topics, made with it or given it, and tables."""
    sqs, sns, dynamodb = (account.client(name) for name in ("sqs", "sns", "dynamodb"))
    of_queue = ("InvalidAttributeValue", "Invalid value for the parameter Policy.")
    url, arn = account.queue(GOOD)
    policy = {"Policy": text}
    assert refusal(sqs.set_queue_attributes, QueueUrl=url, Attributes=policy) == of_queue
    kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
    assert json.loads(kept["Policy"])["Statement"] == [{**GOOD, "Resource": arn}]
    assert refusal(sqs.create_queue, QueueName=account.name("q"), Attributes=policy) == of_queue
    of_topic = ("InvalidParameter", "Invalid parameter: Policy Error: null")
    topic = sns.create_topic(Name=account.name("t"))["TopicArn"]
    named = {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": text}
    assert refusal(sns.set_topic_attributes, **named) == of_topic
    assert refusal(sns.create_topic, Name=account.name("t"), Attributes=policy) == of_topic
    table = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/Orders"
    answer = refusal(dynamodb.put_resource_policy, ResourceArn=table, Policy=text)
    assert answer[0] == "ValidationException"


def without_principal(text: str) -> str:
    """A document as an identity's policy."""
    return text.replace('"Principal": "*", ', "")


@pytest.mark.parametrize("text", [*map(without_principal, UNREADABLE.values())], ids=UNREADABLE)
@pytest.mark.fidelity(
    "IAM",
    "An identity's, a trust or a session policy that cannot be read is malformed.",
    source="IAM API: PutRolePolicy",
)
def test_policies_of_identities(account: Account, text: str):
    """Inline, managed, a trust and a session policy."""
    iam, sts, name = account.client("iam"), account.client("sts"), account.name("r")
    trust = document({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.create_user(UserName=name)
    iam.create_group(GroupName=name)
    own = {"PolicyName": "own", "PolicyDocument": text}
    made = iam.create_policy(PolicyName=name, PolicyDocument=document(allow("sqs:*")))
    managed = made["Policy"]["Arn"]
    with_principal = text.replace('"Action"', '"Principal": "*", "Action"')
    malformed = [
        refusal(iam.put_role_policy, RoleName=name, **own),
        refusal(iam.put_user_policy, UserName=name, **own),
        refusal(iam.put_group_policy, GroupName=name, **own),
        refusal(iam.create_policy, PolicyName=account.name("p"), PolicyDocument=text),
        refusal(iam.create_policy_version, PolicyArn=managed, PolicyDocument=text),
        refusal(
            iam.create_role,
            RoleName=account.name("r"),
            AssumeRolePolicyDocument=with_principal,
        ),
        refusal(iam.update_assume_role_policy, RoleName=name, PolicyDocument=with_principal),
        refusal(sts.assume_role, RoleArn=role, RoleSessionName="me", Policy=text),
    ]
    assert {code for code, _ in malformed} == {"MalformedPolicyDocument"}


def test_a_trust_policy_names_somebody(account: Account):
    """Without a principal it would mean nobody, and is refused."""
    trust = document({"Effect": "Allow", "Action": "sts:AssumeRole"})
    create = account.client("iam").create_role
    code, _ = refusal(create, RoleName=account.name("r"), AssumeRolePolicyDocument=trust)
    assert code == "MalformedPolicyDocument"


def test_a_topic_is_opened_and_closed(account: Account):
    """AddPermission writes a statement into the topic's policy, which RemovePermission takes out.

    https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html
    """
    sns = account.client("sns")
    topic = sns.create_topic(Name=account.name("topic"))["TopicArn"]
    given = {"AWSAccountId": ["111122223333"], "ActionName": ["Publish"]}

    def statements() -> dict[str, Any]:
        policy = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
        return {each["Sid"]: each for each in json.loads(policy)["Statement"]}

    before = statements()
    sns.add_permission(TopicArn=topic, Label="guest", **given)
    added = statements()["guest"]
    assert (added["Effect"], added["Action"], added["Resource"]) == ("Allow", "SNS:Publish", topic)
    assert "111122223333" in str(added["Principal"])
    sns.remove_permission(TopicArn=topic, Label="guest")
    assert statements() == before


def test_an_action_that_does_not_exist_is_taken(account: Account):
    """IAM does not know the actions of services; `labkit policy check` does."""
    account.session(allow("sqs:SendMesage", "nothing:AtAll"))
    url, _ = account.queue({"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMesage"})
    attributes = account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    assert "SendMesage" in attributes["Attributes"]["Policy"]
