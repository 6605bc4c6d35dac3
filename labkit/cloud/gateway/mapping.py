"""The two mappings of an integration: request to backend, and the backend's answer to the caller.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from multidict import CIMultiDict

from labkit.cloud.gateway import jsonpath, template
from labkit.cloud.gateway.backend_request import BackendRequest, headers_of, uri_of
from labkit.cloud.gateway.budget import PATTERN_SECONDS
from labkit.cloud.gateway.deployment import Integration, IntegrationResponse
from labkit.cloud.gateway.errors import ErrorType, GatewayError, broken, choose, literal
from labkit.cloud.gateway.headers import as_text, remapped, safe
from labkit.cloud.gateway.invocation import Invocation
from labkit.cloud.gateway.template import NotJson, parse_json
from labkit.cloud.gateway.velocity import TemplateError
from labkit.cloud.messages import Response

# Headers that an integration with an AWS service may not set: the call fails, as recorded.
UNMAPPABLE = {
    *("authorization", "connection", "content-length", "expect", "proxy-authenticate", "te"),
    "transfer-encoding",
}


def to_backend(integration: Integration, call: Invocation) -> BackendRequest:
    """Map the caller's request for the backend.

    Raises:
        GatewayError: 415 for a payload without a template that may not pass through, 400 for one
            that a template cannot read, 500 for a template that fails.
    """
    body = _request_body(integration, call)
    mapped = mapped_parameters(integration, call)
    content_type = call.request.headers.get("Content-Type", "application/json")
    headers = headers_of(call.deployed.api_id, content_type)
    headers.update(safe(mapped["header"]))
    return BackendRequest(
        uri=uri_of(integration.uri, call.stage_variables, mapped["path"]),
        method=call.request.method if integration.method == "ANY" else integration.method,
        headers=headers,
        query=tuple((name, as_text(value)) for name, value in mapped["querystring"].items()),
        body=body,
    )


def mapped_parameters(integration: Integration, call: Invocation) -> dict[str, dict[str, Any]]:
    """What an integration maps or overrides, by `header`, `querystring` and `path`.

    Raises:
        GatewayError: 500 for a header that an AWS service's request may not be given.
    """
    mapped: dict[str, dict[str, Any]] = {"header": {}, "querystring": {}, "path": {}}
    for target, expression in integration.parameters.items():
        place, _, name = target.removeprefix("integration.request.").partition(".")
        value = literal(expression)
        value = call.resolve(expression) if value is None else value
        if value is not None and place in mapped:
            mapped[place][name] = value
    for place, overrides in _maps(call.context.get("requestOverride")).items():
        mapped.get(place, {}).update(overrides)
    refused = [name for name in mapped["header"] if name.lower() in UNMAPPABLE]
    if refused and integration.type != "MOCK":
        raise broken(f"An integration with a service may not set {', '.join(refused)}.")
    return mapped


def to_caller(
    integration: Integration, call: Invocation, answer: Response, *, selected_by: str
) -> Response:
    """Map the backend's answer for the caller; `selected_by` is what selection patterns match.

    Raises:
        GatewayError: 500 when no integration response fits, the method does not have the mapped
            status, or the template fails.
    """
    chosen = select(integration.responses, selected_by)
    if chosen is None:
        raise broken(
            "No match for output mapping and no default output mapping configured. "
            f"Endpoint response status code: {answer.status}"
        )
    if call.method is None or chosen.status not in call.method.responses:
        raise broken(f"Output mapping refers to an invalid method response: {chosen.status}")
    mapped = {
        target.removeprefix("method.response.header."): _response_value(expression, call, answer)
        for target, expression in chosen.parameters.items()
    }
    media_type, text = choose(chosen.templates, call.accept) or ("application/json", None)
    body = answer.body
    if text is not None:
        try:
            body = _render(text, call, answer.body.decode("utf-8", "replace"))
        except (NotJson, TemplateError, jsonpath.BadPath) as error:
            raise broken(f"Unable to transform response: {error}") from error
    override = call.context.get("responseOverride") or {}
    mapped.update(_maps(override).get("header", {}))
    headers: CIMultiDict[str] = CIMultiDict({"Content-Type": media_type})
    headers.update(safe(remapped(mapped)))
    return Response(_status(override, int(chosen.status)), headers, body)


def select(
    responses: Sequence[IntegrationResponse], selected_by: str
) -> IntegrationResponse | None:
    """The first response whose whole pattern matches, or else the one without a pattern."""
    for response in responses:
        try:
            if response.pattern and response.pattern.fullmatch(
                selected_by, timeout=PATTERN_SECONDS
            ):
                return response
        except TimeoutError:
            continue
    return next((response for response in responses if response.pattern is None), None)


def mock_status(body: bytes) -> int:
    """The `statusCode` that a MOCK integration's template gives; AWS reads lax JSON there.

    Raises:
        GatewayError: 500 without one.
    """
    found = re.search(rb"""statusCode["']?\s*:\s*(\d{3})\b""", body)
    if found is None:
        raise broken("Unable to parse statusCode. It should be an integer in the request template.")
    return int(found[1])


def _request_body(integration: Integration, call: Invocation) -> bytes:
    text = integration.templates.get(call.media_type)
    if text is None:
        refuses_some = integration.passthrough == "WHEN_NO_TEMPLATES" and integration.templates
        if integration.passthrough == "NEVER" or refuses_some:
            raise GatewayError(ErrorType.UNSUPPORTED_MEDIA_TYPE)
        return call.request.body
    try:
        return _render(text, call, call.body)
    except NotJson as error:
        raise GatewayError(
            ErrorType.BAD_REQUEST_BODY, f"Could not parse request body into json: {error}"
        ) from error
    except (TemplateError, jsonpath.BadPath) as error:
        raise broken(f"Unable to transform request: {error}") from error


def _render(text: str, call: Invocation, body: str) -> bytes:
    return template.render(
        text,
        body=body,
        parameters=call.parameters,
        context=call.context,
        stage_variables=dict(call.stage_variables),
    ).encode("utf-8", "replace")


def _response_value(expression: str, call: Invocation, answer: Response) -> Any:
    value = literal(expression)
    if value is not None:
        return value
    if not expression.startswith("integration.response."):
        return call.resolve(expression)
    source = expression.removeprefix("integration.response.")
    if not source.startswith("body"):
        return ",".join(answer.headers.getall(source.partition(".")[2], [])) or None
    text = answer.body.decode("utf-8", "replace")
    if source == "body":
        return text
    try:
        return jsonpath.find(parse_json(text), f"${source.removeprefix('body')}")
    except (NotJson, jsonpath.BadPath) as error:
        raise broken(f"Unable to map '{expression}': {error}") from error


def _status(override: Any, status: int) -> int:
    """The overriding status when it is a whole number that HTTP has."""
    given = override.get("status") if isinstance(override, dict) else None
    valid = isinstance(given, int) and not isinstance(given, bool) and 100 <= given <= 599
    return given if valid else status


def _maps(overrides: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(overrides, dict):
        return {}
    return {place: names for place, names in overrides.items() if isinstance(names, dict)}
