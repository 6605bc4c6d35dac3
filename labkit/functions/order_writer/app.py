"""Order writer: takes orders from the queue and stores each one exactly once.

SQS delivers at least once, so the same order can come again. The put is conditional on the order's
own id: the second time it fails, and that failure is the proof that the work is done.

What cannot be stored is reported as a failed item, and only that: the other messages of the batch
are deleted. The failed one comes back after the queue's visibility timeout, and after
`maxReceiveCount` times it goes to the dead-letter queue, where somebody can look at it.
"""

import json
import logging
import os
from decimal import Decimal
from functools import cache

import boto3
from botocore.exceptions import ClientError

KEY = "orderID"

logger = logging.getLogger("order_writer")
logger.setLevel(logging.INFO)  # Lambda's root logger lets only warnings through


class OrderRefused(Exception):
    """This order breaks a rule of the business; trying again will not help."""


def handler(event, context):
    """Store the orders of one batch; return the messages that must be delivered again."""
    table = orders_table()
    records = event["Records"]
    failures = []
    for record in records:
        try:
            order = json.loads(record["body"], parse_float=Decimal)
            refuse_if_wrong(order)
            outcome = store(table, order)
        except OrderRefused as refusal:
            reason = str(refusal)
            log(logging.WARNING, "refused", record, records, orderID=order["id"], reason=reason)
            failures.append({"itemIdentifier": record["messageId"]})
        except Exception as error:
            logger.exception("message %s could not be stored", record["messageId"])
            reason = f"{type(error).__name__}: {error}"
            log(logging.ERROR, "failed", record, records, reason=reason)
            failures.append({"itemIdentifier": record["messageId"]})
        else:
            log(logging.INFO, outcome, record, records, orderID=order["id"])
    return {"batchItemFailures": failures}


def store(table, order):
    """Put one order; "stored" the first time, "duplicate" whenever it comes again."""
    item = {KEY: order["id"]} | {name: value for name, value in order.items() if name != "id"}
    try:
        table.put_item(Item=item, ConditionExpression=f"attribute_not_exists({KEY})")
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return "duplicate"
        raise
    return "stored"


def refuse_if_wrong(order):
    """Raise OrderRefused unless every line can be picked, packed and billed.

    The API has checked the form. These rules are about meaning, and they change with the business.
    """
    for number, line in enumerate(order["lines"], start=1):
        where = f"line {number} ({line['sku']})"
        if not line["description"].strip():
            raise OrderRefused(f"{where} has no description")
        if line["quantity"] < 1:
            raise OrderRefused(f"{where} has the quantity {line['quantity']}")
        if line["price"] <= 0:
            raise OrderRefused(f"{where} has no price")


@cache
def orders_table():
    """The table, once it is certain that its key is the one that makes an order unique.

    With another key every put would succeed and every redelivery would store the order again, or
    every put would fail one by one. One DescribeTable at the cold start says so at once.
    """
    table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
    expected = [{"AttributeName": KEY, "KeyType": "HASH"}]
    if table.key_schema != expected:  # reading key_schema calls DescribeTable
        found = ", ".join(f"{key['AttributeName']} ({key['KeyType']})" for key in table.key_schema)
        raise RuntimeError(
            f"Table '{table.name}' has the key {found}; the order writer needs {KEY} (HASH). "
            f"Create the table with KeySchema={expected}."
        )
    return table


def log(level, outcome, record, records, **fields):
    """One JSON object a line, for people to read and for programs to parse.

    It says which message it tells of, at which delivery, out of how large a batch, and when the
    message was sent, so that an order can be followed from the queue on.
    """
    fields |= {
        "messageId": record["messageId"],
        "receiveCount": int(record["attributes"]["ApproximateReceiveCount"]),
        "batchSize": len(records),
        "sentTimestamp": int(record["attributes"]["SentTimestamp"]),
    }
    logger.log(level, json.dumps({"outcome": outcome} | fields))
