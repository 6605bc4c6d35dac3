"""What a function is handed: SQS messages and stream records as the records of a Lambda event.

Shapes as recorded, and as in
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event and
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-sample-dynamodb.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from labkit.cloud.instants import iso_time
from labkit.cloud.mappings.retries import Batch, Record, created

if TYPE_CHECKING:
    from labkit.cloud.queues.message import LabMessage

#: The largest payload of a synchronous invocation, which closes a batch:
#: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST_EVENT = 6 * 1024 * 1024

_ENVELOPE = len('{"Records": []}')


def event(records: Iterable[Record]) -> bytes:
    """The payload of an invocation with these records."""
    return json.dumps({"Records": list(records)}).encode()


def within_limit(records: Iterable[Record]) -> Iterator[list[Record]]:
    """`records` in order, cut wherever an event would exceed 6 MB."""
    batch: list[Record] = []
    size = _ENVELOPE
    for record in records:
        length = len(json.dumps(record)) + 2
        if batch and size + length > LARGEST_EVENT:
            yield batch
            batch, size = [], _ENVELOPE
        batch.append(record)
        size += length
    if batch:
        yield batch


def message_record(message: LabMessage, *, queue_arn: str, region: str, windowed: bool) -> Record:
    """One received SQS message as a record.

    `md5OfMessageAttributes` of a message without attributes was recorded as null from mappings
    with a batching window (`windowed`), and not at all from those without.
    """
    record: Record = {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": _attributes(message),
        "messageAttributes": {
            name: _attribute(value) for name, value in message.message_attributes.items()
        },
    }
    if message.message_attributes:
        record["md5OfMessageAttributes"] = message.attribute_md5
    elif windowed:
        record["md5OfMessageAttributes"] = None
    record["md5OfBody"] = message.body_md5
    record["eventSource"] = "aws:sqs"
    record["eventSourceARN"] = queue_arn
    record["awsRegion"] = region
    return record


def failure_record(
    batch: Batch,
    *,
    condition: str,
    function_arn: str,
    shard_id: str,
    stream_arn: str,
    now: float,
) -> dict[str, Any]:
    """What an on-failure destination is told about a batch that was given up; times in seconds.

    Only metadata: the records themselves stay in the stream for the rest of their 24 hours. A
    batch that became too old before it was ever invoked has no request id and no response.
    """
    numbers = batch.sequence_numbers
    outcome = batch.outcome
    return {
        "requestContext": {
            "requestId": outcome.request_id if outcome else None,
            "functionArn": function_arn,
            "condition": condition,
            "approximateInvokeCount": batch.invocations,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": outcome.executed_version,
            "functionError": outcome.function_error,
        }
        if outcome
        else None,
        "version": "1.0",
        "timestamp": iso_time(now),
        "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": numbers[0],
            "endSequenceNumber": numbers[-1],
            "approximateArrivalOfFirstRecord": iso_time(created(batch.records[0]), "seconds"),
            "approximateArrivalOfLastRecord": iso_time(created(batch.records[-1]), "seconds"),
            "batchSize": len(batch.records),
            "streamArn": stream_arn,
        },
    }


def _attributes(message: LabMessage) -> dict[str, str]:
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    optional = {
        "SequenceNumber": message.sequence_number,
        "MessageGroupId": message.group_id,
        "MessageDeduplicationId": message.deduplication_id,
    }
    attributes.update({name: value for name, value in optional.items() if value is not None})
    # AWSTraceHeader, and DeadLetterQueueSourceArn of a message that a queue gave up on.
    attributes.update(
        {name: value["StringValue"] for name, value in message.system_attributes.items()}
    )
    return attributes


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    """A message attribute in the event's lower camel case; the lists are always there, empty."""
    attribute: dict[str, Any] = {}
    if "BinaryValue" in value:
        attribute["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    else:
        attribute["stringValue"] = value.get("StringValue")
    return attribute | {
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }
