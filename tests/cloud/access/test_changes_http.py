"""Every change of a policy counts from the very next call, whatever was decided before it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from labkit.lab import Lab
from tests.cloud.access.conftest import ACCOUNT, Account, Actor, allow, document
from tests.cloud.access.test_hops_http import api, post, role, sending
from tests.waiting import until

SEND = "sqs:SendMessage"
Json = Any
Change = Callable[[], object]


def role_of(actor: Actor) -> str:
    """The name of a session's role."""
    return actor.arn.split("/")[-2]


def sender(actor: Actor, url: str) -> Callable[[], bool]:
    """Whether somebody may send to a queue, as a call shows it."""
    sqs = actor.client("sqs")

    def may_send() -> bool:
        try:
            sqs.send_message(QueueUrl=url, MessageBody="x")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDenied", error
            return False
        return True

    return may_send


def check(may: Callable[[], bool], *changes: tuple[Change, bool]) -> None:
    """Ask twice after each change, so that the second answer may be a remembered one."""
    for number, (change, expected) in enumerate(changes, start=1):
        change()
        assert (may(), may()) == (expected, expected), f"after change {number}"


def test_a_roles_own_policy(account: Account):
    """Put, put anew and deleted."""
    url, _ = account.queue()
    actor, iam = account.session(), account.client("iam")
    named = {"RoleName": role_of(actor), "PolicyName": "own"}

    def put(*statements: Json) -> Change:
        return lambda: iam.put_role_policy(**named, PolicyDocument=document(*statements))

    check(
        sender(actor, url),
        (lambda: None, False),
        (put(allow(SEND)), True),
        (put(allow(SEND, on="arn:aws:sqs:us-east-1:*:other")), False),
        (put(allow("sqs:*")), True),
        (put(allow("sqs:*"), {"Effect": "Deny", "Action": SEND, "Resource": "*"}), False),
        (put(allow("sqs:*")), True),
        (lambda: iam.delete_role_policy(**named), False),
    )


def test_an_attached_policy(account: Account):
    """Attached, given another default version, detached."""
    url, _ = account.queue()
    actor, iam = account.session(), account.client("iam")
    made = iam.create_policy(PolicyName=account.name("p"), PolicyDocument=document(allow(SEND)))
    arn = made["Policy"]["Arn"]
    attached = {"RoleName": role_of(actor), "PolicyArn": arn}
    narrow = document(allow("sns:Publish"))
    check(
        sender(actor, url),
        (lambda: iam.attach_role_policy(**attached), True),
        (lambda: iam.detach_role_policy(**attached), False),
        (lambda: iam.attach_role_policy(**attached), True),
        (
            lambda: iam.create_policy_version(
                PolicyArn=arn, PolicyDocument=narrow, SetAsDefault=True
            ),
            False,
        ),
        (lambda: iam.set_default_policy_version(PolicyArn=arn, VersionId="v1"), True),
    )


def test_a_boundary(account: Account):
    """Put and deleted."""
    url, _ = account.queue()
    actor, iam = account.session(allow("sqs:*")), account.client("iam")
    narrow = document(allow("sqs:ReceiveMessage"))
    made = iam.create_policy(PolicyName=account.name("boundary"), PolicyDocument=narrow)
    name, arn = role_of(actor), made["Policy"]["Arn"]
    check(
        sender(actor, url),
        (lambda: None, True),
        (
            lambda: iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn),
            False,
        ),
        (lambda: iam.delete_role_permissions_boundary(RoleName=name), True),
    )


@pytest.mark.fidelity(
    "IAM",
    "A role that is made anew by a deleted one's name is another role: its sessions gain nothing.",
    source="IAM guide: reference_policies_elements_principal",
)
def test_a_role_that_is_deleted_and_made_again(account: Account):
    """Without it a session may do nothing; a new role of its name has policies for its own."""
    url, _ = account.queue()
    actor, iam = account.session(allow(SEND)), account.client("iam")
    name = role_of(actor)
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]

    def delete() -> None:
        iam.delete_role_policy(RoleName=name, PolicyName="own")
        iam.delete_role(RoleName=name)

    check(
        sender(actor, url),
        (lambda: None, True),
        (delete, False),
        (
            lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust)),
            False,
        ),
        (
            lambda: iam.put_role_policy(
                RoleName=name, PolicyName="own", PolicyDocument=document(allow("*"))
            ),
            False,
        ),
    )
    taken = account.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{name}", RoleSessionName="anew"
    )
    assert sender(Actor(actor.endpoint, taken["Credentials"], ""), url)()


def test_a_users_boundary(account: Account):
    """Given with the user, put, taken away; GetUser shows it."""
    url, _ = account.queue()
    iam, name = account.client("iam"), account.name("bounded")
    narrow = document(allow("sqs:ReceiveMessage"))
    made = iam.create_policy(PolicyName=account.name("boundary"), PolicyDocument=narrow)
    limit = {"PermissionsBoundary": made["Policy"]["Arn"]}
    user = iam.create_user(UserName=name, **limit)["User"]
    shown = iam.get_user(UserName=name)["User"]["PermissionsBoundary"]
    assert shown["PermissionsBoundaryArn"] == limit["PermissionsBoundary"]
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document(allow("sqs:*")))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    check(
        sender(Actor(account.endpoint, key, user["Arn"]), url),
        (lambda: None, False),
        (lambda: iam.delete_user_permissions_boundary(UserName=name), True),
        (lambda: iam.put_user_permissions_boundary(UserName=name, **limit), False),
    )
    assert "PermissionsBoundary" in iam.get_user(UserName=name)["User"]


def test_a_users_group_and_key(account: Account):
    """A group's policy counts for who is in it; a key that is turned off is nobody's."""
    url, _ = account.queue()
    actor, iam = account.user(), account.client("iam")
    user, group = actor.arn.rpartition("/")[2], account.name("group")
    iam.create_group(GroupName=group)
    policy = document(allow(SEND))
    iam.put_group_policy(GroupName=group, PolicyName="own", PolicyDocument=policy)
    member = {"GroupName": group, "UserName": user}
    check(
        sender(actor, url),
        (lambda: None, False),
        (lambda: iam.add_user_to_group(**member), True),
        (lambda: iam.remove_user_from_group(**member), False),
        (lambda: iam.add_user_to_group(**member), True),
    )
    iam.update_access_key(UserName=user, AccessKeyId=actor.keys["AccessKeyId"], Status="Inactive")
    with pytest.raises(ClientError, match="security token included in the request is invalid"):
        actor.client("sqs").send_message(QueueUrl=url, MessageBody="x")


def test_who_has_another_name_has_the_same_policies(account: Account):
    """A user and its group; what was allowed by the old names is by the new ones."""
    url, _ = account.queue()
    actor, iam = account.user(), account.client("iam")
    user, group = actor.arn.rpartition("/")[2], account.name("group")
    iam.create_group(GroupName=group)
    iam.put_group_policy(GroupName=group, PolicyName="own", PolicyDocument=document(allow(SEND)))
    iam.add_user_to_group(GroupName=group, UserName=user)
    check(
        sender(actor, url),
        (lambda: iam.update_user(UserName=user, NewUserName=f"{user}-new"), True),
        (lambda: iam.update_group(GroupName=group, NewGroupName=f"{group}-new"), True),
        (lambda: iam.delete_group_policy(GroupName=f"{group}-new", PolicyName="own"), False),
    )
    assert iam.get_user(UserName=f"{user}-new")["User"]["Arn"].endswith(f":user/{user}-new")


def test_a_queues_policy(account: Account):
    """Set, set anew and removed."""
    url, arn = account.queue()
    actor, sqs = account.session(), account.client("sqs")
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{role_of(actor)}"}
    statement = {"Principal": principal, "Action": SEND, "Resource": arn}

    def put(policy: str) -> Change:
        return lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    check(
        sender(actor, url),
        (put(document({"Effect": "Allow", **statement})), True),
        (put(document({"Effect": "Deny", **statement})), False),
        (put(document({"Effect": "Allow", **statement})), True),
        (put(""), False),
    )


def test_a_topics_policy(account: Account):
    """Set anew, to allow and to deny."""
    sns, actor = account.client("sns"), account.session()
    topic = sns.create_topic(Name=account.name("topic"))["TopicArn"]
    publish = actor.client("sns").publish
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{role_of(actor)}"}
    statement = {"Principal": principal, "Action": "sns:Publish", "Resource": topic}

    def put(effect: str) -> Change:
        value = document({"Effect": effect, **statement})
        return lambda: sns.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=value
        )

    def may_publish() -> bool:
        try:
            publish(TopicArn=topic, Message="x")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AuthorizationError", error
            return False
        return True

    check(may_publish, (put("Allow"), True), (put("Deny"), False), (put("Allow"), True))


def test_a_tables_policy(account: Account):
    """Put and deleted."""
    dynamodb, actor = account.client("dynamodb"), account.session()
    key = {"AttributeName": "id", "AttributeType": "S"}
    arn = dynamodb.create_table(
        TableName=account.name("Orders"),
        AttributeDefinitions=[key],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{role_of(actor)}"}
    scan = {"Effect": "Allow", "Principal": principal, "Action": "dynamodb:Scan", "Resource": arn}
    reader = actor.client("dynamodb")

    def may_scan() -> bool:
        try:
            reader.scan(TableName=arn)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDeniedException", error
            return False
        return True

    check(
        may_scan,
        (lambda: dynamodb.put_resource_policy(ResourceArn=arn, Policy=document(scan)), True),
        (lambda: dynamodb.delete_resource_policy(ResourceArn=arn), False),
    )


def test_a_hops_role_and_its_trust(account: Account):
    """API Gateway's integration fails and works with each change of the role that it takes."""
    name, arn = role(account, allow(SEND))
    _, queue_arn = account.queue()
    url, iam = api(account, **sending(queue_arn, arn)), account.client("iam")
    trust = json.dumps(iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"])
    nobody = trust.replace("apigateway", "ec2")

    def trusting(text: str) -> Change:
        return lambda: iam.update_assume_role_policy(RoleName=name, PolicyDocument=text)

    def put(*actions: str) -> Change:
        policy = document(allow(*actions))
        return lambda: iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)

    def delete() -> None:
        iam.delete_role_policy(RoleName=name, PolicyName="own")
        iam.delete_role(RoleName=name)

    check(
        lambda: post(url)[0] == 200,
        (lambda: None, True),
        (trusting(nobody), False),
        (trusting(trust), True),
        (put("sqs:ReceiveMessage"), False),
        (put(SEND), True),
        (delete, False),
    )


def test_a_session_that_ends(account: Account):
    """What it might do a second before is refused."""
    url, _ = account.queue()
    actor = account.session(allow(SEND), DurationSeconds=900)
    assert sender(actor, url)()
    turned = json.dumps({"advance": 901}).encode()
    page = urllib.request.Request(f"{account.endpoint}/_lab/clock", turned, method="POST")
    urllib.request.urlopen(page).close()
    with pytest.raises(ClientError, match="security token included in the request is expired"):
        actor.client("sqs").send_message(QueueUrl=url, MessageBody="x")


def test_a_condition_on_the_time(account: Account):
    """A permission ends at its hour, though it was used until then."""
    url, _ = account.queue()
    with urllib.request.urlopen(f"{account.endpoint}/_lab/clock") as answer:
        end = str(int(json.load(answer)["now"]) + 3600)
    until_then = {"NumericLessThan": {"aws:EpochTime": end}}
    may_send = sender(account.user(allow(SEND, Condition=until_then)), url)
    turned = json.dumps({"advance": 3601}).encode()
    page = urllib.request.Request(f"{account.endpoint}/_lab/clock", turned, method="POST")
    check(
        may_send,
        (lambda: None, True),
        (lambda: urllib.request.urlopen(page).close(), False),
    )


def test_a_change_that_iam_takes_its_time_for(account: Account, lab: Lab):
    """It counts once it is made, though the same was decided while IAM was still at it."""
    url, _ = account.queue()
    actor, iam = account.session(allow(SEND)), account.client("iam")
    may_send = sender(actor, url)
    slow = {"service": "iam", "operation": "DeleteRolePolicy", "delay": 60.0}
    with lab.faults(slow) as faults, ThreadPoolExecutor(1) as caller:
        named = {"RoleName": role_of(actor), "PolicyName": "own"}
        deleting = caller.submit(iam.delete_role_policy, **named)
        until(lambda: faults.counts()[0]["hits"])
        assert may_send(), "not deleted yet"
        lab.clock.advance(seconds=61)
        deleting.result(timeout=9)
    assert not may_send()
