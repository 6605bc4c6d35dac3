"""Integration URIs: which service is meant, and the HTTP request that its form stands for.

`path/` gives the path of a request as any HTTP client would make it; `action/` names an operation.
https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-uri
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from labkit.cloud.gateway.backend_request import BackendRequest
from labkit.cloud.gateway.errors import broken
from labkit.cloud.messages import FORM, Request

URI = re.compile(
    r"arn:[\w-]+:apigateway:(?P<region>[\w-]+):(?P<service>[\w.-]+):"
    r"(?P<kind>path|action)/(?P<target>.*)"
)
FUNCTION = re.compile(r"/?2015-03-31/functions/(?P<function>.+)/invocations")
QUERY_SERVICES = {"sqs", "sns"}
# Recorded: SQS takes a form's `MessageAttributes.1.Name` for its own `MessageAttribute.1.Name`.
ACTION = re.compile(rb"(^|&)Action=")
PLURAL = re.compile(rb"(^|&)MessageAttributes\.")
# Services whose `action/` form needs only the operation's name.
JSON_SERVICES = {"dynamodb": ("DynamoDB_20120810", "application/x-amz-json-1.0")}
SERVICES = sorted({"lambda", *QUERY_SERVICES, *JSON_SERVICES})


@dataclass(frozen=True)
class Target:
    """An integration URI in its parts."""

    region: str
    service: str
    kind: str
    name: str


def target_of(uri: str) -> Target:
    """Read an integration URI.

    >>> target_of("arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders").name
    '123456789012/orders'
    """
    parts = URI.fullmatch(uri)
    if parts is None:
        raise broken(f"'{uri}' is no integration URI.")
    return Target(parts["region"], parts["service"], parts["kind"], parts["target"])


def function_of(target: Target) -> str:
    """The function that a target of Lambda names."""
    found = FUNCTION.fullmatch(target.name)
    if found is None:
        raise broken(f"'{target.name}' names no function to invoke.")
    return found["function"]


def endpoint_of(target: Target) -> str:
    """The URL of AWS's that a target stands for, as logs show it."""
    path = target.name.lstrip("/") if target.kind == "path" else f"?Action={target.name}"
    return f"https://{target.service}.{target.region}.amazonaws.com/{path}"


def service_of(uri: str) -> str | None:
    """The service of an integration URI, None as long as a stage variable may change it."""
    parts = URI.fullmatch(uri)
    return parts["service"] if parts and "${" not in uri else None


def service_request(target: Target, request: BackendRequest) -> Request:
    """The HTTP request to a service that an integration's `path/` or `action/` form means."""
    headers, query, body = request.headers.copy(), list(request.query), request.body
    method = "POST" if target.service in QUERY_SERVICES else request.method
    path = (
        "/" + quote(target.name.lstrip("/"), safe="/", errors="replace")
        if target.kind == "path"
        else "/"
    )
    if target.kind == "action" and target.service in JSON_SERVICES:
        prefix, headers["Content-Type"] = JSON_SERVICES[target.service]
        headers["X-Amz-Target"] = f"{prefix}.{target.name}"
    elif target.kind == "action" and "X-Amz-Target" not in headers:
        query.insert(0, ("Action", target.name))
    if target.service in QUERY_SERVICES and query and "X-Amz-Target" not in headers:
        # The query protocol reads parameters from the URL and from a form alike.
        form = body if headers["Content-Type"].startswith(FORM) else b""
        body = b"&".join(filter(None, (urlencode(query, errors="replace").encode(), form)))
        headers["Content-Type"], query = FORM, []
    if target.service == "sqs" and headers["Content-Type"].startswith(FORM):
        body = PLURAL.sub(rb"\1MessageAttribute.", body)
    return Request(method, path, urlencode(query, errors="replace"), headers, body)


def unreadable(target: Target, sent: Request) -> bool:
    """Whether a query service finds no operation in what an integration sends.

    The usual reason is a mapping that leaves `Content-Type` as the caller's `application/json`, or
    a payload that passes through without a template.
    """
    named = sent.headers["Content-Type"].startswith(FORM) and ACTION.search(sent.body)
    return target.service in QUERY_SERVICES and not (named or "X-Amz-Target" in sent.headers)
