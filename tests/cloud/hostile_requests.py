"""Requests that no SDK would send, made from a service's model: for each operation a sample with
everything, and many that lack something, say something else, or are no requests at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from botocore.exceptions import ParamValidationError
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.serialize import create_serializer

# Signing names that differ from the model's.
SIGNED_AS = {
    "dynamodbstreams": "dynamodb",
    "apigatewayv2": "apigateway",
    "cloudwatch": "monitoring",
    "accessanalyzer": "access-analyzer",
}
SCALARS = {"boolean": True, "double": 1.0, "float": 1.0, "blob": b"x", "timestamp": "2026-01-01"}
DEEPEST = 6  # an attribute's value may hold others without end
WRONG = (None, 7, -1, "", "x", [], [7], [{}], {}, {"x": "y"}, 1e400)
WRONG_INSIDE = (None, 7, "x", [], {})
WRONG_TEXTS = ("%", "x" * 3000, "é☃", "arn:aws:x", "a:b:c:d:e:f:g:h", "*", "{")
WRONG_IN_FORM = ("", "x", "-1", "{", "a.b:c")
NO_OBJECTS = (b"", b"[]", b"null", b"7", b'"x"', b"{", b"\xff\xfe", b"[[]]")

# What botocore's serializers raise at parameters that they cannot write down.
UNWRITABLE = (ValueError, TypeError, AttributeError, KeyError, ParamValidationError)

Wire = dict[str, Any]  # what botocore's serializers make: method, url_path, headers, body


def sample(shape: Shape, known: dict[str, str], name: str = "", depth: int = 0) -> Any:
    """A value of a shape with all of its members; `known` are those that are of some use."""
    match shape.type_name:
        case "structure" if depth < DEEPEST:
            return {
                name: sample(member, known, name, depth + 1)
                for name, member in shape.members.items()
            }
        case "list" if depth < DEEPEST:
            return [sample(shape.member, known, name, depth + 1)]
        case "map" if depth < DEEPEST:
            key = (getattr(shape.key, "enum", None) or ["x"])[0]
            return {key: sample(shape.value, known, "", depth + 1)}
        case "structure" | "map":
            return {}
        case "list":
            return []
        case "integer" | "long":
            return int(shape.metadata.get("min") or 1)
        case "string":
            return known.get(name) or (getattr(shape, "enum", None) or ["x"])[0]
    return SCALARS[shape.type_name]


def requests(service: ServiceModel, operation: str, known: dict[str, str]) -> Iterator[Wire]:
    """The requests for one operation, an entire one first."""
    model = service.operation_model(operation)
    full = sample(model.input_shape, known) if model.input_shape else {}
    entire = _serialized(service, model, full)
    yield entire
    for parameters in _variants(model.input_shape, full):
        try:
            yield _serialized(service, model, parameters)
        except UNWRITABLE:
            continue  # botocore cannot write that down; the requests below can
    yield from _changed(entire)


def headers_and_body(wire: Wire, service: str) -> tuple[str, dict[str, bytes], bytes]:
    """Target, signed headers and body of a request, as they are sent."""
    query, body = wire.get("query_string") or {}, wire["body"]
    target = quote(wire["url_path"], safe="/%?&=+~:,@!$'()*;")
    if query:
        target += ("&" if "?" in target else "?") + urlencode(query, doseq=True)
    if isinstance(body, dict):
        body = urlencode(body)
    if hasattr(body, "read"):
        body = body.read()
    scope = f"AKIAHOSTILE/20261123/us-east-1/{SIGNED_AS.get(service, service)}/aws4_request"
    given = {**wire["headers"], "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Sig"}
    given.pop("Content-Length", None)  # a body that never comes is another test's
    headers = {
        name: str(value).encode("latin-1", "replace").replace(b"\n", b" ")
        for name, value in given.items()
    }
    return target, headers, body.encode() if isinstance(body, str) else body


def _serialized(service: ServiceModel, model: OperationModel, parameters: Any) -> Wire:
    protocol = service.resolved_protocol
    protocol = "json" if protocol.startswith("smithy") else protocol
    serializer = create_serializer(protocol, include_validation=False)
    return serializer.serialize_to_request(parameters, model)


def _variants(shape: Shape | None, full: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Parameters that lack some, or have other texts; those in the path are always there."""
    members = shape.members if shape else {}
    in_path = {name for name in full if members[name].serialization.get("location") == "uri"}
    path = {name: full[name] for name in in_path}
    required = {name: full[name] for name in (shape.required_members if shape else ())}
    yield path
    yield {**path, **required}
    for name in full:
        if name in in_path:
            continue
        if name in required:
            yield {other: value for other, value in full.items() if other != name}
        yield {**path, **required, name: full[name]}
    yield {**_with_text(full, ""), **path}
    for text in WRONG_TEXTS:
        yield {**_with_text(full, text), **path}
        yield {**full, **dict.fromkeys(in_path, text)}


def _with_text(value: Any, text: str) -> Any:
    """A value in which every text is another one."""
    if isinstance(value, dict):
        return {key: _with_text(each, text) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_text(each, text) for each in value]
    return text if isinstance(value, str) else value


def _changed(entire: Wire) -> Iterator[Wire]:
    """A request whose bytes are changed: what no serializer writes."""
    body, query = entire["body"], entire.get("query_string") or {}
    for name in query:
        yield from ({**entire, "query_string": {**query, name: text}} for text in WRONG_IN_FORM)
    yield from ({**entire, "body": junk} for junk in NO_OBJECTS)
    if isinstance(body, dict):
        yield from ({**entire, "body": form} for form in _forms(body))
    elif body[:1] in (b"{", "{"):
        for document in _documents(json.loads(body)):
            yield {**entire, "body": json.dumps(document).encode()}


def _documents(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in document.items():
        yield from ({**document, name: wrong} for wrong in WRONG)
        inner, wrap = (value[0], True) if isinstance(value, list) and value else (value, False)
        for part in inner if isinstance(inner, dict) else ():
            for wrong in WRONG_INSIDE:
                changed = {**inner, part: wrong}
                yield {**document, name: [changed] if wrap else changed}


def _forms(form: dict[str, str]) -> Iterator[dict[str, str]]:
    for name in [name for name in form if name not in ("Action", "Version")]:
        top = name.split(".")[0]
        rest = {other: text for other, text in form.items() if other != name}
        yield from ({**form, name: text} for text in WRONG_IN_FORM)
        yield {**rest, f"{name}.x": "x"}
        yield {**rest, name.replace(".1", ".junk"): "x"}
        yield {**{other: form[other] for other in form if other.split(".")[0] != top}, top: "x"}
