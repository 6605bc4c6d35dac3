"""The far end of the pipeline: mails in the inbox, requests at a webhook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.stable import Aliases, compact, offsets

INBOX_COLUMNS = ["mail", "received", "to", "subject", "text"]
WEBHOOK_COLUMNS = [
    "request",
    "received",
    "type",
    "subject",
    "message",
    "attributes",
    "signed",
    "answered",
]
HIDDEN = "(hidden)"
NEWS = "Notification"  # SNS's type of a message that was published
# The mails of SNS that bring no news, by their subjects.
CONFIRMATIONS = (
    "AWS Notification - Subscription Confirmation",
    "AWS Notification - Unsubscribe Confirmation",
)


def inbox(lab: Lab, *, ids: bool = False) -> Frame:
    """The mails in the local cloud's inbox, oldest first.

    Columns: mail (an alias), received (seconds after the first mail), to, subject, text (with
    `(hidden)` for each link, which carries a token, unless `ids=True`). Raises `LocalOnly` on AWS.

    >>> show.inbox(lab)
    mail    received  to                   subject                                       text
    mail-1  +0.0 s    student@example.com  AWS Notification - Subscription Confirmation  You ha...
    mail-2  ...       student@example.com  Order 536365: 139.12 GBP                      { "sum...
    ...
    """
    mails = lab.inbox()
    aliases = Aliases("mail")
    times = offsets(mail["received"] for mail in mails)
    rows = [
        {
            "mail": aliases[str(number)],
            "received": time,
            "to": ", ".join(mail["to"]),
            "subject": mail["subject"],
            "text": mail["text"] if ids else _without(mail["text"], mail["links"]),
        }
        for number, (mail, time) in enumerate(zip(mails, times, strict=True))
    ]
    return build_frame(INBOX_COLUMNS, rows)


def webhook(lab: Lab, name: str | None = None, *, ids: bool = False) -> Frame:
    """The requests that a webhook of the local cloud received, oldest first.

    Columns: request (an alias; SNS's MessageId with `ids=True`, the same for a retry), received
    (seconds after the first request), type (SNS's message type; empty for other senders),
    subject, message, attributes, signed (whether a signature came along; it is not verified here),
    answered (the status that the webhook gave). Raises `LocalOnly` on AWS.

    >>> show.webhook(lab)
    request    received  type                      subject  message  attributes  signed  answered
    request-1  +0.0 s    SubscriptionConfirmation           You have chosen to subscribe ...
    ...
    """
    requests = lab.webhook(name or lab.names.webhook)
    aliases = Aliases("request", ids=ids)
    times = offsets(request["received"] for request in requests)
    rows = []
    for number, (request, time) in enumerate(zip(requests, times, strict=True)):
        document = _document(request["body"])
        message = document.get("Message", request["body"])
        rows.append(
            {
                "request": aliases[header(request, "x-amz-sns-message-id") or str(number)],
                "received": time,
                "type": message_type(request),
                "subject": document.get("Subject", ""),
                "message": message,
                "attributes": _attributes(document),
                "signed": "Signature" in document,
                "answered": request["answered"],
            }
        )
    return build_frame(WEBHOOK_COLUMNS, rows)


def count_mails(lab: Lab, address: str = "") -> tuple[int, int]:
    """The mails to an address, or all: those with news, and confirmations."""
    mails = [mail for mail in lab.inbox() if not address or address in mail["to"]]
    confirmations = sum(mail["subject"] in CONFIRMATIONS for mail in mails)
    return len(mails) - confirmations, confirmations


def count_requests(lab: Lab, name: str) -> tuple[int, int]:
    """The requests at a webhook: those with news, and SNS's confirmations.

    What somebody else than SNS sends is news.
    """
    kinds = [message_type(request) for request in lab.webhook(name)]
    news = sum(kind in ("", NEWS) for kind in kinds)
    return news, len(kinds) - news


def message_type(request: Mapping[str, Any]) -> str:
    """What SNS says that a recorded request is; empty when SNS did not send it."""
    return header(request, "x-amz-sns-message-type")


def header(request: Mapping[str, Any], name: str) -> str:
    """The value of a recorded request's header, whatever the case of its name."""
    found = (value for key, value in request["headers"].items() if key.lower() == name)
    return next(found, "")


def _document(body: str) -> dict[str, Any]:
    """SNS's JSON envelope; an empty dict for any other body."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) and "Type" in parsed else {}


def _attributes(document: Mapping[str, Any]) -> str:
    found = document.get("MessageAttributes", {})
    return compact({key: attribute["Value"] for key, attribute in found.items()})


def _without(text: str, links: list[str]) -> str:
    for link in links:
        text = text.replace(link, HIDDEN)
    return text
