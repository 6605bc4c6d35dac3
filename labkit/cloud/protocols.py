"""One reading of a request: what its protocol reads of it, and nothing else.

moto looks for a parameter in the form, the query, the body and the headers of any request, and
decompresses its body; what the gate decides on has to be what moto acts on. So both see a request
that has lost whatever its service would not look at:

    REST    method and path; the query parameters that the operation has; the body, if it has one
    query   the form and the URL's query as one
    JSON    X-Amz-Target and the body

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from enum import Enum, auto
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import ServiceModel
from moto.core.request import Request as MotoRequest
from moto.core.routing import NotFound, get_service_router

from labkit.cloud.messages import FORM, Request, Response
from labkit.cloud.wsgi import wsgi_environ

# Services whose name in botocore is not the one that requests are signed for.
MODELS = {
    "monitoring": "cloudwatch",
    "access-analyzer": "accessanalyzer",
    "states": "stepfunctions",
    "email": "ses",
}
# Protocols that AWS still answers and the service's model no longer has, and those of a service
# that is not known.
FORMER = {"sqs": {"query"}}
UNKNOWN = {"json", "query"}
CBOR = "smithy-rpc-v2-cbor"
CBOR_PATH = re.compile(r"/service/[^/]+/operation/([A-Za-z]+)$")
ACTION = re.compile(r"(?:^|&)Action=")
TARGET = "X-Amz-Target"
FORMS = ("form",)  # what a form's content type has in it, urlencoded or in parts
LARGEST_BODY = 100 * 1024 * 1024  # as compressed ones, see server.py


class Protocol(Enum):
    """How a request says what it wants."""

    REST = auto()
    QUERY = auto()
    JSON = auto()
    CBOR = auto()
    OTHER = auto()  # S3's and its like, whose bodies are documents: left as they are


@cache
def service_model(service: str) -> ServiceModel | None:
    """botocore's model of the service that requests are signed for as `service`."""
    try:
        return botocore.session.get_session().get_service_model(MODELS.get(service, service))
    except UnknownServiceError:
        return None


def model_of(service: str, request: Request) -> ServiceModel | None:
    """The model of the service that a request is for; some services share a name.

    >>> model_of("apigateway", Request("GET", "/v2/apis")).service_name
    'apigatewayv2'
    """
    if service == "apigateway" and request.path.startswith("/v2/"):
        service = "apigatewayv2"
    elif service == "ses" and request.path.startswith("/v2/"):
        service = "sesv2"
    elif request.headers.get(TARGET, "").startswith("DynamoDBStreams"):
        service = "dynamodbstreams"
    return service_model(service)


def protocol_of(service: str, request: Request) -> Protocol:
    """The protocol that a service reads a request by.

    >>> protocol_of("iam", Request("GET", "/", "Action=ListUsers"))
    <Protocol.QUERY: 2>
    """
    known = _protocols(service, model_of(service, request))
    if "rest-json" in known:
        return Protocol.REST
    if CBOR in known and CBOR_PATH.match(request.path):
        return Protocol.CBOR
    if "json" in known and TARGET in request.headers:
        return Protocol.JSON
    if known & {"query", "ec2"} and (request.is_form or ACTION.search(request.query)):
        return Protocol.QUERY
    return Protocol.JSON if known == {"json"} else Protocol.OTHER


@cache
def _protocols(service: str, model: ServiceModel | None) -> frozenset[str]:
    known = set(model.metadata.get("protocols") or [model.protocol]) if model else UNKNOWN
    return frozenset(known | FORMER.get(service, set()))


def typed(service: str, request: Request, response: Response) -> Response:
    """An answer with the content type of its protocol, which moto leaves out or cuts short.

    >>> typed("logs", Request("POST", "/"), Response(body=b"{}")).headers["Content-Type"]
    'application/x-amz-json-1.1'
    """
    if response.body and response.headers.get("Content-Type", "text") == "text":
        protocol, model = protocol_of(service, request), model_of(service, request)
        if protocol is Protocol.REST:
            response.headers["Content-Type"] = "application/json"
        elif protocol is Protocol.JSON and model is not None:
            version = model.metadata.get("jsonVersion", "1.0")
            response.headers["Content-Type"] = f"application/x-amz-json-{version}"
    return response


def as_read(service: str, request: Request) -> Request:
    """A request without what its service does not read.

    >>> as_read("iam", Request("GET", "/", "Action=ListUsers")).body
    b'Action=ListUsers'
    """
    protocol = protocol_of(service, request)
    if protocol is Protocol.OTHER:
        return request
    request = _decompressed(request)
    if protocol is Protocol.REST:
        return _rest(service, request)
    if protocol is Protocol.QUERY:
        return _query(request)
    return _without(request, query="", foreign=FORMS)


def route(service: str, request: Request) -> tuple[str, Mapping[str, str]] | None:
    """The operation that method and path stand for, and what its labels say; None for none."""
    model = model_of(service, request)
    if model is None:
        return None
    try:
        router = get_service_router(model.service_name)
        operation, labels = router.match(MotoRequest(wsgi_environ(request, "127.0.0.1:80")))
    except (NotFound, NotImplementedError):
        return None
    return str(operation.name), labels


def _rest(service: str, request: Request) -> Request:
    request = _without(request, target=True, foreign=(*FORMS, "x-amz-json"))
    found = route(service, request)
    model = model_of(service, request)
    if found is None or model is None:
        return request  # nobody but the administrator may do that, and moto knows nothing of it
    names, has_body = _members(model, found[0])
    pairs = [pair for pair in request.query.split("&") if pair]
    if names is not None:
        pairs = [pair for pair in pairs if unquote_plus(pair.partition("=")[0]) in names]
    body = request.body if has_body else b""
    return _without(request, query="&".join(pairs), body=body)


@cache
def _members(model: ServiceModel, operation: str) -> tuple[frozenset[str] | None, bool]:
    """The query parameters of an operation, None for any, and whether it reads a body."""
    described = model.operation_model(operation)
    fixed = described.http["requestUri"].partition("?")[2]
    names = {pair.partition("=")[0] for pair in fixed.split("&") if pair}
    shape = described.input_shape
    if shape is None:
        return frozenset(names), False
    has_body = False
    for name, member in shape.members.items():
        where = member.serialization.get("location")
        if where == "querystring" and member.type_name == "map":
            return None, True
        if where == "querystring":
            names.add(member.serialization.get("name", name))
        has_body = has_body or where is None
    return frozenset(names), has_body


def _query(request: Request) -> Request:
    if request.is_form and request.body:
        body = request.query.encode() + b"&" + request.body if request.query else None
        return _without(request, target=True, query="", body=body)
    headers = request.headers.copy()
    headers.popall(TARGET, None)
    headers["Content-Type"] = FORM
    body = request.query.encode()
    return replace(request, method="POST", query="", headers=headers, body=body)


def _without(
    request: Request,
    *,
    target: bool = False,
    foreign: Collection[str] = (),
    query: str | None = None,
    body: bytes | None = None,
) -> Request:
    """A request that has lost its target, a type of another protocol, or been given other parts."""
    changed: dict[str, Any] = {}
    headers = request.headers
    if query is not None and query != request.query:
        changed["query"] = query
    if body is not None and body != request.body:
        changed["body"] = body
    dropped = [TARGET] * (target and TARGET in headers)
    if foreign and (kind := headers.get("Content-Type")):
        dropped += ["Content-Type"] * any(part in kind.lower() for part in foreign)
    if dropped:
        changed["headers"] = headers.copy()
        for name in dropped:
            del changed["headers"][name]
    return replace(request, **changed) if changed else request


def _decompressed(request: Request) -> Request:
    """A request with its body as it was before the client made it smaller; ValueError for no gzip.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-compression.html
    """
    if request.headers.get("Content-Encoding", "").lower() != "gzip":
        return request
    headers = request.headers.copy()
    del headers["Content-Encoding"]
    inflating = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = inflating.decompress(request.body, LARGEST_BODY)
    except zlib.error:
        body = b""
    if not inflating.eof:
        body = b""  # neither whole nor of a size that is taken: it says nothing
    return replace(request, headers=headers, body=body)
