"""Principals of a cloud under test, each with clients of its own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.permissions import powerful_role

ACCOUNT = "123456789012"
ONCE = Config(retries={"total_max_attempts": 1})
_numbers = itertools.count(1)
Json = Any


def document(*statements: Json) -> str:
    """A policy as JSON text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, on: str = "*", **more: Json) -> Json:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


@dataclass(frozen=True)
class Actor:
    """Somebody with credentials, which `client` signs with."""

    endpoint: str
    keys: dict[str, str]
    arn: str

    def client(self, service: str, **changed: str) -> Any:
        """A boto3 client; `changed` replaces some of the credentials."""
        keys = {**self.keys, **changed}
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=ONCE,
        )


@dataclass(frozen=True)
class Account:
    """The account's administrator, and what it makes for tests."""

    endpoint: str
    client: Callable[..., Any]

    def name(self, prefix: str) -> str:
        """A name that nothing else has."""
        return f"{prefix}-{next(_numbers)}"

    def session(self, *statements: Json, **options: Json) -> Actor:
        """A session of a new role whose policy has these statements."""
        name, iam = self.name("role"), self.client("iam")
        boundary = {k: v for k, v in options.items() if k == "PermissionsBoundary"}
        trust = document(
            {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
        )
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **boundary)["Role"]
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="own", PolicyDocument=document(*statements)
            )
        rest = {k: v for k, v in options.items() if k not in boundary}
        taken = self.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test", **rest)
        return Actor(self.endpoint, taken["Credentials"], taken["AssumedRoleUser"]["Arn"])

    def user(self, *statements: Json) -> Actor:
        """A new user with an access key."""
        name, iam = self.name("user"), self.client("iam")
        user = iam.create_user(UserName=name)["User"]
        if statements:
            iam.put_user_policy(
                UserName=name, PolicyName="own", PolicyDocument=document(*statements)
            )
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Actor(self.endpoint, key, user["Arn"])

    def queue(self, *statements: Json) -> tuple[str, str]:
        """The URL and ARN of a new queue; `statements` are its policy."""
        name, sqs = self.name("queue"), self.client("sqs")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
        if statements:
            policy = document(*({**statement, "Resource": arn} for statement in statements))
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return url, arn

    def powerful_role(self) -> str:
        """A role that may do anything, for services."""
        return powerful_role(self.client("iam"), self.name("powerful"))


@pytest.fixture(scope="module")
def account(cloud: str, client: Callable[..., Any]) -> Account:
    """A cloud that holds nothing yet."""
    return Account(cloud, client)
