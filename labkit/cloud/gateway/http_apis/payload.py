"""Lambda proxy integration of HTTP APIs: payload format 2.0, and 1.0 as REST APIs have it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
from typing import Any

from multidict import CIMultiDict

from labkit.cloud.gateway import lambda_proxy
from labkit.cloud.gateway.invocation import Arrival
from labkit.cloud.messages import Response

# Payloads of these types reach a function as text, all others as Base64.
TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")


def event_of(call: Arrival, payload_format: str) -> dict[str, Any]:
    """The function's event in a payload format, `2.0` or `1.0`."""
    body, encoded = body_of(call)
    if payload_format == "1.0":
        event = {"version": "1.0", **lambda_proxy.event_of(call)}
        event |= {"path": call.context["path"], "body": body, "isBase64Encoded": encoded}
        event["requestContext"]["resourceId"] = call.context["routeKey"]
        return event
    headers, context = call.request.headers, call.context
    cookies = [part.strip() for value in headers.getall("Cookie", []) for part in value.split(";")]
    optional = {
        "cookies": cookies,
        "queryStringParameters": {name: ",".join(v) for name, v in call.query.items()},
        "pathParameters": dict(call.path_parameters),
        "stageVariables": dict(call.stage_variables),
        "body": body,
    }
    return {
        "version": "2.0",
        "routeKey": context["routeKey"],
        "rawPath": context["path"],
        "rawQueryString": call.request.query,
        "headers": {
            name.lower(): ",".join(headers.getall(name))
            for name in headers
            if name.lower() != "cookie"
        },
        "requestContext": {
            "accountId": context["accountId"],
            "apiId": context["apiId"],
            "domainName": context["domainName"],
            "domainPrefix": context["domainPrefix"],
            "http": {
                "method": context["httpMethod"],
                "path": context["path"],
                "protocol": context["protocol"],
                "sourceIp": context["identity"]["sourceIp"],
                "userAgent": context["identity"]["userAgent"] or "",
            },
            "requestId": context["requestId"],
            "routeKey": context["routeKey"],
            "stage": context["stage"],
            "time": context["requestTime"],
            "timeEpoch": context["requestTimeEpoch"],
        },
        **{name: value for name, value in optional.items() if value},
        "isBase64Encoded": encoded,
    }


def answer_of(payload: bytes, payload_format: str) -> Response:
    """The caller's response that a function returned.

    In format 2.0 an answer without `statusCode` is itself the body of a 200.

    Raises:
        GatewayError: 502 when the answer has another shape.
    """
    if payload_format == "1.0":
        return lambda_proxy.answer_of(payload, binary=True)
    answer = json.loads(payload)
    if not isinstance(answer, dict) or "statusCode" not in answer:
        body = answer.encode("utf-8", "replace") if isinstance(answer, str) else payload
        return Response(200, CIMultiDict({"Content-Type": "application/json"}), body)
    cookies = answer.pop("cookies", None) or []
    headers = answer.get("headers")
    typed = isinstance(headers, dict) and "content-type" in map(str.lower, headers)
    response = lambda_proxy.answer_of(json.dumps(answer).encode(), binary=True)
    if not typed:
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    for cookie in cookies if isinstance(cookies, list) else []:
        response.headers.add("Set-Cookie", lambda_proxy.one_line(cookie))
    return response


def body_of(call: Arrival) -> tuple[str | None, bool]:
    """The body as an event has it, and whether it is Base64."""
    if not call.request.body:
        return None, False
    if call.media_type.startswith(TEXT_TYPES) or call.media_type.endswith("+json"):
        return call.body, False
    return base64.b64encode(call.request.body).decode(), True
