"""What is refused when an API is made: AWS's own checks, and what this cloud would ignore.

Whole parameters and operations are in the table of `labkit.cloud.refused`. AWS's messages are those
that its control plane was recorded to give.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import regex
from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.gateway import expressions, validation
from labkit.cloud.gateway.gateway_responses import check_type
from labkit.cloud.gateway.targets import SERVICES, service_of
from labkit.cloud.refusals import error

INVALID_MODEL = (
    "Invalid model specified: Validation Result: warnings : [], "
    "errors : [Invalid model schema specified. {}]"
)
# The extensions of OpenAPI that an import honours, by what follows x-amazon-apigateway-.
EXTENSIONS = (
    *("any-method", "api-key-source", "auth", "documentation", "gateway-responses"),
    *("integration", "request-validator", "request-validators"),
)
NO_EFFECT = "an import would not do it"
# Parameters of an import, in its query string, by the values that change nothing.
IMPORT_PARAMETERS = {
    "basepath": ("ignore",),
    "endpointConfigurationTypes": ("EDGE", "REGIONAL"),
    "ignore": ("documentation",),
}


def refuse(what: str, why: str) -> Exception:
    """The answer to a feature that this cloud would otherwise ignore."""
    return error("apigateway", what, why)


def check_import(what: str, parameters: Mapping[str, list[str]]) -> None:
    """Refuse an import of other things than APIs, and a parameter that would have no effect."""
    if what != "restapis":
        raise refuse(f"An import of {what}", "APIs are imported, nothing else")
    for name, values in parameters.items():
        if name not in (*IMPORT_PARAMETERS, "mode", "failonwarnings"):
            raise refuse(name, NO_EFFECT)
        if name in IMPORT_PARAMETERS and not {*values} <= {*IMPORT_PARAMETERS[name]}:
            raise refuse(f"{name}={values[0]}", NO_EFFECT)


def check_document(part: Any) -> None:
    """Refuse an OpenAPI document with an extension of API Gateway's that would have no effect."""
    if isinstance(part, dict):
        for name in map(str, part):
            prefix, _, extension = name.partition("x-amazon-apigateway-")
            if extension and not prefix and extension not in EXTENSIONS:
                raise refuse(name, NO_EFFECT)
    for inner in part.values() if isinstance(part, dict) else part:
        if isinstance(inner, (dict, list)):
            check_document(inner)


def check_method(api: moto.RestAPI, method: dict[str, Any]) -> None:
    """Refuse a method that refers to what its API does not have."""
    validator = method["request_validator_id"]
    if validator and validator not in api.request_validators:
        raise BadRequestException("Invalid Request Validator identifier specified")
    for name in method["request_parameters"] or {}:
        if problem := expressions.unreadable(name, expressions.REQUEST_PARAMETER):
            raise BadRequestException(problem)
    names = [name.rpartition(".")[2] for name in method["request_parameters"] or {}]
    if len(names) != len(set(names)):
        raise BadRequestException(
            "Parameter names must be unique across querystring, header and path"
        )
    check_models(api, method["request_models"])


def check_models(api: moto.RestAPI, models: Mapping[str, str] | None) -> None:
    """Refuse models, by media type, that the API does not have."""
    for name in (models or {}).values():
        if name not in api.models:
            raise BadRequestException(f"Invalid model identifier specified: {name}")


def check_gateway_response(response_type: str, status: str | None) -> None:
    """Refuse a response type that AWS does not have, and a status that HTTP does not."""
    check_type(response_type)
    if status and not regex.fullmatch(r"[1-5]\d\d", str(status)):
        raise BadRequestException(f"Invalid status code '{status}'")


def check_schema(schema: str | None) -> None:
    """Refuse a model without a schema, or whose schema is no JSON Schema."""
    if not schema:
        raise BadRequestException(
            "Model schema must have at least 1 property or array items defined"
        )
    problem = validation.check_model(schema)
    if problem:
        raise BadRequestException(INVALID_MODEL.format(problem))


def check_http(uri: str | None, integration_method: str | None) -> None:
    """Refuse what AWS would refuse of an integration over HTTP."""
    if not integration_method:
        raise BadRequestException("Enumeration value for HttpMethod must be non-empty")
    if not (uri or "").startswith(("http://", "https://")):
        raise BadRequestException("Invalid HTTP endpoint specified for URI")


def check_integration(method: moto.Method, integration: dict[str, Any]) -> None:
    """Refuse an integration that cannot run."""
    problem = expressions.problem_in_request(
        integration["request_parameters"], set(method.request_parameters or {})
    )
    if problem:
        raise BadRequestException(problem)
    if integration["integration_type"] == "AWS_PROXY" and ":lambda:" not in integration["uri"]:
        raise BadRequestException(
            "Integrations of type 'AWS_PROXY' currently only supports "
            "Lambda function and Firehose stream invocations."
        )
    if integration["integration_type"] in ("AWS", "AWS_PROXY"):
        service = service_of(integration["uri"])
        if service not in (None, *SERVICES):
            raise refuse(f"An integration with {service}", f"there are {', '.join(SERVICES)}")
    behaviour = integration["passthrough_behaviour"]
    if behaviour not in ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"):
        raise BadRequestException(f"Invalid passthroughBehavior '{behaviour}'")
    if not 50 <= int(integration["timeout_in_millis"]) <= 29_000:
        raise BadRequestException("Timeout should be between 50 ms and 29000 ms")


def check_integration_response(
    method: moto.Method, status: str, pattern: str | None, parameters: dict[str, str] | None
) -> None:
    """Refuse an integration response that cannot be applied."""
    try:
        regex.compile(pattern or "")
    except regex.error:
        raise BadRequestException(f"Invalid selection pattern specified: {pattern}") from None
    integration = method.method_integration
    others = (integration and integration.integration_responses) or {}
    for code, other in others.items():
        if code != status and (other.selection_pattern or "") == (pattern or ""):
            raise moto.ConflictException(
                f"Integration response with selection pattern {pattern or 'default'} already exists"
            )
    response = method.get_response(status)
    problem = expressions.problem_in_response(
        parameters, set(response.response_parameters or {}) if response else None
    )
    if problem:
        raise BadRequestException(problem)
