"""Gateway errors: what API Gateway answers when it, and not the backend, refuses or fails.

Every error has a response type, which decides its status, and which `put_gateway_response` can give
another status, header or body.
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
The values of `x-amzn-ErrorType` are those recorded by LocalStack's tests against AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from moto.apigateway.models import GatewayResponse
from multidict import CIMultiDict

from labkit.cloud.gateway.headers import safe
from labkit.cloud.messages import Response

# AWS's front end writes compact JSON, what lies behind it a space after the colon.
BEHIND = '{"message": $context.error.messageString}'
FRONT = '{"message":$context.error.messageString}'
BROKEN = (500, "Internal server error", "InternalServerErrorException")
BAD = (400, "Bad request", "BadRequestException")


class ErrorType(StrEnum):
    """The response types that this gateway gives, with how each is answered without a custom one.

    They are named as AWS names them; each has a status, a message, a header and a body.
    """

    status: int
    message: str
    header: str
    body: str

    def __new__(
        cls, name: str, status: int, message: str, header: str, body: str = BEHIND
    ) -> ErrorType:
        made = str.__new__(cls, name)
        made._value_ = name
        made.status, made.message, made.header, made.body = status, message, header, body
        return made

    API_CONFIGURATION_ERROR = ("API_CONFIGURATION_ERROR", *BROKEN)
    BAD_REQUEST_BODY = "BAD_REQUEST_BODY", 400, "Invalid request body", "BadRequestException"
    BAD_REQUEST_PARAMETERS = ("BAD_REQUEST_PARAMETERS", *BAD)
    DEFAULT_4XX = ("DEFAULT_4XX", *BAD)
    DEFAULT_5XX = ("DEFAULT_5XX", *BROKEN)
    INTEGRATION_FAILURE = ("INTEGRATION_FAILURE", 504, *BROKEN[1:])
    INTEGRATION_TIMEOUT = ("INTEGRATION_TIMEOUT", 504, "Endpoint request timed out", BROKEN[2])
    INVALID_API_KEY = "INVALID_API_KEY", 403, "Forbidden", "ForbiddenException", FRONT
    MISSING_AUTHENTICATION_TOKEN = (
        "MISSING_AUTHENTICATION_TOKEN",
        *(403, "Missing Authentication Token", "MissingAuthenticationTokenException", FRONT),
    )
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED", 429, "Limit Exceeded", "LimitExceededException", FRONT
    REQUEST_TOO_LARGE = (
        *("REQUEST_TOO_LARGE", 413, "Request Too Long", "RequestTooLargeException", FRONT),
    )
    THROTTLED = "THROTTLED", 429, "Too Many Requests", "TooManyRequestsException", FRONT
    UNSUPPORTED_MEDIA_TYPE = ("UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported Media Type", BAD[2])


# `$context.error.message`, `${stageVariables.x}`, `$method.request.header.X`: no other VTL here.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
REFERENCE = re.compile(
    r"\$(?P<brace>\{)?(?P<name>(?:context|stageVariables|method\.request)(?:\.[\w-]+)+)(?(brace)\})"
)


class GatewayError(Exception):
    """A request that ends without an answer from the backend."""

    def __init__(
        self,
        kind: ErrorType,
        message: str | None = None,
        *,
        status: int | None = None,
        validation: str | None = None,
        reason: str = "",
    ) -> None:
        self.kind = kind
        self.message = kind.message if message is None else message
        self.status = kind.status if status is None else status
        self.validation = validation
        self.reason = reason
        super().__init__(f"{kind}: {reason or self.message}")


def broken(reason: str) -> GatewayError:
    """The API itself is wrong: the caller sees 500, and the cloud's log says `reason`."""
    return GatewayError(ErrorType.API_CONFIGURATION_ERROR, reason=reason)


def answer(
    error: GatewayError,
    customised: Mapping[str, GatewayResponse],
    *,
    accept: str,
    resolve: Callable[[str], Any],
) -> Response:
    """The response to a request that ended in `error`.

    `resolve` gives the value of `context.x`, `stageVariables.x` or `method.request.x`, or None.
    """
    fallback = ErrorType.DEFAULT_4XX if error.status < 500 else ErrorType.DEFAULT_5XX
    custom = customised.get(error.kind) or customised.get(fallback)
    extra: dict[str, Any] = {}
    status, media_type, body = error.status, "application/json", error.kind.body
    if custom is not None:
        status = int(custom.status_code or error.status)
        media_type, body = choose(custom.response_templates or {}, accept) or (media_type, body)
        for place, expression in (custom.response_parameters or {}).items():
            value = literal(expression)
            value = resolve(expression) if value is None else value
            extra[place.removeprefix("gatewayresponse.header.")] = value
    headers = CIMultiDict({"Content-Type": media_type, "x-amzn-ErrorType": error.kind.header})
    headers.update(safe(extra))
    return Response(status, headers, _substitute(body, resolve).encode("utf-8", "replace"))


def context_of(error: GatewayError) -> dict[str, Any]:
    """`$context.error` for this error."""
    return {
        "message": error.message,
        "messageString": json.dumps(error.message, ensure_ascii=False),
        "responseType": str(error.kind),
        "validationErrorString": error.validation,
    }


def choose(templates: Mapping[str, str], accept: str) -> tuple[str, str] | None:
    """The template for what the caller accepts: its own type, JSON, or the first there is."""
    for wanted in (*(part.split(";")[0].strip() for part in accept.split(",")), "application/json"):
        if wanted in templates:
            return wanted, templates[wanted]
    return next(iter(templates.items()), None)


def literal(expression: str) -> str | None:
    """The text between the single quotes of a static value, or None."""
    quoted = len(expression) >= 2 and expression[0] == expression[-1] == "'"
    return expression[1:-1] if quoted else None


def _substitute(template: str, resolve: Callable[[str], Any]) -> str:
    def value_of(reference: re.Match[str]) -> str:
        value = resolve(reference["name"])
        return "" if value is None else str(value)

    return REFERENCE.sub(value_of, template)
