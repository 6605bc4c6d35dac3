"""Mails and webhook requests, from what the local cloud recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from labkit.errors import LocalOnly
from labkit.names import Names
from labkit.show import inbox, webhook
from labkit.show.deliveries import INBOX_COLUMNS, WEBHOOK_COLUMNS


@dataclass
class Recorded:
    """The part of a lab that these tables read."""

    mails: list[dict] = field(default_factory=list)
    requests: list[dict] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    def inbox(self) -> list[dict]:
        return self.mails

    def webhook(self, name: str) -> list[dict]:
        return self.requests if name == "orders" else []


def sent(body: str, received: float, **headers: str) -> dict:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"received": received, "headers": named, "body": body, "answered": 200}


def test_mails():
    """A mail is one row; links, which hold tokens, are hidden until `ids` shows them."""
    link = "http://127.0.0.1:4566/?Action=ConfirmSubscription&Token=2336"
    mail = {
        "received": 7.0,
        "to": ["ada@example.com"],
        "subject": "Confirm",
        "text": f"Visit {link} now",
        "links": [link],
    }
    frame = inbox(Recorded(mails=[mail]))
    assert list(frame.columns) == INBOX_COLUMNS
    assert frame.iloc[0].to_list() == [
        "mail-1",
        "+0.0 s",
        "ada@example.com",
        "Confirm",
        "Visit (hidden) now",
    ]
    assert inbox(Recorded(mails=[mail]), ids=True).loc[0, "text"] == f"Visit {link} now"


def test_notifications_and_retries():
    """A notification shows what SNS sent; a retry has the alias of the message that it repeats."""
    body = json.dumps(
        {
            "Type": "Notification",
            "Subject": "Order 536365",
            "Message": "new order",
            "Signature": "c2lnbmVk",
            "MessageAttributes": {"country": {"Type": "String", "Value": "France"}},
        }
    )
    headers = {"X_Amz_Sns_Message_Id": "9b1c", "x_amz_sns_message_type": "Notification"}
    requests = [sent(body, 1.0, **headers), sent(body, 21.0, **headers)]
    frame = webhook(Recorded(requests=requests))
    assert list(frame.columns) == WEBHOOK_COLUMNS
    assert list(frame["request"]) == ["request-1", "request-1"]
    assert list(frame["received"]) == ["+0.0 s", "+20.0 s"]
    assert frame.loc[0, ["subject", "message", "attributes", "signed"]].to_list() == [
        "Order 536365",
        "new order",
        "country=France",
        True,
    ]


@pytest.mark.parametrize("body", ["plain text", "[1, 2]", '{"order": 1}', ""])
def test_other_bodies_are_shown_as_they_are(body):
    """A raw delivery, or a request of somebody else, is a message without an envelope."""
    frame = webhook(Recorded(requests=[sent(body, 1.0), sent(body, 2.0)]))
    assert list(frame["request"]) == ["request-1", "request-2"]
    assert frame.loc[0, "message"] == body
    assert frame.loc[0, "type"] == ""


def test_nothing_arrived():
    """No mail and no request are empty tables."""
    assert list(inbox(Recorded()).columns) == INBOX_COLUMNS
    assert list(webhook(Recorded(), "other").columns) == WEBHOOK_COLUMNS


def test_on_aws_there_is_no_inbox(aws_lab):
    """On AWS the mails are in the student's own mailbox."""
    with pytest.raises(LocalOnly):
        inbox(aws_lab)
