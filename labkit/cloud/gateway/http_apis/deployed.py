"""A deployment of an HTTP API: its routes with their integrations, as immutable records.

A stage with automatic deployment gets a new one with every change of a route or an integration,
any other stage when it is deployed.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moto.apigatewayv2.models import Api
from moto.apigatewayv2.models import Integration as MotoIntegration

from labkit.cloud.gateway.http_apis.routes import Router


@dataclass(frozen=True)
class Integration:
    """What a route calls; `subtype` names an operation of an AWS service."""

    uri: str
    subtype: str | None
    credentials: str | None
    parameters: Mapping[str, str]
    payload_format: str
    timeout: float


@dataclass(frozen=True)
class Deployed:
    """An API at one deployment; a route without integration has None."""

    router: Router[Integration | None]


def snapshot(api: Api) -> Deployed:
    """The present state of `api`, independent of any later edit."""
    return Deployed(
        Router.of(
            (
                route.route_key,
                _integration(api.integrations.get((route.target or "").rpartition("/")[2])),
            )
            for route in api.routes.values()
        )
    )


def _integration(integration: MotoIntegration | None) -> Integration | None:
    if integration is None:
        return None
    return Integration(
        uri=integration.integration_uri or "",
        subtype=integration.integration_subtype,
        credentials=integration.credentials_arn,
        parameters=dict(integration.request_parameters or {}),
        payload_format=integration.payload_format_version or "1.0",
        timeout=(integration.timeout_in_millis or 30_000) / 1000,
    )
