"""The query protocol, where moto leaves it unfinished: calls by URL, answers in JSON, and errors.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from uuid import uuid4

from multidict import CIMultiDict

from labkit.cloud.aws_errors import AwsError
from labkit.cloud.messages import Request, Response
from labkit.cloud.protocols import TARGET
from labkit.cloud.readings import Reading

NO_ID = b'"RequestId": "request-id"'
# moto's second text of an error may escape other characters than its first one does.
TWICE = re.compile(rb"(</Message>)<message>[^<]*</message>")
# Recorded: a queue's own URL does not take what is about no queue or about all of them.
UNKNOWN_OPERATION = b"<UnknownOperationException/>"
NOT_OF_A_QUEUE = {"CreateQueue", "ListQueues"}


def refused_by_queue(reading: Reading) -> Response | None:
    """SQS's answer to a call of a queue's URL that names no operation, or one of no queue."""
    request = reading.request
    if reading.service != "sqs" or TARGET in request.headers or request.path.count("/") < 2:
        return None
    operation = reading.operation
    if operation is not None and operation.name in NOT_OF_A_QUEUE:
        message = f"The action {operation.name} is not valid for this endpoint."
        return AwsError("", "InvalidAction", "InvalidAction", 400, message).answer(request)
    if operation is None and request.method == "GET":
        return Response(404, CIMultiDict({"Content-Type": "text/xml"}), UNKNOWN_OPERATION)
    return None


def asking_for_json(request: Request) -> Request:
    """A query-protocol request whose `Accept` asks for JSON, in the form that moto knows.

    AWS's query services answer `{"SendMessageResponse": ...}` then; API Gateway relies on it.
    """
    if not (request.is_form and request.headers.get("Accept", "").startswith("application/json")):
        return request
    return replace(request, body=request.body + b"&ContentType=JSON")


def in_protocol(request: Request, response: Response) -> Response:
    """The answer to a query-protocol request, which moto leaves unfinished in three cases.

    What was answered as JSON, an operation that moto lacks say, gets the form of query services;
    and JSON that was asked for gets a request id. An error's text stands in it once, as recorded.
    """
    if not request.is_form:
        return response
    if response.status >= 400:
        response = replace(response, body=_told_once(response.body))
    if response.status < 400 or response.body[:10] != b'{"__type":':
        if NO_ID in response.body:
            request_id = f'"RequestId": "{uuid4()}"'.encode()
            response = replace(response, body=response.body.replace(NO_ID, request_id))
        return response
    error = json.loads(response.body)
    name = error["__type"].split("#")[-1]
    return AwsError("", name, name, response.status, error["message"]).answer(request)


def _told_once(error: bytes) -> bytes:
    """An error, in XML or JSON, without the second text that moto puts beside the first one."""
    if b"</Message><message>" in error:
        return TWICE.sub(rb"\1", error)
    if error.startswith(b'{"Error": ') and b', "message": ' in error:
        document = json.loads(error)
        document["Error"].pop("message", None)
        return json.dumps(document).encode()
    return error
