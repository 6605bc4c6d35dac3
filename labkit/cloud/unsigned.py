"""Requests that nobody has signed.

STS takes two of its operations unsigned, and S3 may have public objects. Everything else that
looks like a call of an AWS API gets AWS's answer: the signature is missing.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs
from uuid import uuid4

from multidict import CIMultiDict

from labkit.cloud.messages import Request, Response

STS_OPERATIONS = {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}
REST_API = re.compile(r"/(\d{4}-\d\d-\d\d|restapis|apikeys|usageplans|v2/apis)(/|$)")
REASON = "Request is missing Authentication Token"


def service_of(request: Request) -> str:
    """The service that an unsigned request is for."""
    return "sts" if _action(request) in STS_OPERATIONS else "s3"


def refusal(request: Request) -> Response | None:
    """AWS's answer to a request that needed a signature and has none, or None.

    >>> refusal(Request("GET", "/", "Action=ListQueues")).status
    403
    """
    if "Authorization" in request.headers or "X-Amz-" in request.query:
        return None
    if "X-Amz-Target" in request.headers:
        kind = "com.amazon.coral.service#MissingAuthenticationTokenException"
        return Response.of_json({"__type": kind, "message": REASON}, 400)
    if REST_API.match(request.path):
        kind = "MissingAuthenticationTokenException"
        return Response.of_json({"message": REASON}, 403, x_amzn_ErrorType=kind)
    action = _action(request)
    if action is None or action in STS_OPERATIONS:
        return None
    error = f"<Type>Sender</Type><Code>MissingAuthenticationToken</Code><Message>{REASON}</Message>"
    body = f"<ErrorResponse><Error>{error}</Error><RequestId>{uuid4()}</RequestId></ErrorResponse>"
    return Response(403, CIMultiDict({"Content-Type": "text/xml"}), body.encode())


def _action(request: Request) -> str | None:
    """The operation of a query-protocol request."""
    text = request.query
    if request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        text += "&" + request.body.decode("latin-1")
    return parse_qs(text).get("Action", [None])[0] if "Action=" in text else None
