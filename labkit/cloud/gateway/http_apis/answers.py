"""What an HTTP API answers by itself: `{"message": ...}`, which nothing can change."""

from __future__ import annotations

import json

from multidict import CIMultiDict

from labkit.cloud.gateway.errors import GatewayError, context_of
from labkit.cloud.gateway.invocation import Arrival
from labkit.cloud.messages import Response


def failure(call: Arrival, error: GatewayError) -> Response:
    """The answer of an HTTP API that could not get one from its integration."""
    call.context["error"] = context_of(error)
    if error.status in (500, 502, 504):
        return message(500, "Internal Server Error")
    return message(error.status, error.message)


def message(status: int, text: str) -> Response:
    """`{"message": ...}`, as HTTP APIs write it."""
    body = json.dumps({"message": text}, separators=(",", ":")).encode()
    return Response(status, CIMultiDict({"Content-Type": "application/json"}), body)
