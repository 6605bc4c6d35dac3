"""What a check sends through the pipeline, and how it waits for it at the other end.

A probe is a real order under a number that no shop uses, so that it is recognised anywhere and can
be taken out again.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from labkit import orders
from labkit.course.judgement import require
from labkit.errors import TooLate
from labkit.lab import Lab
from labkit.orders.invoices import Order
from labkit.pipeline import wait

# Every character that a form, a URL or a template could spoil.
DIFFICULT_TEXT = 'CHARLIE & LOLA, GIN + TONIC: 100% "wool" =? £5 #1 50%25'
ASIDE = 60  # seconds for which messages stay hidden that a check received but did not look for
PATIENCE = 10  # seconds until something must have happened


def make_order(*, description: str = DIFFICULT_TEXT, total: float | Decimal | None = None) -> Order:
    """An order in order, with a number of its own; its only line has this description."""
    order = orders.first()
    line = order["lines"][0] | {"description": description, "quantity": 1}
    number = f"9{secrets.randbelow(10**11):011}"
    return order | {"id": number, "lines": [line], "total": total or line["price"]}


def take(
    lab: Lab, queue_url: str, matches: Callable[[str], bool], *, seconds: int = PATIENCE
) -> str | None:
    """Wait for the message whose body matches, delete it and return the body.

    Other messages that come first are given back. None when it does not come in so many seconds.
    """
    found = take_message(lab, queue_url, matches, seconds=seconds)
    return None if found is None else found["Body"]


def take_message(
    lab: Lab, queue_url: str, matches: Callable[[str], bool], *, seconds: int = PATIENCE
) -> dict[str, Any] | None:
    """As `take`, but return the whole message, with its attributes."""
    sqs = lab.client("sqs")
    others = []
    try:
        while messages := sqs.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            WaitTimeSeconds=seconds,
            VisibilityTimeout=ASIDE,
        ).get("Messages"):
            found = next((one for one in messages if matches(one["Body"])), None)
            others += [message for message in messages if message is not found]
            if found is not None:
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=found["ReceiptHandle"])
                return found
        return None
    finally:
        for message in others:
            sqs.change_message_visibility(
                QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )


def order_number(body: str) -> str | None:
    """The `id` or `orderID` in a message that is JSON; None in any other.

    >>> order_number('{"id": "536365"}')
    '536365'
    """
    try:
        parsed = json.loads(body)
    except ValueError:
        return None
    return (parsed.get("id") or parsed.get("orderID")) if isinstance(parsed, dict) else None


def is_untouched(body: str, sent: str) -> None:
    """Require that an order came out of the API as it went in, letter by letter."""
    require(
        body == sent or not body.startswith(sent),
        f"The order arrives, but {body.removeprefix(sent)[:40]!r} has stuck to its end.",
        "Fields of a form are separated by &: look at what follows the body in your template.",
    )
    require(
        order_number(body) is not None,
        "The order ends at its first ampersand: the body is not encoded.",
        "`MessageBody=$util.urlEncode($input.body)`",
    )
    same = json.loads(body) == json.loads(sent)
    require(
        body == sent,
        "The order was written anew on its way: the amounts are the same, the text is not; 12.50 "
        "has become 12.5."
        if same
        else "Another order arrives than the one that was sent.",
        "`$input.body` is the text as it came; `$input.json` reads it and writes it again.",
    )


def is_stored(lab: Lab, order_id: str) -> bool:
    """Whether the order is in the table in good time."""
    try:
        wait.until_stored(lab, order_id, patience=PATIENCE)
    except TooLate:
        return False
    return True


def let_settle(lab: Lab) -> None:
    """Wait until what a probe has passed through is at rest again; others' messages may not be."""
    with suppress(TooLate):
        wait.until_worked_off(lab, patience=2)


def store_item(lab: Lab, order: Order) -> None:
    """Put a probe into the table as the order writer does, for the notifier to read."""
    serialize = TypeSerializer().serialize
    item = {"orderID" if name == "id" else name: value for name, value in order.items()}
    lab.client("dynamodb").put_item(
        TableName=lab.names.table, Item={name: serialize(value) for name, value in item.items()}
    )


def change_item(lab: Lab, order_id: str) -> None:
    """Change a probe in the table."""
    lab.client("dynamodb").update_item(
        TableName=lab.names.table,
        Key={"orderID": {"S": order_id}},
        UpdateExpression="SET packed = :yes",
        ExpressionAttributeValues={":yes": {"BOOL": True}},
    )


def read_item(lab: Lab, order_id: str) -> dict[str, Any]:
    """An order as the table holds it now, in DynamoDB's types; empty when it is not there."""
    answer = lab.client("dynamodb").get_item(
        TableName=lab.names.table, Key={"orderID": {"S": order_id}}, ConsistentRead=True
    )
    return answer.get("Item", {})


def remove_item(lab: Lab, order_id: str) -> None:
    """Take a probe out of the table."""
    lab.client("dynamodb").delete_item(TableName=lab.names.table, Key={"orderID": {"S": order_id}})
