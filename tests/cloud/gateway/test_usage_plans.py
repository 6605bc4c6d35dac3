"""Usage plans: patches, and which limit holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.apigateway.exceptions import BadRequestException, NotFoundException
from moto.apigateway.models import ApiKey, UsagePlanKey

from labkit.cloud.gateway.throttle import Limit
from labkit.cloud.gateway.usage_plan import LabUsagePlan, limit_of
from labkit.cloud.gateway.usage_plans import UsagePlans


def plan(*operations: tuple[str, str, Any], **settings: Any) -> LabUsagePlan:
    """A plan of stage `a1:lab` after some operations."""
    made = LabUsagePlan("p1", apiStages=[{"apiId": "a1", "stage": "lab"}], **settings)
    made.apply_patch_operations(
        [{"op": op, "path": path, "value": value} for op, path, value in operations]
    )
    return made


@pytest.mark.fidelity(
    "API Gateway",
    "A usage plan limits each key: over all methods, or one method by its own limit.",
    source="API Gateway guide: api-gateway-api-usage-plans",
)
def test_the_limit_of_a_method_wins() -> None:
    """Methods without their own limit share the plan's."""
    made = plan(
        ("replace", "/throttle/rateLimit", "10"),
        ("replace", "/throttle/burstLimit", "5"),
        ("replace", "/apiStages/a1:lab/throttle/~1orders/POST/rateLimit", "1"),
        ("replace", "/apiStages/a1:lab/throttle/~1orders/POST/burstLimit", "2"),
    )
    where = {"api": "a1", "stage": "lab"}
    own = made.rule("k1", method="/orders/POST", **where)
    shared = made.rule("k1", method="/orders/GET", **where)
    assert own is not None and shared is not None
    assert (own.limit, own.plan) == (Limit(1.0, 2), "p1")
    assert shared.limit == Limit(10.0, 5)
    assert shared.key == made.rule("k1", method="/other/GET", **where).key  # type: ignore[union-attr]
    assert shared.key != made.rule("k2", method="/orders/GET", **where).key  # type: ignore[union-attr]
    assert plan().rule("k1", method="/orders/POST", **where) is None


def test_patches() -> None:
    """Numbers become numbers; whole parts are removed by their name."""
    made = plan(
        ("replace", "/name", "shops"),
        ("replace", "/quota/limit", "100"),
        ("replace", "/quota/period", "DAY"),
        ("replace", "/throttle/rateLimit", "1.5"),
        ("remove", "/throttle", None),
        ("add", "/apiStages", "a2:lab"),
        ("remove", "/apiStages", "a1:lab"),
        ("replace", "/apiStages/a2:lab/throttle/~1orders/POST", json.dumps({"rateLimit": 1})),
    )
    assert made.to_json() == {
        "id": "p1",
        "name": "shops",
        "description": None,
        "apiStages": [
            {"apiId": "a2", "stage": "lab", "throttle": {"/orders/POST": {"rateLimit": 1}}}
        ],
        "productCode": None,
        "tags": None,
        "quota": {"limit": 100, "offset": 0, "period": "DAY"},
    }


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        ("/speed", "1", BadRequestException),
        ("/throttle/speed", "1", BadRequestException),
        ("/throttle/rateLimit", "fast", BadRequestException),
        ("/apiStages/a9:lab/throttle/~1orders/POST/rateLimit", "1", NotFoundException),
        ("/apiStages/a1:lab/throttle/x", "1", BadRequestException),
    ],
)
def test_what_a_plan_does_not_have(path: str, value: str, error: type[Exception]) -> None:
    """It is refused."""
    with pytest.raises(error):
        plan(("replace", path, value))


def test_a_rate_alone() -> None:
    """A burst left out is a second's requests."""
    assert limit_of({"rateLimit": 2.5}) == Limit(2.5, 3)
    assert limit_of({"rateLimit": 2.5, "burstLimit": 0}) == Limit(2.5, 0)


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
def test_which_keys_open_a_stage(value: str, stage: str, enabled: bool, found: bool) -> None:
    """An enabled key of a usage plan that includes the stage, by its value."""
    plans = UsagePlans("us-east-1", "123456789012")
    plans.usage_plans["p1"] = plan()
    plans.keys["k1"] = ApiKey("k1", value="secret", enabled=enabled)
    plans.usage_plan_keys["p1"] = {"k1": UsagePlanKey("k1", "API_KEY", "till", "secret")}
    assert (plans.opened_by(value, api="a1", stage=stage) is not None) is found
