"""What Lambda hands to a function that reads a queue, and what the function makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from labkit.course.judgement import Mistake, require
from labkit.lab import Lab
from labkit.pipeline.arns import queue_arn


def batch_of(lab: Lab, bodies: Mapping[str, str]) -> dict[str, Any]:
    """An event with one record for each body, by its messageId."""
    return {"Records": [_record(lab, name, body) for name, body in bodies.items()]}


def invoke(lab: Lab, function: str, event: Mapping[str, Any]) -> tuple[Any, bool]:
    """What a function answers to an event, and whether that is the error with which it ended."""
    answer = lab.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read() or "null"), "FunctionError" in answer


def failed_items(answer: Any) -> set[Any]:
    """The items that an answer reports as failed."""
    failures = (answer or {}).get("batchItemFailures") or []
    return {failure["itemIdentifier"] for failure in failures}


def reported_items(answer: Any, event: Mapping[str, Any]) -> set[str]:
    """As `failed_items`, but an answer that Lambda would not read as meant is a mistake."""
    require(
        answer is None or isinstance(answer, dict),
        f"The function answers a {type(answer).__name__}, which Lambda does not read as a report.",
        "Return {'batchItemFailures': [...]}.",
    )
    try:
        found = failed_items(answer)
    except (TypeError, KeyError):
        raise Mistake(
            "The function's report has another form than Lambda reads, so the whole batch comes "
            "back.",
            "Each failure is a dictionary: {'itemIdentifier': record['messageId']}.",
        ) from None
    known = {record["messageId"] for record in event["Records"]}
    require(
        found <= known,
        "The function reports what is no messageId of the batch, so the whole batch comes back.",
        "itemIdentifier is the messageId of a record, whatever number its order has.",
    )
    return found


def stored_keys(lab: Lab) -> set[str]:
    """The key of every item in the table of orders."""
    pages = (
        lab.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=lab.names.table, ProjectionExpression="orderID", ConsistentRead=True)
    )
    return {item["orderID"]["S"] for page in pages for item in page["Items"]}


def _record(lab: Lab, message_id: str, body: str) -> dict[str, Any]:
    # https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
    return {
        "messageId": message_id,
        "receiptHandle": "-",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1291191960000",
            "SenderId": "-",
            "ApproximateFirstReceiveTimestamp": "1291191960000",
        },
        "messageAttributes": {},
        "md5OfBody": "-",
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn(lab, lab.names.queue),
        "awsRegion": lab.region,
    }
