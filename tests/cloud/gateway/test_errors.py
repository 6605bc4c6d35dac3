"""Gateway errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.apigateway.models import GatewayResponse

from labkit.cloud.gateway.errors import (
    ErrorType,
    GatewayError,
    answer,
    broken,
    choose,
    context_of,
    literal,
)


def answered(error: GatewayError, **customised: GatewayResponse) -> Any:
    """The response to `error`, with `$context.error` and one stage variable."""
    values = {f"context.error.{key}": value for key, value in context_of(error).items()}
    return answer(error, customised, accept="", resolve=(values | {"stageVariables.a": "b"}).get)


@pytest.mark.parametrize(
    ("kind", "status", "body", "header"),
    [
        (
            "MISSING_AUTHENTICATION_TOKEN",
            403,
            '{"message":"Missing Authentication Token"}',
            "MissingAuthenticationTokenException",
        ),
        ("BAD_REQUEST_BODY", 400, '{"message": "Invalid request body"}', "BadRequestException"),
        ("BAD_REQUEST_PARAMETERS", 400, '{"message": "Bad request"}', "BadRequestException"),
        ("INVALID_API_KEY", 403, '{"message":"Forbidden"}', "ForbiddenException"),
        ("QUOTA_EXCEEDED", 429, '{"message":"Limit Exceeded"}', "LimitExceededException"),
        ("THROTTLED", 429, '{"message":"Too Many Requests"}', "TooManyRequestsException"),
        ("REQUEST_TOO_LARGE", 413, '{"message":"Request Too Long"}', "RequestTooLargeException"),
        (
            "UNSUPPORTED_MEDIA_TYPE",
            415,
            '{"message": "Unsupported Media Type"}',
            "BadRequestException",
        ),
        (
            "API_CONFIGURATION_ERROR",
            500,
            '{"message": "Internal server error"}',
            "InternalServerErrorException",
        ),
        (
            "INTEGRATION_FAILURE",
            504,
            '{"message": "Internal server error"}',
            "InternalServerErrorException",
        ),
        (
            "INTEGRATION_TIMEOUT",
            504,
            '{"message": "Endpoint request timed out"}',
            "InternalServerErrorException",
        ),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    'A gateway error has AWS\'s status, `{"message": ...}` and `x-amzn-ErrorType`.',
    source="API Gateway guide: supported-gateway-response-types",
)
def test_defaults(kind: str, status: int, body: str, header: str) -> None:
    """AWS's status, body and `x-amzn-ErrorType`."""
    response = answered(GatewayError(ErrorType(kind)))
    assert (response.status, response.body.decode()) == (status, body)
    assert response.headers["x-amzn-ErrorType"] == header
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.fidelity(
    "API Gateway",
    "What is wrong with an API is `Internal server error` to its caller.",
    source="LocalStack's recording: apigateway/test_apigateway_common",
)
def test_the_reason_is_not_told() -> None:
    """What is wrong with the API is for the log, not for the caller."""
    assert b"secret" not in answered(broken("secret")).body


def test_a_message_is_quoted() -> None:
    """`messageString` is JSON whatever the message holds."""
    error = GatewayError(ErrorType.BAD_REQUEST_PARAMETERS, 'Missing: ["é"\n]')
    assert json.loads(answered(error).body) == {"message": 'Missing: ["é"\n]'}


@pytest.mark.fidelity(
    "API Gateway",
    "A gateway response of one type wins over DEFAULT_4XX and DEFAULT_5XX.",
    source="API Gateway guide: supported-gateway-response-types",
)
def test_customised() -> None:
    """A type's own gateway response wins over that of all 4xx errors."""
    own = GatewayResponse(
        "THROTTLED",
        422,
        {"gatewayresponse.header.X-A": "'b'"},
        {"text/plain": "${stageVariables.a}!"},
    )
    every = GatewayResponse(
        "DEFAULT_4XX", None, {"gatewayresponse.header.X-C": "context.error.responseType"}, {}
    )
    error = GatewayError(ErrorType.BAD_REQUEST_BODY)
    response = answered(error, BAD_REQUEST_BODY=own, DEFAULT_4XX=every)
    assert (response.status, response.headers["X-A"], response.body) == (422, "b", b"b!")
    assert response.headers["Content-Type"] == "text/plain"
    response = answered(error, DEFAULT_4XX=every, DEFAULT_5XX=own)
    assert (response.status, response.headers["X-C"]) == (400, "BAD_REQUEST_BODY")
    assert response.body == b'{"message": "Invalid request body"}'


@pytest.mark.fidelity(
    "API Gateway",
    "The reason of a bad body is in `$context.error.validationErrorString` only.",
    source="API Gateway guide: supported-gateway-response-types",
)
def test_the_validation_error_is_for_those_who_ask() -> None:
    """`$context.error.validationErrorString` says what the body lacks."""
    custom = GatewayResponse(
        "DEFAULT_4XX", None, {}, {"application/json": "$context.error.validationErrorString"}
    )
    error = GatewayError(ErrorType.BAD_REQUEST_BODY, validation="[object has ...]")
    assert answered(error, BAD_REQUEST_BODY=custom).body == b"[object has ...]"


def test_template_by_accept() -> None:
    """The caller's type, else JSON, else the first."""
    templates = {"text/html": "h", "application/json": "j"}
    assert choose(templates, "text/html;q=0.9, */*") == ("text/html", "h")
    assert choose(templates, "*/*") == ("application/json", "j")
    assert choose({"text/html": "h"}, "application/json") == ("text/html", "h")
    assert choose({}, "") is None


def test_literals() -> None:
    """A static value stands in single quotes."""
    assert literal("'a'") == "a"
    assert literal("''") == ""
    assert literal("a") is literal("'") is None
