"""Patch operations."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.gateway.patchable import INTEGRATION, METHOD
from labkit.cloud.gateway.patches import changes


def test_fields_and_maps() -> None:
    """Values are converted, map keys unescaped, and the resource itself stays as it is."""
    method = SimpleNamespace(
        api_key_required=False, request_models={"text/plain": "Empty"}, request_parameters=None
    )
    changed = changes(
        method,
        [
            {"op": "replace", "path": "/apiKeyRequired", "value": "true"},
            {"op": "add", "path": "/requestModels/application~1json", "value": "Order"},
            {"op": "remove", "path": "/requestModels/text~1plain"},
            {"op": "add", "path": "/requestParameters/method.request.header.A", "value": "true"},
        ],
        METHOD,
    )
    assert changed == {
        "api_key_required": True,
        "request_models": {"application/json": "Order"},
        "request_parameters": {"method.request.header.A": True},
    }
    assert method.request_models == {"text/plain": "Empty"}


def test_an_empty_value_removes_a_validator() -> None:
    """As `update_method` does on AWS."""
    method = SimpleNamespace(request_validator_id="v1")
    operation = {"op": "replace", "path": "/requestValidatorId", "value": ""}
    assert changes(method, [operation], METHOD) == {"request_validator_id": None}


@pytest.mark.parametrize(
    ("op", "path", "value"),
    [
        ("replace", "/nothing", "1"),
        ("move", "/uri", "x"),
        ("add", "/requestTemplates", "x"),
        ("replace", "/uri/deeper", "x"),
        ("replace", "/timeoutInMillis", "soon"),
        ("replace", "", "x"),
    ],
)
def test_what_is_no_patch(op: str, path: str, value: str) -> None:
    """An unknown path, operation or value is refused."""
    target = SimpleNamespace(uri="", request_templates={}, timeout_in_millis=1)
    with pytest.raises(BadRequestException):
        changes(target, [{"op": op, "path": path, "value": value}], INTEGRATION)
