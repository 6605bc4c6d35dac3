"""API keys: who may call a method that requires one, and as part of which usage plan.

A key counts when it is enabled and belongs to a usage plan that includes the stage.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

from __future__ import annotations

from collections.abc import Mapping

from moto.apigateway.models import ApiKey, UsagePlan, UsagePlanKey


def find_key(
    value: str,
    *,
    api_id: str,
    stage: str,
    keys: Mapping[str, ApiKey],
    plans: Mapping[str, UsagePlan],
    plan_keys: Mapping[str, Mapping[str, UsagePlanKey]],
) -> tuple[UsagePlan, ApiKey] | None:
    """The plan and the key whose `x-api-key` value opens this stage, or None."""
    for plan in plans.values():
        if not any(
            entry.get("apiId") == api_id and entry.get("stage") == stage
            for entry in plan.api_stages
        ):
            continue
        for key_id in plan_keys.get(plan.id, {}):
            key = keys.get(key_id)
            if key is not None and key.enabled and key.value == value:
                return plan, key
    return None
