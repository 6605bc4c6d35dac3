"""The parts of moto that the gateway leans on, and the snapshot of a deployment."""

from __future__ import annotations

import inspect

import pytest
from moto.apigateway import models
from moto.apigateway.responses import APIGatewayResponse
from moto.sts.models import STSBackend

from labkit.cloud.gateway.api import LabRestAPI
from labkit.cloud.gateway.backend import LabAPIGatewayBackend
from labkit.cloud.gateway.control import LabAPIGatewayResponse
from labkit.cloud.gateway.deployment import snapshot


def api() -> LabRestAPI:
    """An API with `POST /` that answers by MOCK."""
    made = LabRestAPI("a1", "123456789012", "us-east-1", "orders", "")
    method = made.default.add_method("POST", "NONE", False)
    method.create_response("200", {}, {})
    integration = made.default.add_integration(
        "POST", "MOCK", "", request_templates={"application/json": '{"statusCode": 200}'}
    )
    integration.create_integration_response("200", "", {"application/json": "one"}, {})
    return made


def test_a_snapshot_is_independent() -> None:
    """An edit of every part of the API leaves its snapshot as it was."""
    made = api()
    taken = snapshot(made)
    method = made.default.resource_methods["POST"]
    method.api_key_required = True
    method.method_responses.clear()
    method.method_integration.request_templates["application/json"] = "changed"
    method.method_integration.integration_responses["200"].response_templates.clear()
    made.models.clear()
    made.put_gateway_response("DEFAULT_4XX", 418, {}, {})
    made.default.delete_method("POST")
    found = taken.routes.find("/")
    assert found is not None
    kept = found[0]["POST"]
    assert not kept.api_key_required and kept.responses == {"200"}
    assert kept.integration is not None
    assert kept.integration.timeout == 29.0, "seconds, when nothing else was asked for"
    assert kept.integration.templates == {"application/json": '{"statusCode": 200}'}
    assert kept.integration.responses[0].templates == {"application/json": "one"}
    assert set(taken.models) == {"Empty", "Error"}
    assert not taken.gateway_responses


@pytest.mark.fidelity(
    "API Gateway",
    "A deployment is a snapshot of the API.",
    source="API Gateway guide: how-to-deploy-api",
)
def test_every_deployment_has_its_snapshot() -> None:
    """A stage runs the deployment that it points at."""
    made = api()
    first = made.create_deployment("lab", "")
    made.default.resource_methods["POST"].api_key_required = True
    second = made.create_deployment("lab", "")
    assert first.id != second.id
    stage, deployed = made.deployed("lab")
    assert stage.deployment_id == second.id and deployed is second.snapshot
    stage.deployment_id = first.id
    assert made.deployed("lab")[1] is first.snapshot
    assert made.deployed("nothing") is None


def test_moto_s_models_are_where_they_were() -> None:
    """The attributes that a snapshot reads."""
    made = api()
    method = made.default.resource_methods["POST"]
    for name in (
        "api_key_required",
        "authorization_type",
        "method_integration",
        "method_responses",
        "operation_name",
        "request_models",
        "request_parameters",
        "request_validator_id",
    ):
        assert hasattr(method, name)
    for name in (
        "credentials",
        "http_method",
        "integration_responses",
        "integration_type",
        "passthrough_behaviour",
        "request_parameters",
        "request_templates",
        "timeout_in_millis",
        "uri",
    ):
        assert hasattr(method.method_integration, name)
    assert {"deployments", "gateway_responses", "models", "request_validators", "stages"} <= set(
        vars(made)
    )


def test_moto_s_signatures_are_what_they_were() -> None:
    """The methods that are overridden, and the one that makes a role's session."""
    for owner in (models.RestAPI, models.APIGatewayBackend):
        ours = LabRestAPI if owner is models.RestAPI else LabAPIGatewayBackend
        for name in vars(ours).keys() & vars(owner).keys() - {"__init__", "__doc__", "__module__"}:
            theirs = getattr(owner, name)
            if callable(theirs) and not name.startswith("__"):
                mine = list(inspect.signature(getattr(ours, name)).parameters)
                theirs_names = list(inspect.signature(theirs).parameters)
                plain = [n for n in mine if n not in ("given", "named")]
                assert len(plain) <= len(theirs_names), name
    create = list(inspect.signature(models.APIGatewayBackend.create_rest_api).parameters)
    assert create == list(inspect.signature(LabAPIGatewayBackend.create_rest_api).parameters)
    assume = list(inspect.signature(STSBackend.assume_role).parameters)
    assert assume[1:] == [
        "region_name",
        "role_session_name",
        "role_arn",
        "policy",
        "duration",
        "external_id",
    ]


def test_updates_are_still_missing_from_moto() -> None:
    """When moto learns an `update_*` call, ours is to be looked at again."""
    added = [
        f"update_{part}"
        for part in (
            *("deployment", "gateway_response", "integration", "integration_response", "method"),
            *("method_response", "model", "resource"),
        )
    ]
    assert all(hasattr(LabAPIGatewayResponse, name) for name in added)
    assert not [name for name in added if hasattr(APIGatewayResponse, name)]
