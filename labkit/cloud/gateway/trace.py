"""What an execution log says of one call, in API Gateway's words.

The console's Test button shows the same lines. Lines with the caller's or the backend's data are
only written to CloudWatch when the stage traces data.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/view-cloudwatch-log-events-in-cloudwatch-console.html
https://repost.aws/knowledge-center/api-gateway-logs
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.gateway.java import to_text
from labkit.cloud.messages import Response

if TYPE_CHECKING:
    from labkit.cloud.gateway.backend_request import BackendRequest
    from labkit.cloud.gateway.invocation import Arrival, Invocation

# AWS cuts log events at 1,024 bytes.
LONGEST_LINE = 1024
# "API Gateway redacts authorization headers, API key values, and similar sensitive request
# parameters from the logged data."
SECRETS = {"authorization", "x-amz-security-token", "x-api-key"}
SHOWN = 6
TRUNCATED = " [TRUNCATED]"
FUNCTION_FAILED = "Lambda execution failed with status 200 due to customer function error: "


@dataclass
class Trace:
    """The lines of one call, if it is `on`; `data` says whether payloads are among them."""

    on: bool = True
    data: bool = True
    lines: list[tuple[float, str]] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add a line, now."""
        if len(text) > LONGEST_LINE:
            text = text[: LONGEST_LINE - len(TRUNCATED)] + TRUNCATED
        if self.on:
            self.lines.append((time.time(), text))

    def show(self, label: str, value: str | bytes | Mapping[str, str]) -> None:
        """Add a line with data, if data is traced; a map as Java prints it."""
        if self.on and self.data:
            if isinstance(value, bytes):
                value = value.decode("utf-8", "replace")
            elif not isinstance(value, str):
                value = _map(value)
            self.note(f"{label}: {value}")


def masked(secret: str) -> str:
    """A secret as logs show it: its end.

    >>> masked("abcdefghijkl"), masked("short")
    ('******ghijkl', '*****')
    """
    if len(secret) <= SHOWN:
        return "*" * len(secret)
    return "*" * (len(secret) - SHOWN) + secret[-SHOWN:]


def _map(values: Mapping[str, str]) -> str:
    return to_text(
        {name: masked(text) if name.lower() in SECRETS else text for name, text in values.items()}
    )


def usage_plan(call: Invocation, *, key_required: bool) -> None:
    """The usage plan check, begun."""
    context = call.context
    api_stage = f"{context['apiId']}/{context['stage']}"
    value = call.request.headers.get("x-api-key", "") if key_required else ""
    call.trace.note(
        f"Verifying Usage Plan for request: {context['requestId']}. "
        f"API Key: {masked(value)} API Stage: {api_stage}"
    )
    if not key_required:
        call.trace.note(
            f"API Key  authorized because method '{context['httpMethod']} "
            f"{context['resourcePath']}' does not require API Key. "
            "Request will not contribute to throttle or quota limits"
        )


def admitted(call: Invocation) -> None:
    """The usage plan check, passed."""
    context = call.context
    value = context["identity"].get("apiKey", "")
    call.trace.note(
        f"Usage Plan check succeeded for API Key {masked(value)} and API Stage "
        f"{context['apiId']}/{context['stage']}"
    )


def began(call: Invocation) -> None:
    """The method request."""
    trace, context = call.trace, call.context
    trace.note(f"Starting execution for request: {context['requestId']}")
    path = context["path"].removeprefix(f"/{context['stage']}")
    trace.note(f"HTTP Method: {context['httpMethod']}, Resource Path: {path}")
    trace.show("Method request path", call.path_parameters)
    trace.show("Method request query string", call.parameters["querystring"])
    trace.show("Method request headers", call.request.headers)
    trace.show("Method request body before transformations", call.request.body)


def validated(call: Invocation) -> None:
    """A request that its validator let through."""
    call.trace.note(f"Request validation succeeded for content type {call.media_type}")


def sending(
    call: Arrival, url: str, request: BackendRequest, *, invokes: bool, source_arn: str | None
) -> None:
    """The integration request, with the headers that API Gateway adds to it on its way.

    `source_arn` is the method's, when API Gateway calls in its own name.
    """
    if not call.trace.on:
        return
    context, began = call.context, time.gmtime(call.context["requestTimeEpoch"] / 1000)
    headers = {
        **request.headers,
        **({"x-amzn-lambda-integration-tag": context["requestId"]} if invokes else {}),
        "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", began),
        "x-amzn-apigateway-api-id": context["apiId"],
        **({"X-Amz-Source-Arn": source_arn} if source_arn else {}),
        "Host": urlsplit(url).netloc,
        "X-Amz-Content-Sha256": sha256(request.body).hexdigest(),
    }
    call.trace.show("Endpoint request URI", url)
    call.trace.show("Endpoint request headers", headers)
    call.trace.show("Endpoint request body after transformations", request.body)
    call.trace.note(f"Sending request to {url}")


def received(call: Arrival, answer: Response, milliseconds: int) -> None:
    """The integration response."""
    if not call.trace.on:
        return
    headers = {
        "Date": formatdate(time.time(), usegmt=True),
        "Content-Length": str(len(answer.body)),
        **answer.headers,
    }
    call.trace.note(
        f"Received response. Status: {answer.status}, Integration latency: {milliseconds} ms"
    )
    call.trace.show("Endpoint response headers", headers)
    call.trace.show("Endpoint response body before transformations", answer.body)


def completed(call: Invocation, response: Response) -> None:
    """The method response."""
    call.trace.show("Method response body after transformations", response.body)
    call.trace.show("Method response headers", response.headers)
    call.trace.note("Successfully completed execution")
    call.trace.note(f"Method completed with status: {response.status}")


def failed(call: Invocation, error: GatewayError, status: int) -> None:
    """The end of a call that API Gateway itself answered."""
    call.trace.note(why(call, error))
    call.trace.note(f"Method completed with status: {status}")


def why(call: Invocation, error: GatewayError) -> str:
    """The line that says what went wrong."""
    match error.kind:
        case ErrorType.BAD_REQUEST_BODY if error.validation:
            return (
                f"Request body does not match model schema for content type {call.media_type}: "
                f"{error.validation}"
            )
        case ErrorType.INTEGRATION_TIMEOUT:
            return "Execution failed due to a timeout error"
        case ErrorType.THROTTLED | ErrorType.QUOTA_EXCEEDED:
            return error.reason
        case ErrorType.INTEGRATION_FAILURE if error.reason.startswith(FUNCTION_FAILED):
            return error.reason
        case ErrorType.API_CONFIGURATION_ERROR | ErrorType.INTEGRATION_FAILURE:
            return f"Execution failed due to configuration error: {error.reason}"
    return f"Execution failed: {error.message}"
