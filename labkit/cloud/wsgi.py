"""A request in the form that moto's response classes take, and their answer as a response."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote_to_bytes

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from moto.core.request import Request as MotoRequest
from multidict import CIMultiDict

from labkit.cloud.messages import Request, Response

# What the front door has seen to, and moto's own way to act in another account.
LEFT_OUT = ("HTTP_TRANSFER_ENCODING", "HTTP_HOST", "HTTP_X_MOTO_ACCOUNT_ID")


class BridgedRequest(MotoRequest):
    """What moto's response classes receive."""

    from_wsgi_server = True  # the front door is the server: it writes the Date header


def wsgi_environ(request: Request, authority: str) -> dict[str, Any]:
    """The WSGI environment of a request, without its body."""
    name, _, port = authority.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "RAW_URI": request.path + (f"?{request.query}" if request.query else ""),
        "QUERY_STRING": request.query,
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": authority,
        "REMOTE_ADDR": request.source_ip,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.errors": io.StringIO(),
        "wsgi.input_terminated": True,
    }
    preserved = {}
    for header, value in request.headers.items():
        key = environ_key_for_header(header)
        if key in LEFT_OUT:
            continue
        if "_" in header:
            if not should_preserve_original_header_name(header):
                continue
            preserved[key] = header
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = preserved
    environ["CONTENT_LENGTH"] = str(len(request.body))
    return environ


def to_response(result: Any) -> Response:
    """What a moto handler returned, as a response."""
    status, headers, body = result if len(result) == 3 else (200, {}, result)
    named = CIMultiDict(
        (name, str(value))
        for name, value in headers.items()
        if name.lower() not in ("status", "content-length", "transfer-encoding", "connection")
    )
    if isinstance(body, str):
        body = body.encode()
    return Response(int(status), named, bytes(body or b""))
