"""Lambda proxy integration: the event a function gets, and the answer it must give.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from multidict import CIMultiDict

from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.gateway.headers import NAME, RESERVED, one_line
from labkit.cloud.gateway.invocation import Arrival
from labkit.cloud.messages import Response

ANSWER_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
# Every key of `requestContext.identity`, null where a caller has none.
IDENTITY_KEYS = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "sourceIp",
    "user",
    "userAgent",
    "userArn",
)
# There when the method requires an API key.
KEY_KEYS = ("apiKey", "apiKeyId")
CONTEXT_KEYS = (
    "accountId",
    "apiId",
    "deploymentId",
    "domainName",
    "domainPrefix",
    "extendedRequestId",
    "httpMethod",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "resourceId",
    "resourcePath",
    "stage",
)


def event_of(call: Arrival) -> dict[str, Any]:
    """The function's event, payload format 1.0."""
    headers = call.request.headers
    identity = call.context["identity"]
    path = call.context["path"].removeprefix(f"/{call.context['stage']}")
    raw = call.raw_path_parameters
    return {
        "resource": call.context["resourcePath"],
        "path": f"/{path.lstrip('/')}",
        "httpMethod": call.request.method,
        "headers": dict(headers) or None,
        "multiValueHeaders": {name: headers.getall(name) for name in headers} or None,
        "queryStringParameters": call.parameters["querystring"] or None,
        "multiValueQueryStringParameters": call.query or None,
        "pathParameters": dict(call.path_parameters if raw is None else raw) or None,
        "stageVariables": dict(call.stage_variables) or None,
        "requestContext": {
            **{key: call.context.get(key) for key in CONTEXT_KEYS},
            "identity": {
                **{key: identity.get(key) for key in IDENTITY_KEYS},
                **{key: identity[key] for key in KEY_KEYS if key in identity},
            },
        },
        "body": call.body or None,
        "isBase64Encoded": False,
    }


def answer_of(payload: bytes, *, binary: bool = False) -> Response:
    """The caller's response that a function returned.

    Base64 is undone when the API takes `binary` payloads, which a REST API does for its binary
    media types only.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html

    Raises:
        GatewayError: 502 when the function failed or its answer has another shape.
    """
    try:
        answer = json.loads(payload)
    except ValueError:
        raise _malformed("it is not JSON") from None
    if not isinstance(answer, dict) or not set(answer) <= ANSWER_KEYS:
        raise _malformed("it must have statusCode, headers, multiValueHeaders and body, no more")
    body = answer.get("body")
    if body is not None and not isinstance(body, str):
        raise _malformed("its body must be a string; use json.dumps")
    data = (body or "").encode("utf-8", "replace")
    try:
        status = int(answer.get("statusCode") or 200)
        if binary and answer.get("isBase64Encoded") is True:
            data = base64.b64decode(data, validate=True)
        headers = _headers(answer)
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise _malformed(str(error)) from error
    if not 100 <= status <= 599:
        raise _malformed(f"{status} is no HTTP status")
    return Response(status, headers, data)


def _headers(answer: dict[str, Any]) -> CIMultiDict[str]:
    headers: CIMultiDict[str] = CIMultiDict()
    single = {name: [value] for name, value in (answer.get("headers") or {}).items()}
    for name, values in {**single, **(answer.get("multiValueHeaders") or {})}.items():
        if not NAME.fullmatch(name):
            raise ValueError(f"'{name}' is no header name")
        if name.lower() in RESERVED:
            continue
        for value in values:
            if isinstance(value, dict | list):
                raise ValueError(f"header '{name}' is not a string")
            headers.add(name, one_line(value))
    headers.setdefault("Content-Type", "application/json")
    return headers


def _malformed(reason: str) -> GatewayError:
    return GatewayError(
        ErrorType.INTEGRATION_FAILURE,
        status=502,
        reason=f"Malformed Lambda proxy response: {reason}.",
    )
