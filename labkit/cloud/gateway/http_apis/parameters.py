"""Parameter mapping of HTTP APIs: what an AWS service is sent.

A parameter is a fixed text, a reference such as `$request.body.MessageBody`, or a text with
references in braces.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services.html
"""

from __future__ import annotations

import re
from typing import Any

from labkit.cloud.gateway import jsonpath
from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.gateway.headers import as_text
from labkit.cloud.gateway.invocation import Arrival
from labkit.cloud.gateway.template import NotJson, parse_json

NAME = r"(?:request|context|stageVariables)(?:\.[\w\-\[\].]+)+"
WHOLE = re.compile(rf"\$\{{?({NAME})\}}?")
PART = re.compile(rf"\$\{{({NAME})\}}")
# AWS applies a path to the first 100 KB of a body, so a longer one is no JSON.
LARGEST_READ = 100 * 1024


def resolve(name: str, expression: str, call: Arrival) -> str:
    """The value of the parameter `name`.

    Raises:
        GatewayError: 400 when the request lacks what the parameter refers to.
    """
    whole = WHOLE.fullmatch(expression)
    if whole:
        return _value(name, whole[1], expression, call)
    return PART.sub(lambda part: _value(name, part[1], expression, call), expression)


def is_valid(expression: str) -> bool:
    """Whether AWS takes `expression` for a parameter: what looks like a reference must be one."""
    return not expression.startswith("$") or bool(
        WHOLE.fullmatch(expression) or PART.search(expression)
    )


def _value(name: str, reference: str, expression: str, call: Arrival) -> str:
    source, _, rest = reference.partition(".")
    value: Any
    if source == "context":
        value = jsonpath.find(call.context, f"$.{rest}")
    elif source == "stageVariables":
        value = call.stage_variables.get(rest)
    else:
        value = _of_request(rest, call)
    if value is None:
        raise GatewayError(
            ErrorType.DEFAULT_4XX,
            f"Unable to resolve property {name} from source {expression}. Please make sure that "
            "the request to API Gateway contains all the necessary fields specified in request "
            "parameters.",
        )
    return as_text(value)


def _of_request(reference: str, call: Arrival) -> Any:
    place, _, rest = reference.partition(".")
    if place == "body":
        if not rest:
            return call.body or None
        try:
            return jsonpath.find(parse_json(call.body[:LARGEST_READ]), f"$.{rest}")
        except (NotJson, jsonpath.BadPath):
            return None
    if place == "path":
        return call.path_parameters.get(rest) if rest else call.context["path"]
    if place == "header":
        return ",".join(call.request.headers.getall(rest, [])) or None
    values = call.query.get(rest) if place == "querystring" else None
    return None if values is None else ",".join(values)
