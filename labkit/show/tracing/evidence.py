"""What every stage says of one order, read with boto3 and changing nothing.

On AWS the same calls give the same evidence, except for what only the local cloud can show: the
messages that are still in the queue (looking would count as a delivery there), the mails and the
webhook's requests. Those are missing from a trace on AWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from labkit.errors import LocalOnly, StageMissing
from labkit.lab import Lab
from labkit.orders.accounting import order_of_mail, order_of_post
from labkit.pipeline.absence import unless_absent
from labkit.posts import Post, order_id_of
from labkit.show.log_events import Line, by_request, read_lines
from labkit.show.queues import read_messages
from labkit.show.streams import read_records

Document = dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """What is known of one order, stage by stage; logs are whole, all else is the order's own.

    `records` are the stream's records with `eventName` beside the data. `messages`, `dead_letters`
    and `audits` are as `lab.peek` gives them, `mails` and `requests` as the lab's pages do.
    """

    order_id: str
    posts: list[Post] = field(default_factory=list)
    messages: list[Document] = field(default_factory=list)
    dead_letters: list[Document] = field(default_factory=list)
    writer: list[Line] = field(default_factory=list)
    item: Document | None = None
    records: list[Document] = field(default_factory=list)
    notifier: list[Line] = field(default_factory=list)
    mails: list[Document] = field(default_factory=list)
    requests: list[Document] = field(default_factory=list)
    audits: list[Document] = field(default_factory=list)


def read(lab: Lab, order_id: str) -> Evidence:
    """The evidence of one order; a stage that is not built has none."""
    names = lab.names
    return Evidence(
        order_id,
        posts=[post for post in lab.posts if post.order_id == order_id],
        messages=[
            message
            for message in _there(lambda: read_messages(lab, names.queue))
            if order_id_of(message["body"]) == order_id
        ],
        dead_letters=[
            message
            for message in _there(lambda: read_messages(lab, names.dead_letter_queue))
            if order_id_of(message["body"]) == order_id
        ],
        writer=by_request(_there(lambda: read_lines(lab, names.writer))),
        item=_item(lab, order_id),
        records=[
            {"eventName": event, **data}
            for event, data in _there(lambda: list(read_records(lab, names.table)))
            if data["Keys"].get("orderID") == {"S": order_id}
        ],
        notifier=by_request(_there(lambda: read_lines(lab, names.notifier))),
        mails=[mail for mail in _there(lab.inbox) if order_of_mail(mail) == order_id],
        requests=[
            request
            for request in _there(lambda: lab.webhook(names.webhook))
            if order_of_post(request) == order_id
        ],
        audits=[
            message
            for message in _there(lambda: read_messages(lab, names.audit_queue))
            if order_of_post(message) == order_id
        ],
    )


def message_id_of(notification: Document) -> str:
    """SNS's MessageId in what it delivered, be it a webhook's request or a queue's message."""
    return json.loads(notification["body"])["MessageId"]


def _there(read_all: Callable[[], list[Any]]) -> list[Any]:
    try:
        return read_all()
    except (StageMissing, LocalOnly):
        return []


def _item(lab: Lab, order_id: str) -> Document | None:
    dynamodb = lab.client("dynamodb")
    name = lab.names.table
    table = unless_absent(dynamodb.describe_table, TableName=name)
    keys = [part["AttributeName"] for part in table["Table"]["KeySchema"]] if table else []
    if keys != ["orderID"]:
        return None
    key = {"orderID": {"S": order_id}}
    return dynamodb.get_item(TableName=name, Key=key, ConsistentRead=True).get("Item")
