"""A deployment of an HTTP API: its routes with copies of their integrations.

A stage with automatic deployment gets a new one with every change of a route or an integration,
any other stage when it is deployed.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from moto.apigatewayv2.models import Api, Integration

from labkit.cloud.gateway.http_apis.routes import Router


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
                copy(api.integrations.get((route.target or "").rpartition("/")[2])),
            )
            for route in api.routes.values()
        )
    )
