"""API keys."""

from __future__ import annotations

import pytest
from moto.apigateway.models import ApiKey, UsagePlan, UsagePlanKey

from labkit.cloud.gateway.keys import find_key


@pytest.mark.parametrize(
    ("value", "stage", "enabled", "found"),
    [
        ("secret", "lab", True, True),
        ("secret", "other", True, False),
        ("secret", "lab", False, False),
        ("guess", "lab", True, False),
        ("", "lab", True, False),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "A key opens a stage when it is enabled and in one of the stage's usage plans.",
    source="API Gateway guide: api-gateway-api-usage-plans",
)
def test_find_key(value: str, stage: str, enabled: bool, found: bool) -> None:
    """A key opens a stage when it is enabled and in a usage plan of that stage."""
    key = find_key(
        value,
        api_id="a1",
        stage=stage,
        keys={"k1": ApiKey("k1", value="secret", enabled=enabled)},
        plans={"p1": UsagePlan("p1", apiStages=[{"apiId": "a1", "stage": "lab"}])},
        plan_keys={"p1": {"k1": UsagePlanKey("k1", "API_KEY", "till", "secret")}},
    )
    assert (key is not None) is found
