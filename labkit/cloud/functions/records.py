"""Events of asynchronous invocations, and the records of how they ended.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html; the
forms without a response are those that the LocalStack project recorded on AWS.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from labkit.cloud.functions.errors import Refused
from labkit.cloud.functions.outcome import Outcome
from labkit.cloud.instants import iso_time

LARGEST_ERROR_MESSAGE = 1024


@dataclass(frozen=True)
class Event:
    """An accepted event; every attempt has the same request id and is of the same trace."""

    function_arn: str
    payload: bytes
    request_id: str
    accepted: float
    trace: str = ""
    client_context: str | None = None


def invocation_record(
    event: Event,
    condition: str,
    outcome: Outcome | Refused,
    *,
    function_arn: str,
    attempts: int,
    now: float,
) -> dict[str, Any]:
    """What a destination is told; `function_arn` has the version that was meant."""
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": iso_time(now),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": function_arn,
            "condition": condition,
            "approximateInvokeCount": attempts,
        },
        "requestPayload": _json(event.payload or b"{}"),
    }
    if isinstance(outcome, Outcome):
        context: dict[str, Any] = {"statusCode": 200, "executedVersion": outcome.executed_version}
        if outcome.function_error is not None:
            context["functionError"] = outcome.function_error
        record["responseContext"] = context
        record["responsePayload"] = _json(outcome.payload)
    return record


def dead_letter_attributes(event: Event, outcome: Outcome | Refused) -> dict[str, dict[str, str]]:
    """The message attributes beside an event in a dead-letter queue.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
    """
    if isinstance(outcome, Refused):
        code, message = str(outcome.status), outcome.message
    else:
        document = _json(outcome.payload)
        code = "200"
        message = str(document.get("errorMessage", "")) if isinstance(document, dict) else ""
    attributes = {
        "RequestID": {"DataType": "String", "StringValue": event.request_id},
        "ErrorCode": {"DataType": "Number", "StringValue": code},
    }
    if message:
        text = message.encode()[:LARGEST_ERROR_MESSAGE].decode(errors="ignore")
        attributes["ErrorMessage"] = {"DataType": "String", "StringValue": text}
    return attributes


def _json(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except ValueError:
        return payload.decode(errors="replace")
