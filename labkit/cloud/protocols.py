"""Which model a service has, and by which protocol it reads a request.

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from enum import Enum, auto
from functools import cache
from typing import NamedTuple

import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import ServiceModel
from moto.core.request import Request as MotoRequest
from moto.core.routing import NotFound, get_service_router

from labkit.cloud.messages import Request
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


class Protocol(Enum):
    """How a request says what it wants."""

    REST = auto()
    QUERY = auto()
    JSON = auto()
    CBOR = auto()
    OTHER = auto()  # S3's and its like, whose bodies are documents: left as they are


class Route(NamedTuple):
    """The operation that method and path stand for, and what the path's labels say."""

    operation: str
    labels: Mapping[str, str]


@cache
def service_model(service: str) -> ServiceModel | None:
    """botocore's model of the service that requests are signed for as `service`."""
    try:
        return botocore.session.get_session().get_service_model(MODELS.get(service, service))
    except UnknownServiceError:
        return None


def status_of(service: str, operation: str, *, otherwise: int) -> int:
    """The status with which an operation succeeds, when the service's model names one.

    >>> status_of("apigateway", "CreateRestApi", otherwise=200)
    201
    """
    model = service_model(service)
    if model is None:
        return otherwise
    return int(model.operation_model(operation).http.get("responseCode", otherwise))


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


def route(model: ServiceModel, request: Request) -> Route | None:
    """Where a request leads by its method and path; None for nowhere."""
    # Without the body: whatever leads by an action in a form is of the query protocol.
    environ = wsgi_environ(request, "127.0.0.1:80") | {"wsgi.input": io.BytesIO()}
    try:
        operation, labels = get_service_router(model.service_name).match(MotoRequest(environ))
    except (NotFound, NotImplementedError):
        return None
    return Route(str(operation.name), labels)
