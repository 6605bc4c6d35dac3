"""Where each order ended, from what was observed and from nothing else.

Every order must end in exactly one of three places. The evidence comes from outside the pipeline:
the API's answers, the table's items, the webhook's posts and the inbox's mails, the messages of
the dead-letter queue and the order writer's log. An order for which the evidence does not add up
is shown as unaccounted, never guessed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pandas import DataFrame


class End(StrEnum):
    """Where an order can end."""

    STORED = "stored and notified"
    REFUSED = "refused at the API"
    DEAD_LETTERED = "dead-lettered"
    UNACCOUNTED = "unaccounted"


class Answer(Protocol):
    """What the API answered: `labkit.answer.Answer` is one."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> Any: ...


def account(
    answers: Mapping[str, Answer],
    *,
    items: Iterable[dict[str, Any]],
    posts: Iterable[dict[str, Any]],
    mails: Iterable[dict[str, Any]],
    dead_letters: Iterable[dict[str, Any]],
    refusals: Mapping[str, str],
) -> DataFrame:
    """One row for each invoice sent: what was seen of it at every stage, where it ended, and why.

    `answers` are the API's answers by invoice; `items` what a scan of the table gave; `posts` what
    the webhook received; `mails` what the inbox holds; `dead_letters` the messages of the
    dead-letter queue; `refusals` the order writer's reasons, from its log.

    Columns: invoice, answer (HTTP status), stored, webhook, mail, dead_lettered (how often each),
    end (an `End`), reason.
    """
    import pandas as pd  # here, because it takes longer to import than an order takes to travel

    stored = Counter(item["orderID"]["S"] for item in items)
    posted = Counter(filter(None, map(order_of_post, posts)))
    mailed = Counter(filter(None, map(order_of_mail, mails)))
    dead = Counter(filter(None, map(order_of_dead_letter, dead_letters)))
    rows = []
    for invoice, answer in answers.items():
        seen = (stored[invoice], posted[invoice], mailed[invoice], dead[invoice])
        end = end_of(answer.status, *seen)
        reason = _reason(end, answer, refusals.get(invoice), seen)
        rows.append((invoice, answer.status, *seen, end.value, reason))
    columns = ["invoice", "answer", "stored", "webhook", "mail", "dead_lettered", "end", "reason"]
    return pd.DataFrame(rows, columns=columns)


def totals(accounts: DataFrame) -> DataFrame:
    """How many invoices ended where, with their sum: the last line of the account."""
    import pandas as pd

    counts = accounts["end"].value_counts()
    rows = [(end.value, int(counts.get(end.value, 0))) for end in End]
    return pd.DataFrame([*rows, ("all invoices", len(accounts))], columns=["end", "invoices"])


def end_of(status: int, stored: int, posted: int, mailed: int, dead: int) -> End:
    """The one place where an order ended, or UNACCOUNTED when the evidence does not agree.

    >>> end_of(200, 1, 1, 1, 0)
    <End.STORED: 'stored and notified'>
    >>> end_of(200, 0, 0, 0, 0)
    <End.UNACCOUNTED: 'unaccounted'>
    """
    accepted = status == 200
    if accepted and stored == 1 and posted and mailed and not dead:
        return End.STORED
    if accepted and dead and not (stored or posted or mailed):
        return End.DEAD_LETTERED
    if 400 <= status < 500 and not (stored or posted or mailed or dead):
        return End.REFUSED
    return End.UNACCOUNTED


def order_of_post(post: Mapping[str, Any]) -> str | None:
    """The order that an SNS Notification tells of; None for a confirmation.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
    """
    envelope = _json(post["body"])
    if envelope is None or envelope.get("Type") != "Notification":
        return None
    return (_json(envelope["Message"]) or {}).get("orderID")


def order_of_mail(mail: Mapping[str, Any]) -> str | None:
    """The order that a notification by e-mail tells of; None for any other mail."""
    return (_json(mail["text"]) or {}).get("orderID")


def order_of_dead_letter(message: Mapping[str, Any]) -> str | None:
    """The order in a message of the dead-letter queue; None when it holds no order."""
    return (_json(message["Body"]) or {}).get("id")


def _reason(end: End, answer: Answer, refusal: str | None, seen: tuple[int, int, int, int]) -> str:
    match end:
        case End.STORED:
            return ""
        case End.REFUSED:
            return str(answer.body.get("message", answer.body))
        case End.DEAD_LETTERED:
            return refusal or "the order writer logged no reason"
    return "seen stored {}, webhook {}, mail {}, dead-lettered {} times".format(*seen)


def _json(text: str) -> dict[str, Any] | None:
    """The first JSON object in a text (SNS puts a footer below a mail's message)."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        return json.JSONDecoder().raw_decode(text, start)[0]
    except ValueError:
        return None
