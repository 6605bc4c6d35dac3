"""Which operation a request asks for, and its parameters, by the service's own botocore model.

https://smithy.io/2.0/aws/protocols/index.html describes the protocols. A body is read as little as
deciding needs: this is no parser of requests, moto's response classes are.
"""

from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import ServiceModel

from labkit.cloud.access.forms import Form
from labkit.cloud.messages import Request

# Services whose name in botocore is not the one that requests are signed for.
MODELS = {
    "monitoring": "cloudwatch",
    "access-analyzer": "accessanalyzer",
    "states": "stepfunctions",
    "email": "ses",
}
CBOR_PATH = re.compile(r"/service/[^/]+/operation/([A-Za-z]+)$")
LABEL = re.compile(r"\{([^}+]+)(\+?)\}")


@dataclass(frozen=True)
class Operation:
    """An operation of a service with its parameters, as far as the request's form shows them."""

    name: str
    parameters: Mapping[str, Any]


def read(request: Request, service: str) -> Operation | None:
    """The operation of a request that is signed for `service`; None when none can be made out.

    >>> from multidict import CIMultiDict
    >>> target = CIMultiDict({"X-Amz-Target": "AmazonSQS.ListQueues"})
    >>> read(Request("POST", "/", headers=target, body=b"{}"), "sqs").name
    'ListQueues'
    """
    target = request.headers.get("X-Amz-Target")
    if target is not None:
        return Operation(target.rpartition(".")[2], _json(request.body))
    if named := CBOR_PATH.match(request.path):
        return Operation(named[1], {})
    if request.is_form or "Action=" in request.query:
        return _of_form(request)
    return _of_path(request, service)


def _json(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _of_form(request: Request) -> Operation | None:
    """The query protocol: parameters from the URL and from the form alike, each with one value."""
    parameters: Mapping[str, str]
    try:
        parameters = Form(request.query, request.body.decode())
    except ValueError:
        return None
    name = parameters.get("Action")
    if request.path.count("/") > 1:  # SQS: the queue's own URL is what is called
        parameters = ChainMap(parameters, {"QueueUrl": request.path})
    return Operation(name, parameters) if name else None


def _of_path(request: Request, service: str) -> Operation | None:
    """REST: method and path say which operation is meant."""
    path = request.path.rstrip("/") or "/"
    if service == "apigateway" and path.startswith("/v2/"):
        service = "apigatewayv2"  # signed for the same name
    for method, pattern, name, labels in _routes(service):
        if method == request.method and (found := pattern.fullmatch(path)):
            parameters = dict(parse_qsl(request.query)) | _json(request.body)
            parameters |= dict(zip(labels, map(unquote, found.groups()), strict=True))
            return Operation(name, parameters)
    return None


@cache
def _routes(service: str) -> tuple[tuple[str, re.Pattern[str], str, tuple[str, ...]], ...]:
    """The paths of a REST service, those with the most fixed text first."""
    model = service_model(service)
    if model is None or not model.protocol.startswith("rest"):
        return ()
    routes = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        uri = http["requestUri"].partition("?")[0].rstrip("/") or "/"
        labels = tuple(label[1] for label in LABEL.finditer(uri))
        pieces, end = [], 0
        for label in LABEL.finditer(uri):
            pieces += [re.escape(uri[end : label.start()]), "(.+)" if label[2] else "([^/]+)"]
            end = label.end()
        pattern = re.compile("".join(pieces) + re.escape(uri[end:]))
        routes.append((len(labels), -len(uri), http["method"], pattern, name, labels))
    routes.sort(key=lambda route: route[:2])
    return tuple(route[2:] for route in routes)


@cache
def service_model(service: str) -> ServiceModel | None:
    """botocore's model of the service that requests are signed for as `service`."""
    try:
        return botocore.session.get_session().get_service_model(MODELS.get(service, service))
    except UnknownServiceError:
        return None
