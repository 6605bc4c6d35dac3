"""The query protocol, where moto leaves it unfinished: JSON that is asked for, and errors.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import uuid4

from labkit.cloud.aws_errors import AwsError
from labkit.cloud.messages import Request, Response

NO_ID = b'"RequestId": "request-id"'


def asking_for_json(request: Request) -> Request:
    """A query-protocol request whose `Accept` asks for JSON, in the form that moto knows.

    AWS's query services answer `{"SendMessageResponse": ...}` then; API Gateway relies on it.
    """
    if not (request.is_form and request.headers.get("Accept", "").startswith("application/json")):
        return request
    return replace(request, body=request.body + b"&ContentType=JSON")


def in_protocol(request: Request, response: Response) -> Response:
    """The answer to a query-protocol request, which moto leaves unfinished in two cases.

    What was answered as JSON, an operation that moto lacks say, gets the form of query services;
    and JSON that was asked for gets a request id.
    """
    if not request.is_form:
        return response
    if response.status < 400 or response.body[:10] != b'{"__type":':
        if NO_ID in response.body:
            request_id = f'"RequestId": "{uuid4()}"'.encode()
            response = replace(response, body=response.body.replace(NO_ID, request_id))
        return response
    error = json.loads(response.body)
    name = error["__type"].split("#")[-1]
    return AwsError("", name, name, response.status, error["message"]).answer(request)
