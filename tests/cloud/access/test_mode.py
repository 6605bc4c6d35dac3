"""LAB_IAM: enforce, observe, off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from labkit.cloud.access.mode import Mode, mode_of
from labkit.errors import SettingError
from tests.cloud.access.conftest import ACCOUNT, Account
from tests.cloud.access.raw import send
from tests.cloud.access.test_hops_http import api, depth, function, logged, post, role, sending
from tests.waiting import until


@contextmanager
def running(mode: str, errors: Path) -> Iterator[Account]:
    """A cloud in this mode; what it prints goes to `errors`."""
    with errors.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "labkit.cloud", "--with-parent"],
            env=os.environ | {"LAB_IAM": mode},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        assert process.stdin is not None and process.stdout is not None
        try:
            facts = json.loads(process.stdout.readline())
            assert "endpoint_url" in facts, facts["error"]
            session = boto3.Session(region_name="us-east-1")
            url = facts["endpoint_url"]
            yield Account(url, lambda name: session.client(name, endpoint_url=url))
        finally:
            process.stdin.close()
            process.wait(timeout=20)
            process.stdout.close()


def test_settings():
    """Without the variable the gate enforces; another word is an error that names the choices."""
    assert mode_of(None) is mode_of("") is Mode.ENFORCE
    assert mode_of("observe") is Mode.OBSERVE
    with pytest.raises(SettingError, match="enforce, observe and off"):
        mode_of("soft")


def test_observe_lets_through_and_says_what_is_missing(tmp_path: Path):
    """The statement is printed once, ready to be copied."""
    errors = tmp_path / "errors.txt"
    with running("observe", errors) as account:
        actor = account.session()
        url, arn = account.queue()
        for _ in range(2):
            assert actor.client("sqs").send_message(QueueUrl=url, MessageBody="x")["MessageId"]
        with pytest.raises(ClientError, match="security token"):
            actor.client("sns", SessionToken="foreign").list_topics()
    printed = errors.read_text()
    assert printed.count("LAB_IAM=observe: User:") == 1
    statement = json.dumps({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn})
    assert statement in printed


def test_observe_lets_the_hops_through_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A poller, an API, a topic and a function's log: each works, and says what it lacks."""
    errors = tmp_path / "errors.txt"
    with running("observe", errors) as account:
        monkeypatch.setenv("AWS_ENDPOINT_URL", account.endpoint)  # what `until` waits on
        _, role_arn = role(account)
        writer = function(account, role_arn)
        (polled, polled_arn), (_, sent_to), (told, told_arn) = (account.queue() for _ in range(3))
        account.client("lambda").create_event_source_mapping(
            EventSourceArn=polled_arn, FunctionName=writer
        )
        account.client("sqs").send_message(QueueUrl=polled, MessageBody="x")
        until(lambda: depth(account, polled) == (0, 0) and "ran\n" in logged(account, writer))
        assert post(api(account, **sending(sent_to, role_arn)))[0] == 200
        sns = account.client("sns")
        topic = sns.create_topic(Name=account.name("topic"))["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=told_arn)
        sns.publish(TopicArn=topic, Message="x")
        received = account.client("sqs").receive_message(QueueUrl=told, WaitTimeSeconds=20)
        assert received["Messages"]
        with urllib.request.urlopen(
            f"{account.endpoint}/_lab/access/minimal?role={role_arn}"
        ) as answer:
            page = answer.read()
        smallest = {
            (statement["Resource"], action)
            for statement in json.loads(page)["Statement"]
            for action in statement["Action"]
        }
        unread = send(account.session(), "sqs", b"{}", {})
        assert "is not authorized" not in unread[1]
    printed = errors.read_text()
    sns_itself = {"Principal": {"Service": "sns.amazonaws.com"}}
    log = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/{writer}:*"
    for kind, who, action, resource in (
        ("an identity-based policy", {}, "sqs:ReceiveMessage", polled_arn),
        ("an identity-based policy", {}, "sqs:DeleteMessage", polled_arn),
        ("an identity-based policy", {}, "sqs:SendMessage", sent_to),
        ("an identity-based policy", {}, "logs:PutLogEvents", log),
        ("a resource-based policy", sns_itself, "sqs:SendMessage", told_arn),
    ):
        statement = {"Effect": "Allow", **who, "Action": action, "Resource": resource}
        assert f"What is missing in {kind}: {json.dumps(statement)}" in printed, action
    assert {(log, "logs:PutLogEvents"), (sent_to, "sqs:SendMessage")} <= smallest
    assert "not authorized to perform what sqs cannot make out" in printed


def test_off_asks_nobody(tmp_path: Path):
    """Any call passes, and nothing is recorded."""
    with running("off", tmp_path / "errors.txt") as account:
        actor = account.session()
        url, _ = account.queue()
        client = actor.client("sqs", SecretAccessKey="wrong", SessionToken="foreign")
        assert client.send_message(QueueUrl=url, MessageBody="x")["MessageId"]
    assert (tmp_path / "errors.txt").read_text() == ""
