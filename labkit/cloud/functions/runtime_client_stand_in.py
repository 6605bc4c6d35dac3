"""awslambdaric's native module `runtime_client`, in Python, where AWS builds none.

AWS publishes the native module for Linux only. The bootstrap puts this one in its place under
macOS and Windows, or when told to; the rest of awslambdaric is the same. It speaks the Runtime API
over one connection that stays open. It runs in the function's process and imports nothing of the
lab.

Source: awslambdaric's `runtime_client.cpp` and
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import http.client
import os
import socket
from typing import Any

PREFIX = "/2018-06-01/runtime/invocation"
HEADERS = (
    "Lambda-Runtime-Aws-Request-Id",
    "Lambda-Runtime-Trace-Id",
    "Lambda-Runtime-Invoked-Function-Arn",
    "Lambda-Runtime-Deadline-Ms",
    "Lambda-Runtime-Client-Context",
    "Lambda-Runtime-Cognito-Identity",
    "Lambda-Runtime-Aws-Tenant-Id",
    "Lambda-Runtime-Invocation-Id",
    "Content-Type",
)

_user_agent = ""
_connection: http.client.HTTPConnection | None = None


def initialize_client(user_agent: str) -> None:
    """Remember how to introduce itself."""
    global _user_agent
    _user_agent = user_agent


def next() -> tuple[bytes, dict[str, Any]]:
    """Wait for the next event; return it with the headers that describe it."""
    response, body = _call("GET", f"{PREFIX}/next")
    headers: dict[str, Any] = {name: response.headers.get(name) for name in HEADERS}
    deadline = headers["Lambda-Runtime-Deadline-Ms"]
    headers["Lambda-Runtime-Deadline-Ms"] = int(deadline or 0)
    return body, headers


def post_invocation_result(
    invoke_id: str, data: bytes, content_type: str, invocation_id: str | None = None
) -> None:
    """Answer an invocation."""
    _call("POST", f"{PREFIX}/{invoke_id}/response", data, {"Content-Type": content_type})


def post_error(
    invoke_id: str, error: str, xray_fault: str, invocation_id: str | None = None
) -> None:
    """Report that an invocation failed."""
    headers = {"Content-Type": "application/json"}
    _call("POST", f"{PREFIX}/{invoke_id}/error", error.encode(), headers)


def _call(
    method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    global _connection
    if _connection is None:
        _connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        _connection.connect()
        _connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _connection.request(method, path, body, {"User-Agent": _user_agent, **(headers or {})})
    response = _connection.getresponse()
    content = response.read()
    if not 200 <= response.status < 300:
        raise RuntimeError(f"The Runtime API answered {response.status} to {method} {path}.")
    return response, content
