"""A deployment: what an API was when it was deployed, ready to run.

An edit of an API is live only after it is deployed again, so the data plane never looks at moto's
resources, but at the immutable records that are made of them here: routes, models and patterns
are compiled once for each deployment.
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

import regex
from jsonschema import Draft4Validator
from moto.apigateway import models as moto

from labkit.cloud.gateway.routes import Routes
from labkit.cloud.gateway.validation import compile_models

# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
TIMEOUT_SECONDS = 29.0


@dataclass(frozen=True)
class IntegrationResponse:
    """How an answer of the backend becomes an answer to the caller."""

    status: str
    pattern: regex.Pattern[str] | None
    templates: Mapping[str, str]
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Integration:
    """What a method calls, and how the request and the answer are mapped."""

    type: str
    uri: str
    method: str
    credentials: str | None
    templates: Mapping[str, str]
    passthrough: str
    parameters: Mapping[str, str]
    timeout: float
    responses: tuple[IntegrationResponse, ...]


@dataclass(frozen=True)
class Method:
    """One method of a resource."""

    resource_id: str
    resource_path: str
    api_key_required: bool
    required: tuple[tuple[str, str], ...]
    models: Mapping[str, str]
    validates_body: bool
    validates_parameters: bool
    responses: frozenset[str]
    integration: Integration | None


@dataclass(frozen=True)
class Deployed:
    """A whole API at one deployment."""

    api_id: str
    routes: Routes[Mapping[str, Method]]
    models: Mapping[str, Draft4Validator]
    gateway_responses: Mapping[str, moto.GatewayResponse]


def snapshot(api: moto.RestAPI) -> Deployed:
    """The present state of `api`, independent of any later edit."""
    return Deployed(
        api_id=api.id,
        routes=Routes.of(
            (resource.get_path(), _methods(api, resource)) for resource in api.resources.values()
        ),
        models=compile_models(
            api.id, {name: model.schema or "{}" for name, model in api.models.items()}
        ),
        gateway_responses={kind: copy(custom) for kind, custom in api.gateway_responses.items()},
    )


def _methods(api: moto.RestAPI, resource: moto.Resource) -> dict[str, Method]:
    return {
        name: _method(api, resource, method) for name, method in resource.resource_methods.items()
    }


def _method(api: moto.RestAPI, resource: moto.Resource, method: moto.Method) -> Method:
    validator = api.request_validators.get(method.request_validator_id or "")
    parameters: dict[str, Any] = method.request_parameters or {}
    return Method(
        resource_id=resource.id,
        resource_path=resource.get_path(),
        api_key_required=bool(method.api_key_required),
        required=tuple(
            _place_and_name(parameter)
            for parameter, required in sorted(parameters.items())
            if required
        ),
        models=dict(method.request_models or {}),
        validates_body=bool(validator and validator.validate_request_body),
        validates_parameters=bool(validator and validator.validate_request_parameters),
        responses=frozenset(method.method_responses),
        integration=_integration(method.method_integration) if method.method_integration else None,
    )


def _place_and_name(parameter: str) -> tuple[str, str]:
    place, _, name = parameter.removeprefix("method.request.").partition(".")
    return place, name


def _integration(integration: moto.Integration) -> Integration:
    milliseconds = integration.timeout_in_millis
    return Integration(
        type=integration.integration_type,
        uri=integration.uri or "",
        method=integration.http_method or "POST",
        credentials=integration.credentials,
        templates=_copied(integration.request_templates),
        passthrough=integration.passthrough_behaviour or "WHEN_NO_MATCH",
        parameters=_copied(integration.request_parameters),
        timeout=int(milliseconds) / 1000 if milliseconds else TIMEOUT_SECONDS,
        responses=tuple(
            IntegrationResponse(
                status=str(status),
                pattern=regex.compile(response.selection_pattern)
                if response.selection_pattern
                else None,
                templates=_copied(response.response_templates),
                parameters=_copied(response.response_parameters),
            )
            for status, response in sorted((integration.integration_responses or {}).items())
        ),
    )


def _copied(texts: Mapping[str, str | None] | None) -> dict[str, str]:
    """An independent copy, without the empty template that stands for "pass it through"."""
    return {name: text for name, text in (texts or {}).items() if text}
