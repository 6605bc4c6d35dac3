"""A request without what its service does not read.

moto looks for a parameter in the form, the query, the body and the headers of any request, and
decompresses its body; what the gate decides on has to be what moto acts on. So both see a request
that has lost whatever its service would not look at:

    REST    method and path; the query parameters that the operation has; the body, if it has one
    query   the form and the URL's query as one
    JSON    X-Amz-Target and the body
"""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

from botocore.model import ServiceModel

from labkit.cloud.messages import FORM, Request
from labkit.cloud.protocols import TARGET, Protocol

FORMS = ("form",)  # what a form's content type has in it, urlencoded or in parts
LARGEST_BODY = 100 * 1024 * 1024  # as compressed ones, see server.py


def of_protocol(protocol: Protocol, request: Request) -> Request:
    """A request without what its protocol does not read."""
    if protocol is Protocol.OTHER:
        return request
    request = _decompressed(request)
    if protocol is Protocol.REST:
        return _without(request, target=True, foreign=(*FORMS, "x-amz-json"))
    if protocol is Protocol.QUERY:
        return _query(request)
    return _without(request, query="", foreign=FORMS)


def of_operation(model: ServiceModel, operation: str, request: Request) -> Request:
    """A REST request without what its operation does not have."""
    names, has_body = _members(model, operation)
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
