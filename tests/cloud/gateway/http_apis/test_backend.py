"""The parts of moto's HTTP APIs that this project leans on, and their snapshots."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from moto.apigatewayv2 import models
from moto.apigatewayv2.responses import ApiGatewayV2Response

from labkit.cloud.gateway.http_apis.backend import LabApiGatewayV2Backend
from labkit.cloud.gateway.http_apis.control import LabApiGatewayV2Response, nothing_of

ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"


def made() -> tuple[LabApiGatewayV2Backend, str, str]:
    """A backend with an API, and the target of routes to its integration."""
    backend = LabApiGatewayV2Backend("us-east-1", ACCOUNT)
    api = backend.create_api(
        **{
            **nothing_of(models.ApiGatewayV2Backend.create_api),
            "name": "orders",
            "protocol_type": "HTTP",
            "tags": {},
        }
    )
    given: dict[str, Any] = {
        **nothing_of(models.ApiGatewayV2Backend.create_integration),
        "api_id": api.api_id,
        "integration_type": "AWS_PROXY",
        "integration_uri": FUNCTION,
        "payload_format_version": "2.0",
    }
    return backend, api.api_id, f"integrations/{backend.create_integration(**given).id}"


def add_route(backend: LabApiGatewayV2Backend, api_id: str, key: str, target: str) -> models.Route:
    """Make a route."""
    given: dict[str, Any] = {
        **nothing_of(models.ApiGatewayV2Backend.create_route),
        "api_id": api_id,
        "route_key": key,
        "target": target,
    }
    return backend.create_route(**given)


def test_a_deployment_is_a_snapshot() -> None:
    """A later edit of a route or an integration is not in it."""
    backend, api_id, target = made()
    add_route(backend, api_id, "POST /orders", target)
    backend.create_stage(api_id, {"stageName": "lab"})
    backend.create_deployment(api_id, stage_name="lab")
    api = backend.get_api(api_id)
    next(iter(api.routes.values())).route_key = "GET /orders"
    next(iter(api.integrations.values())).payload_format_version = "1.0"
    _, deployed = backend.served(api_id, "lab")  # type: ignore[misc]
    found = deployed.router.find("POST", "/orders")
    assert found is not None and found.target.payload_format_version == "2.0"
    assert deployed.router.find("GET", "/orders") is None


def test_automatic_deployments_do_not_pile_up() -> None:
    """What no stage points at any more is dropped; deployments that were asked for stay."""
    backend, api_id, target = made()
    backend.create_stage(api_id, {"stageName": "lab", "autoDeploy": True})
    for number in range(20):
        add_route(backend, api_id, f"POST /orders/{number}", target)
    backend.create_deployment(api_id, "by hand")
    backend.create_deployment(api_id, "by hand")
    kept = backend.deployments[api_id].values()
    assert [deployment.auto for deployment in kept] == [True, False, False]
    backend.delete_api(api_id)
    assert not backend.deployments


def test_a_renamed_route_keeps_its_key_its_own() -> None:
    """A route cannot take another's key."""
    backend, api_id, target = made()
    add_route(backend, api_id, "POST /orders", target)
    other = add_route(backend, api_id, "GET /orders", target)
    given: dict[str, Any] = {
        **nothing_of(models.ApiGatewayV2Backend.update_route),
        "api_id": api_id,
        "route_id": other.route_id,
    }
    backend.update_route(**{**given, "route_key": "GET /orders"})
    with pytest.raises(Exception, match="already exists"):
        backend.update_route(**{**given, "route_key": "POST /orders"})


def test_moto_s_models_are_where_they_were() -> None:
    """The attributes that a snapshot reads, and the signatures that are overridden."""
    backend, api_id, target = made()
    route = add_route(backend, api_id, "POST /orders", target)
    api = backend.get_api(api_id)
    assert {"integrations", "routes", "stages", "api_id"} <= set(vars(api))
    assert {"route_key", "target", "route_id"} <= set(vars(route))
    assert {
        "credentials_arn",
        "id",
        "integration_subtype",
        "integration_uri",
        "payload_format_version",
        "request_parameters",
        "timeout_in_millis",
    } <= set(vars(next(iter(api.integrations.values()))))
    assert {
        "access_log_settings",
        "auto_deploy",
        "default_route_settings",
        "route_settings",
        "stage_variables",
    } <= set(vars(models.Stage(api, {"stageName": "lab"})))
    for name in ("create_route", "update_route", "create_integration", "update_integration"):
        theirs = inspect.signature(getattr(models.ApiGatewayV2Backend, name)).parameters
        assert list(theirs)[1] == "api_id", name


def test_calls_are_still_missing_from_moto() -> None:
    """When moto learns one of these, ours is to be looked at again."""
    added = set(vars(LabApiGatewayV2Response)) - {"call_action", "create_api"}
    public = {name for name in added if not name.startswith("_")}
    assert public == {
        "create_deployment",
        "delete_access_log_settings",
        "delete_deployment",
        "delete_route_settings",
        "get_deployment",
        "get_deployments",
        "update_stage",
    }
    assert not [name for name in public if hasattr(ApiGatewayV2Response, name)]
