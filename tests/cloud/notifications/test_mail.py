"""E-mail subscribers over real SMTP: the lab's inbox, a server of the reader's, a hanging one."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest

from labkit import aws_settings, targets
from labkit.cloud.notifications import mails
from labkit.cloud.notifications.plane import smtp_of
from labkit.errors import SettingError
from tests.cloud.notifications.conftest import Pages


@pytest.mark.fidelity(
    "SNS",
    "A notification mail has AWS's subject, sender and footer.",
    source="SNS guide: sns-email-notifications",
)
def test_the_notification_mail_has_awss_words():
    """Default subject and sender, the message, AWS's footer with the link to unsubscribe."""
    mail = mails.mail(
        "ada@example.com", None, mails.notification("café & co", "http://127.0.0.1/u")
    )
    assert mail["From"] == "AWS Notifications <no-reply@sns.amazonaws.com>"
    assert mail["Subject"] == "AWS Notification Message"
    text = mail.get_content().replace("\r\n", "\n")
    assert text.startswith(
        "café & co\n\n--\nIf you wish to stop receiving notifications from this topic, please "
        "click or visit the link below to unsubscribe:\nhttp://127.0.0.1/u\n\n"
        "Please do not reply directly to this email."
    )


def test_a_long_line_is_mailed_whole():
    """A message of one very long line fits SMTP's line limit and comes back unchanged."""
    mail = mails.mail("ada@example.com", "Hi", "x" * 200_000)
    assert max(len(line) for line in mail.as_bytes().split(b"\r\n")) < 1000
    assert mail.get_content().strip() == "x" * 200_000


@pytest.mark.fidelity(
    "SNS", "A topic's DisplayName is the sender's name.", source="SNS API: SetTopicAttributes"
)
def test_the_display_name_is_the_sender():
    """A topic's DisplayName takes the place of "AWS Notifications"."""
    mail = mails.mail("ada@example.com", "Hi", "{}", sender="Orders")
    assert mail["From"] == "Orders <no-reply@sns.amazonaws.com>"


def test_lab_smtp_must_name_a_port():
    """A setting without a port is refused with what to write instead."""
    assert smtp_of(None) is None
    with pytest.raises(SettingError, match="host:port"):
        smtp_of("localhost")


@pytest.mark.parametrize("protocol", ["email", "email-json"])
@pytest.mark.fidelity(
    "SNS",
    "An e-mail subscriber confirms by a link, and leaves by one.",
    source="SNS guide: sns-email-notifications",
)
def test_mails_follow_the_confirmed_link(sns: Any, pages: Pages, topic: str, protocol: str):
    """Confirmation mail, link, notification mail, unsubscribe link, goodbye mail."""
    pages.call("DELETE", "/_lab/inbox")
    answer = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint="ada@example.com")
    assert answer["SubscriptionArn"] == "pending confirmation"
    (asked,) = pages.inbox()
    assert asked["from"] == "AWS Notifications <no-reply@sns.amazonaws.com>"
    assert asked["to"] == ["ada@example.com"]
    assert asked["subject"] == "AWS Notification - Subscription Confirmation"
    link = next(each for each in asked["links"] if "ConfirmSubscription" in each)
    with urllib.request.urlopen(link) as page:
        assert b"<SubscriptionArn>" in page.read()

    sns.publish(TopicArn=topic, Subject="New order", Message="CHARLIE & LOLA: 12.50 £")
    (mail,) = pages.inbox(after=1)
    assert mail["subject"] == "New order"
    if protocol == "email":
        assert mail["text"].startswith("CHARLIE & LOLA: 12.50 £\n\n--\n")
    else:
        assert json.loads(mail["text"])["Message"] == "CHARLIE & LOLA: 12.50 £"
    link = next(each for each in mail["links"] if "Unsubscribe" in each)
    urllib.request.urlopen(link).close()
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    (goodbye,) = pages.inbox(after=2)
    assert any("ConfirmSubscription" in each for each in goodbye["links"])


@pytest.fixture
def start_with(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Pages]]:
    """Starts a cloud of its own whose LAB_SMTP is the given address."""
    with ExitStack() as clouds:

        def start(address: str) -> Pages:
            monkeypatch.setenv("LAB_SMTP", address)
            endpoint_url, stop = targets.start_cloud()
            clouds.callback(stop)
            return Pages(endpoint_url)

        yield start


def subscribe(pages: Pages) -> tuple[Any, str]:
    """SNS of a cloud, and a topic of it with an e-mail subscriber."""
    sns = boto3.client("sns", region_name=aws_settings.REGION, endpoint_url=pages.endpoint_url)
    topic = sns.create_topic(Name="orders")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ada@example.com")
    return sns, topic


@pytest.mark.fidelity(
    "SNS",
    "Mails go to the lab's inbox, or to the server that LAB_SMTP names.",
    differs="A lab has no mail domain, and must not write to strangers.",
)
def test_lab_smtp_names_the_server_that_gets_the_mails(
    pages: Pages, start_with: Callable[[str], Pages]
):
    """With LAB_SMTP at another inbox the mails go there, and not to the lab's own."""
    pages.call("DELETE", "/_lab/inbox")
    other = start_with(pages.call("GET", "/_lab/health")["smtp"])
    subscribe(other)
    (mail,) = pages.inbox()
    assert mail["links"][0].startswith(f"{other.endpoint_url}/?Action=ConfirmSubscription")
    assert other.inbox(wait=0) == []


@pytest.mark.fidelity(
    "SNS",
    "A mail server that hangs holds up mails alone.",
    source="SNS guide: sns-message-delivery-retries",
)
def test_a_hanging_mail_server_holds_up_only_mail(start_with: Callable[[str], Pages]):
    """With LAB_SMTP at a server that never says a word, webhooks get everything."""
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        pages = start_with(f"127.0.0.1:{mute.getsockname()[1]}")
        sns, topic = subscribe(pages)
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=pages.webhook_url("shop"))
        token = json.loads(pages.webhook("shop")[0]["body"])["Token"]
        sns.confirm_subscription(TopicArn=topic, Token=token)
        mute.settimeout(10)
        waiting, _ = mute.accept()  # the mail is under way, and will be for as long as we say
        with waiting:
            sns.publish(TopicArn=topic, Message="order")
            assert json.loads(pages.webhook("shop", after=1)[0]["body"])["Message"] == "order"
        assert pages.inbox(wait=0) == []
