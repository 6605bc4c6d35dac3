"""The HTTP side of Invoke and InvokeAsync.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from multidict import CIMultiDict

from labkit.cloud import traces
from labkit.cloud.constraints import not_one_of
from labkit.cloud.endpoints import credential_scope
from labkit.cloud.functions.errors import (
    Invalid,
    InvalidParameterValue,
    InvalidRequestContent,
    Refused,
    RequestTooLarge,
)
from labkit.cloud.functions.naming import FunctionName, check_region, parse
from labkit.cloud.messages import Request, Response
from labkit.cloud.refusals import MESSAGE

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

INVOKE = re.compile(r"/2015-03-31/functions/([^/]+)/invocations/?$")
INVOKE_ASYNC = re.compile(r"/2014-11-13/functions/([^/]+)/invoke-async/?$")

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST_REQUEST = 6_291_456
LARGEST_EVENT = 1_048_576
LARGEST_CLIENT_CONTEXT = 3583

KINDS = ("Event", "RequestResponse", "DryRun")
# What Lambda offers and the local cloud does not honour, by header.
REFUSED = {
    "X-Amz-Tenant-Id": MESSAGE.format("TenantId", "functions have no tenants"),
    "X-Amz-Durable-Execution-Name": MESSAGE.format(
        "DurableExecutionName", "functions are not durable"
    ),
}


async def handle(cloud: Cloud, request: Request) -> Response | None:
    """Answer an invocation; None when the request is none."""
    if request.method != "POST" or "/functions/" not in request.path:
        return None
    match = INVOKE.match(request.path) or INVOKE_ASYNC.match(request.path)
    if match is None:
        return None
    request_id = str(uuid.uuid4())
    try:
        name = _function_name(cloud, request, match[1])
        if match.re is INVOKE:
            response = await _invoke(cloud, request, name, request_id)
        else:
            check_payload(request.body, LARGEST_EVENT)
            cloud.functions.accept(name.arn, request.body)
            response = Response.of_json({"Status": 202}, 202)
    except Refused as refused:
        response = refused.response()
    response.headers.setdefault("x-amzn-RequestId", request_id)
    return response


async def _invoke(cloud: Cloud, request: Request, name: FunctionName, request_id: str) -> Response:
    kind = request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
    if kind not in KINDS:
        raise Invalid(not_one_of("invocationType", kind, KINDS))
    for header, message in REFUSED.items():
        if header in request.headers:
            raise InvalidParameterValue(message)
    client_context = read_client_context(request.headers.get("X-Amz-Client-Context"))
    cloud.functions.catalogue.find(name)
    if kind == "DryRun":
        return Response(204)
    check_payload(request.body, LARGEST_EVENT if kind == "Event" else LARGEST_REQUEST)
    trace = request.headers.get(traces.HEADER, "")
    if kind == "Event":
        accepted = cloud.functions.accept(
            name.arn, request.body, client_context=client_context, trace=trace
        )
        return Response(202, CIMultiDict({"x-amzn-RequestId": accepted}))
    outcome = await cloud.functions.invoke(
        name.arn, request.body, client_context=client_context, request_id=request_id, trace=trace
    )
    response = outcome.response()
    if request.headers.get("X-Amz-Log-Type") == "Tail":
        response.headers["X-Amz-Log-Result"] = base64.b64encode(outcome.log_tail).decode()
    return response


def check_payload(payload: bytes, limit: int) -> None:
    """Refuse a payload that is too large or no JSON; none at all is fine."""
    if len(payload) > limit:
        raise RequestTooLarge(limit)
    if not payload:
        return
    try:
        json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestContent(
            f"Could not parse request body into json: Could not parse payload into json: {error}"
        ) from None


def read_client_context(header: str | None) -> str | None:
    """The client context as JSON text on one line; it comes as Base64."""
    if header is None:
        return None
    try:
        if len(header) > LARGEST_CLIENT_CONTEXT:
            raise ValueError("it is too long")
        return json.dumps(json.loads(base64.b64decode(header, validate=True)))
    except (ValueError, RecursionError) as error:
        raise InvalidRequestContent(f"Client context must be Base64 of JSON: {error}") from None


def _function_name(cloud: Cloud, request: Request, text: str) -> FunctionName:
    qualifier = parse_qs(request.query).get("Qualifier", [None])[0]
    region = credential_scope(request)[1]
    name = parse(unquote(text), qualifier=qualifier, account_id=cloud.account_id, region=region)
    check_region(name, region)
    return name
