"""Log lines, answers and deliveries of one order, as the stages of a pipeline leave them."""

from __future__ import annotations

import json
from typing import Any

from labkit.answer import Answer
from labkit.posts import Post
from labkit.show.log_events import Line, read_stream
from labkit.show.tracing.evidence import Evidence

ORDER = "536365"
SEQUENCE = "400000000000000000001"


def post(message_id: str = "m1", *, status: int = 200, request_id: str = "r1") -> Post:
    """A POST of the order at second 10 (as its answer's header says) that took half a second."""
    body = {"messageId": message_id} if status == 200 else {"message": "Invalid request body"}
    headers = {"Date": "Thu, 01 Jan 1970 00:00:10 GMT", "x-amzn-RequestId": request_id}
    return Post(ORDER, 0.5, Answer(status, headers, body))


def invocation(request: str, began: float, *texts: str | dict[str, Any]) -> list[Line]:
    """The log of one invocation: each text a millisecond after the one before."""
    written = [text if isinstance(text, str) else json.dumps(text) for text in texts]
    messages = [f"START RequestId: {request}", *written, f"REPORT RequestId: {request}"]
    return list(
        read_stream(
            [
                {"timestamp": began * 1000 + number, "message": message}
                for number, message in enumerate(messages)
            ]
        )
    )


def told(outcome: str, **fields: Any) -> dict[str, Any]:
    """What the order writer logs of one message."""
    line = {"outcome": outcome, "messageId": "m1", "receiveCount": 1, "batchSize": 1}
    named = {} if outcome == "failed" else {"orderID": ORDER}
    return line | named | {"sentTimestamp": 10_500} | fields


def published(**fields: Any) -> dict[str, Any]:
    """What the order notifier logs of one record that it published."""
    line = {"outcome": "published", "orderID": ORDER, "messageId": "n1"}
    return line | {"sequenceNumber": SEQUENCE, "batchSize": 1} | fields


def request(status: int = 200, *, received: float = 12.0, number: int = 1) -> dict[str, Any]:
    """One attempt of SNS to tell the webhook."""
    message = json.dumps({"orderID": ORDER})
    body = json.dumps({"Type": "Notification", "MessageId": "n1", "Message": message})
    return {"id": number, "received": received, "headers": {}, "body": body, "answered": status}


def mail(received: float = 12.0) -> dict[str, Any]:
    """The mail about the order."""
    text = json.dumps({"orderID": ORDER})
    return {"received": received, "to": ["ada@example.com"], "text": text}


def record(event: str = "INSERT", number: str = SEQUENCE) -> dict[str, Any]:
    """The stream's record of the order."""
    return {
        "eventName": event,
        "SequenceNumber": number,
        "ApproximateCreationDateTime": 11,
        "Keys": {"orderID": {"S": ORDER}},
    }


def healthy(**changes: Any) -> Evidence:
    """An order that arrived everywhere at the first attempt, but for the changes."""
    evidence = {
        "posts": [post()],
        "writer": invocation("w1", 11.0, told("stored")),
        "item": {"orderID": {"S": ORDER}},
        "records": [record()],
        "notifier": invocation("p1", 11.5, published()),
        "mails": [mail()],
        "requests": [request()],
    }
    return Evidence(ORDER, **(evidence | changes))
