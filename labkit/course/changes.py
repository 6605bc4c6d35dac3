"""What happens to orders in the exercises of notebook 05: a day of changes, and a few actions.

Both follow from the student's id alone, so that a check knows what the stream tells without asking
it again tomorrow, when it has forgotten.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from labkit import orders
from labkit.lab import Lab
from labkit.orders.invoices import PENNY
from labkit.pipeline.absence import unless_absent

INSERT, MODIFY, REMOVE = "INSERT", "MODIFY", "REMOVE"
DAY = "day"
CORRECTED = Decimal("0.9")  # what is left of a total that was too high


@dataclass(frozen=True)
class Change:
    """One change of the day: the event that the stream tells, the order, its total afterwards."""

    event: str
    order_id: str
    total: Decimal


def day(student_id: str) -> list[Change]:
    """Twelve orders come in; four of them are corrected and four others are cancelled.

    >>> [change.event for change in day("s01")][:10]
    ['INSERT', 'INSERT', 'INSERT', 'INSERT', 'INSERT', 'INSERT', 'MODIFY', 'MODIFY', 'REMOVE', \
'REMOVE']
    """
    mine = orders.yours(student_id, count=12)
    draw = random.Random(f"changes of {student_id}")
    changes = []
    for half in (mine[:6], mine[6:]):
        changes += [Change(INSERT, order["id"], order["total"]) for order in half]
        touched = draw.sample(half, 4)
        changes += [
            Change(MODIFY, order["id"], (order["total"] * CORRECTED).quantize(PENNY))
            for order in touched[:2]
        ]
        changes += [Change(REMOVE, order["id"], order["total"]) for order in touched[2:]]
    return changes


def happen(lab: Lab) -> str:
    """Make the practice table anew, let the day happen in it, and return its stream's ARN."""
    dynamodb = lab.client("dynamodb")
    name = lab.names.practice(DAY)
    if unless_absent(dynamodb.delete_table, TableName=name) is not None:
        dynamodb.get_waiter("table_not_exists").wait(TableName=name)
    table = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "orderID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "orderID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    dynamodb.get_waiter("table_exists").wait(TableName=name)
    for change in day(lab.student_id):
        key = {"orderID": {"S": change.order_id}}
        if change.event == REMOVE:
            dynamodb.delete_item(TableName=name, Key=key)
        else:
            dynamodb.put_item(TableName=name, Item={**key, "total": {"N": str(change.total)}})
    return table["LatestStreamArn"]


def actions(student_id: str) -> list[str]:
    """What is done to one order, in this order: put it, pack it, or delete it.

    Some of it changes nothing, and one order is packed that is not there any more.

    >>> actions("s01")[0], len(actions("s01"))
    ('put', 7)
    """
    parts = [["put", "put"], ["pack"], ["delete", "delete", "pack"]]
    random.Random(f"actions of {student_id}").shuffle(parts)
    return ["put", *(action for part in parts for action in part)]
