"""Order notifier: tells the topic about every order that is new in the table.

It reads the table's stream, not the queue: what it announces has been stored. A stream keeps its
order, so the first record that cannot be published ends the batch: its sequence number tells
Lambda where to go on, and nothing after it is published twice.
"""

import json
import logging
import os
from decimal import Decimal
from functools import cache

import boto3
from boto3.dynamodb.types import TypeDeserializer

logger = logging.getLogger("order_notifier")
logger.setLevel(logging.INFO)  # Lambda's root logger lets only warnings through


def handler(event, context):
    """Publish the orders that one batch of stream records inserted."""
    sns = topic_client()
    records = event["Records"]
    for record in records:
        sequence_number = record["dynamodb"]["SequenceNumber"]
        if record["eventName"] != "INSERT":
            log(
                logging.INFO, "passed over", sequence_number, records, eventName=record["eventName"]
            )
            continue
        try:
            order = plain(record["dynamodb"]["NewImage"])
            answer = sns.publish(TopicArn=os.environ["TOPIC_ARN"], **notification(order))
        except Exception as error:
            logger.exception("record %s could not be published", sequence_number)
            reason = f"{type(error).__name__}: {error}"
            log(logging.ERROR, "failed", sequence_number, records, reason=reason)
            return {"batchItemFailures": [{"itemIdentifier": sequence_number}]}
        log(
            logging.INFO,
            "published",
            sequence_number,
            records,
            orderID=order["orderID"],
            messageId=answer["MessageId"],
        )
    return {"batchItemFailures": []}


def notification(order):
    """Subject, message and attributes for one order.

    The message is indented JSON: people can read it in a mail, programs can parse it. Subscribers
    filter on the attributes.
    """
    quantity = sum(line["quantity"] for line in order["lines"])
    total = f"{order['total']:.2f}"
    customer_type = "guest" if order["customer"] == "guest" else "account"
    message = {
        "summary": f"{quantity} items for {total} {order['currency']} to {order['country']}",
        "orderID": order["orderID"],
        "customer": order["customer"],
        "country": order["country"],
        "placed_at": order["placed_at"],
        "currency": order["currency"],
        "total": order["total"],
        "lines": order["lines"],
    }
    return {
        "Subject": f"Order {order['orderID']}: {total} {order['currency']}",
        "Message": json.dumps(message, indent=1, default=number),
        "MessageAttributes": {
            "orderID": {"DataType": "String", "StringValue": order["orderID"]},
            "country": {"DataType": "String", "StringValue": order["country"]},
            "customer_type": {"DataType": "String", "StringValue": customer_type},
            "total": {"DataType": "Number", "StringValue": total},
        },
    }


def plain(image):
    """A stream record's image as a plain dict: {"total": {"N": "9.5"}} becomes {"total": 9.5}."""
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in image.items()}


def number(value):
    """A Decimal as JSON can write it; amounts with two places are exact either way."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} cannot be written as JSON")
    return int(value) if value == value.to_integral_value() else float(value)


@cache
def topic_client():
    """The SNS client, once it is certain that the topic is there and takes what this publishes.

    A FIFO topic wants a message group with every message, and a topic that is gone fails them all:
    one GetTopicAttributes at the cold start says so, before a stream record has been touched.
    """
    sns = boto3.client("sns")
    topic_arn = os.environ["TOPIC_ARN"]
    try:
        attributes = sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"]
    except sns.exceptions.NotFoundException:
        raise RuntimeError(
            f"Topic {topic_arn} does not exist. Create it, or correct TOPIC_ARN in the function's "
            "environment."
        ) from None
    if attributes.get("FifoTopic") == "true":
        raise RuntimeError(
            f"Topic {topic_arn} is a FIFO topic; the order notifier needs a standard topic."
        )
    return sns


def log(level, outcome, sequence_number, records, **fields):
    """One JSON object a line, for people to read and for programs to parse.

    It says which record it tells of, and out of how large a batch.
    """
    fields |= {"sequenceNumber": sequence_number, "batchSize": len(records)}
    logger.log(level, json.dumps({"outcome": outcome} | fields))
