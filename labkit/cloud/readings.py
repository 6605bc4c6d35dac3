"""What a service reads of a request, and which operation it takes it for: read once for everybody.

The gate decides on a reading and moto acts on the same. A body is read as little as deciding needs:
this is no parser of requests, moto's response classes are.
"""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import ServiceModel

from labkit.cloud import members, protocols, stripped
from labkit.cloud.forms import Form
from labkit.cloud.messages import Request
from labkit.cloud.protocols import Protocol, Route


@dataclass(frozen=True)
class Operation:
    """An operation of a service with its parameters, as far as the request's form shows them."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Reading:
    """A request as `service` reads it, by the service's own botocore model.

    `request` has lost what its protocol does not read.
    """

    service: str
    model: ServiceModel | None
    protocol: Protocol
    route: Route | None
    request: Request

    @cached_property
    def operation(self) -> Operation | None:
        """The operation that is asked for, None when it cannot be made out."""
        match self.protocol:
            case Protocol.JSON | Protocol.QUERY:
                asked = self._asked
                return _own(self.model, asked) if asked and self.model else asked
            case Protocol.CBOR:
                return Operation(self.request.path.rpartition("/")[2], {})
        return self._by_path(self.route) if self.route else None

    @property
    def unknown(self) -> str | None:
        """The name that is asked for, where the service has no such operation."""
        return self._asked.name if self._asked and self.operation is None else None

    @cached_property
    def _asked(self) -> Operation | None:
        """What is asked for by name, with everything that came along."""
        match self.protocol:
            case Protocol.JSON:
                target = self.request.headers.get(protocols.TARGET)
                if target is not None:
                    return Operation(target.rpartition(".")[2], _json(self.request.body))
            case Protocol.QUERY:
                return _of_form(self.request)
        return None

    def _by_path(self, route: Route) -> Operation:
        """REST: method and path say which operation is meant, and overrule query and body."""
        query = parse_qsl(self.request.query, keep_blank_values=True)
        body: Mapping[str, Any] = _json(self.request.body)
        if self.model is not None:
            body = members.Own(body, members.of_body(self.model, route.operation))
        return Operation(route.operation, {**body, **dict(reversed(query)), **route.labels})


def read(service: str, request: Request) -> Reading:
    """The reading of a request by the service that it is signed for.

    >>> reading = read("iam", Request("GET", "/", "Action=ListUsers"))
    >>> reading.request.body, reading.operation.name
    (b'Action=ListUsers', 'ListUsers')
    """
    known = request.readings.get(service)
    if known is None:
        model = protocols.model_of(service, request)
        protocol = protocols.protocol_of(service, request)
        left = stripped.of_protocol(protocol, request)
        by_path = model is not None and protocol in (Protocol.REST, Protocol.OTHER)
        route = protocols.route(model, left) if by_path else None
        # What leads nowhere is left: only the administrator may do that, and moto knows no answer.
        if route and protocol is Protocol.REST:
            left = stripped.of_operation(model, route.operation, left)
        known = request.readings[service] = Reading(service, model, protocol, route, left)
    return known


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


def _own(model: ServiceModel, found: Operation) -> Operation | None:
    """An operation of the model with the parameters that it has, None when it is none.

    A parameter of another operation must not decide what this one is about.
    """
    names = members.of(model, found.name)
    if names is None:
        return None
    return Operation(found.name, members.Own(found.parameters, names))
