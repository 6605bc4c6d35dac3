"""Which operation a request asks for, and its parameters, by the service's own botocore model.

https://smithy.io/2.0/aws/protocols/index.html describes the protocols. A body is read as little as
deciding needs: this is no parser of requests, moto's response classes are.
"""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from labkit.cloud import protocols
from labkit.cloud.access.forms import Form
from labkit.cloud.messages import Request
from labkit.cloud.protocols import Protocol


@dataclass(frozen=True)
class Operation:
    """An operation of a service with its parameters, as far as the request's form shows them."""

    name: str
    parameters: Mapping[str, Any]


def read(request: Request, service: str) -> Operation | None:
    """The operation of a request for `service`, as `protocols.as_read` has left it; None for none.

    >>> from multidict import CIMultiDict
    >>> target = CIMultiDict({"X-Amz-Target": "AmazonSQS.ListQueues"})
    >>> read(Request("POST", "/", headers=target, body=b"{}"), "sqs").name
    'ListQueues'
    """
    match protocols.protocol_of(service, request):
        case Protocol.JSON:
            target = request.headers.get(protocols.TARGET)
            if target is None:
                return None
            return Operation(target.rpartition(".")[2], _json(request.body))
        case Protocol.QUERY:
            return _of_form(request)
        case Protocol.CBOR:
            return Operation(request.path.rpartition("/")[2], {})
    return _of_path(request, service)


def unreadable(body: bytes) -> str | None:
    """Why a body holds no parameters; None when it does.

    >>> unreadable(b'{"MessageBody": it}')
    'The body is not JSON.'
    """
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return "The body is not JSON."
    return None if isinstance(document, dict) else "The body is not a JSON object."


def _json(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _of_form(request: Request) -> Operation | None:
    """The query protocol: each parameter has one value."""
    parameters: Mapping[str, str]
    try:
        parameters = Form(request.body.decode())
    except ValueError:
        return None
    name = parameters.get("Action")
    if request.path.count("/") > 1:  # SQS: the queue's own URL is what is called
        parameters = ChainMap(parameters, {"QueueUrl": request.path})
    return Operation(name, parameters) if name else None


def _of_path(request: Request, service: str) -> Operation | None:
    """REST: method and path say which operation is meant, and overrule query and body."""
    found = protocols.route(service, request)
    if found is None:
        return None
    name, labels = found
    queried = dict(reversed(parse_qsl(request.query, keep_blank_values=True)))  # the first counts
    return Operation(name, _json(request.body) | queried | dict(labels))
