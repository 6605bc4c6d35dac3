"""The order of limits, and what logs say of them."""

from __future__ import annotations

import pytest

from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.gateway.invocation import Invocation
from labkit.cloud.gateway.limits import Limits
from labkit.cloud.gateway.method_settings import NO_SETTINGS, MethodSettings
from labkit.cloud.gateway.throttle import ACCOUNT_LIMIT, Limit
from labkit.cloud.gateway.usage_plan import LabUsagePlan
from tests.cloud.gateway.test_mapping import call


def keyed_call() -> Invocation:
    """`POST /orders/{id}` of stage `a1/lab` with an API key."""
    made = call("{}")
    made.context.update(
        apiId="a1", stage="lab", resourceId="r1", resourcePath="/orders/{id}", httpMethod="POST"
    )
    made.context["identity"].update(apiKey="x" * 20 + "F0yrv6", apiKeyId="k1")
    return made


def stage_limit(rate: float, burst: int) -> MethodSettings:
    """Settings of a stage with this throttle."""
    return MethodSettings("*/*", Limit(rate, burst), "OFF", False, False)


def refusal(
    limits: Limits, settings: MethodSettings, plan: LabUsagePlan | None
) -> GatewayError | None:
    """What a call is refused with."""
    try:
        limits.check(keyed_call(), settings, plan, region="us-east-1", now=1_000.0)
    except GatewayError as error:
        return error
    return None


def throttled_plan(rate: float, burst: int, **quota: object) -> LabUsagePlan:
    """A usage plan of the stage."""
    return LabUsagePlan(
        "p1",
        apiStages=[{"apiId": "a1", "stage": "lab"}],
        throttle={"rateLimit": rate, "burstLimit": burst},
        quota=quota,
    )


@pytest.mark.fidelity(
    "API Gateway",
    "Limits hold in AWS's order: usage plan, then stage, then account; logs name the first.",
    source="API Gateway guide: api-gateway-request-throttling",
)
def test_the_order_of_limits() -> None:
    """Of several limits that would refuse, the usage plan's is named; then the stage's."""
    closed, plan = stage_limit(0, 0), throttled_plan(5, 0)
    by_plan = refusal(Limits(), closed, plan)
    assert by_plan is not None and by_plan.kind is ErrorType.THROTTLED
    assert by_plan.reason == (
        f"API Key {'*' * 20}F0yrv6 exceeded throttle limit for API Stage a1/lab: "
        "Key throttle limit exceeded for Usage Plan ID p1, RestApi a1, Stage lab, Resource r1, "
        "HttpMethod POST. Limit: 5.00 Burst: 0"
    )
    by_stage = refusal(Limits(), closed, throttled_plan(5, 9))
    assert by_stage is not None
    assert by_stage.reason == (
        "Key throttle limit exceeded for RestApi a1, Stage lab, Resource r1, HttpMethod POST. "
        "Limit: 0.00 Burst: 0"
    )


@pytest.mark.fidelity(
    "API Gateway",
    "All APIs of an account and region share 10,000 requests a second, 5,000 at once.",
    source="API Gateway guide: limits",
)
def test_the_limit_of_the_account() -> None:
    """Without any other limit, this one holds."""
    limits = Limits()
    answers = [refusal(limits, NO_SETTINGS, None) for _ in range(ACCOUNT_LIMIT.burst + 1)]
    assert [answer is None for answer in answers] == [True] * ACCOUNT_LIMIT.burst + [False]


def test_the_reason_of_a_quota() -> None:
    """The end of the key, the plan and its quota."""
    limits, plan = Limits(), throttled_plan(9, 9, limit=1, period="DAY")
    assert refusal(limits, NO_SETTINGS, plan) is None
    refused = refusal(limits, NO_SETTINGS, plan)
    assert refused is not None and refused.kind is ErrorType.QUOTA_EXCEEDED
    assert refused.reason == (
        f"API Key {'*' * 20}F0yrv6 exceeded quota limit for API Stage a1/lab: "
        "Key quota exhausted for Usage Plan ID p1. Quota Limit: 1 Period: DAY"
    )
