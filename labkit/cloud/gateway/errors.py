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
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from multidict import CIMultiDict

from labkit.cloud.gateway.headers import safe
from labkit.cloud.messages import Response


class ErrorType(StrEnum):
    """The response types that this gateway gives, named as AWS names them."""

    API_CONFIGURATION_ERROR = "API_CONFIGURATION_ERROR"
    BAD_REQUEST_BODY = "BAD_REQUEST_BODY"
    BAD_REQUEST_PARAMETERS = "BAD_REQUEST_PARAMETERS"
    DEFAULT_4XX = "DEFAULT_4XX"
    DEFAULT_5XX = "DEFAULT_5XX"
    INTEGRATION_FAILURE = "INTEGRATION_FAILURE"
    INTEGRATION_TIMEOUT = "INTEGRATION_TIMEOUT"
    INVALID_API_KEY = "INVALID_API_KEY"
    MISSING_AUTHENTICATION_TOKEN = "MISSING_AUTHENTICATION_TOKEN"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"
    THROTTLED = "THROTTLED"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"


@dataclass(frozen=True)
class Default:
    """How a type of error is answered when nobody customised it."""

    status: int
    message: str
    header: str
    # AWS's front end writes compact JSON, what lies behind it a space after the colon.
    body: str = '{"message": $context.error.messageString}'


COMPACT = '{"message":$context.error.messageString}'
BROKEN = "Internal server error"
DEFAULTS = {
    ErrorType.API_CONFIGURATION_ERROR: Default(500, BROKEN, "InternalServerErrorException"),
    ErrorType.BAD_REQUEST_BODY: Default(400, "Invalid request body", "BadRequestException"),
    ErrorType.BAD_REQUEST_PARAMETERS: Default(400, "Bad request", "BadRequestException"),
    ErrorType.DEFAULT_4XX: Default(400, "Bad request", "BadRequestException"),
    ErrorType.DEFAULT_5XX: Default(500, BROKEN, "InternalServerErrorException"),
    ErrorType.INTEGRATION_FAILURE: Default(504, BROKEN, "InternalServerErrorException"),
    ErrorType.INTEGRATION_TIMEOUT: Default(
        504, "Endpoint request timed out", "InternalServerErrorException"
    ),
    ErrorType.INVALID_API_KEY: Default(403, "Forbidden", "ForbiddenException", COMPACT),
    ErrorType.MISSING_AUTHENTICATION_TOKEN: Default(
        403, "Missing Authentication Token", "MissingAuthenticationTokenException", COMPACT
    ),
    ErrorType.QUOTA_EXCEEDED: Default(429, "Limit Exceeded", "LimitExceededException", COMPACT),
    ErrorType.THROTTLED: Default(429, "Too Many Requests", "TooManyRequestsException", COMPACT),
    ErrorType.REQUEST_TOO_LARGE: Default(
        413, "Request Too Long", "RequestTooLargeException", COMPACT
    ),
    ErrorType.UNSUPPORTED_MEDIA_TYPE: Default(415, "Unsupported Media Type", "BadRequestException"),
}
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
        self.message = DEFAULTS[kind].message if message is None else message
        self.status = DEFAULTS[kind].status if status is None else status
        self.validation = validation
        self.reason = reason
        super().__init__(f"{kind}: {reason or self.message}")


def broken(reason: str) -> GatewayError:
    """The API itself is wrong: the caller sees 500, and the cloud's log says `reason`."""
    return GatewayError(ErrorType.API_CONFIGURATION_ERROR, reason=reason)


@dataclass(frozen=True)
class Custom:
    """A gateway response as `put_gateway_response` stored it."""

    status: int | None
    parameters: Mapping[str, str]
    templates: Mapping[str, str]


def answer(
    error: GatewayError,
    customised: Mapping[str, Custom],
    *,
    accept: str,
    resolve: Callable[[str], Any],
) -> Response:
    """The response to a request that ended in `error`.

    `resolve` gives the value of `context.x`, `stageVariables.x` or `method.request.x`, or None.
    """
    fallback = ErrorType.DEFAULT_4XX if error.status < 500 else ErrorType.DEFAULT_5XX
    default = DEFAULTS[error.kind]
    custom = customised.get(error.kind) or customised.get(fallback)
    extra: dict[str, Any] = {}
    status, media_type, body = error.status, "application/json", default.body
    if custom is not None:
        status = custom.status or error.status
        media_type, body = choose(custom.templates, accept) or (media_type, body)
        for place, expression in custom.parameters.items():
            value = literal(expression)
            value = resolve(expression) if value is None else value
            extra[place.removeprefix("gatewayresponse.header.")] = value
    headers = CIMultiDict({"Content-Type": media_type, "x-amzn-ErrorType": default.header})
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
