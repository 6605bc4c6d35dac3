"""Usage plans and API keys, checked as they are made: who may call a method that requires a key.

A key counts when it is enabled and belongs to a usage plan that includes the stage.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException, NotFoundException

from labkit.cloud.gateway import patchable, patches
from labkit.cloud.gateway.quotas import LARGEST_OFFSETS
from labkit.cloud.gateway.usage_plan import LabUsagePlan, limit_of

LONGEST_OF_KEYS = {
    "name": (1024, "Invalid API Key name, can be at most 1024 characters."),
    "value": (128, "API Key value exceeds maximum size of 128 characters"),
    "description": (125000, "Invalid API Key description specified."),
}


class UsagePlans(moto.APIGatewayBackend):
    """The usage plans of a region, checked as they are made."""

    def opened_by(
        self, value: str, *, api: str, stage: str
    ) -> tuple[LabUsagePlan, moto.ApiKey] | None:
        """The plan that includes a stage and the enabled key of it with this value, or None."""
        for plan in self.usage_plans.values():
            if any((entry["apiId"], entry["stage"]) == (api, stage) for entry in plan.api_stages):
                for key_id in self.usage_plan_keys.get(plan.id, {}):
                    key = self.keys[key_id]
                    if key.enabled and key.value == value:
                        return plan, key
        return None

    def create_usage_plan(self, payload: dict[str, Any]) -> moto.UsagePlan:
        """Make a usage plan of stages that exist."""
        self._check_plan(payload)
        return super().create_usage_plan(payload)

    def update_usage_plan(
        self, usage_plan_id: str, patch_operations: list[dict[str, Any]]
    ) -> moto.UsagePlan:
        """Change a usage plan, or not at all."""
        plan = self.get_usage_plan(usage_plan_id)
        changed = deepcopy(plan)
        changed.apply_patch_operations(patch_operations)
        self._check_plan(changed.to_json())
        vars(plan).update(vars(changed))
        return plan

    def delete_usage_plan(self, usage_plan_id: str) -> None:
        """Delete a usage plan that includes no stage any more."""
        for entry in self.get_usage_plan(usage_plan_id).api_stages:
            raise BadRequestException(
                f"Cannot delete Usage Plan {usage_plan_id} because there are API Stages associated "
                f"with it, including {entry['apiId']}:{entry['stage']}"
            )
        super().delete_usage_plan(usage_plan_id)

    def create_usage_plan_key(
        self, usage_plan_id: str, payload: dict[str, Any]
    ) -> moto.UsagePlanKey:
        """Put a key into a usage plan that there is."""
        self.get_usage_plan(usage_plan_id)
        if payload.get("keyType") != "API_KEY":
            raise BadRequestException(f"Invalid key type '{payload.get('keyType')}'")
        return super().create_usage_plan_key(usage_plan_id, payload)

    def create_api_key(self, payload: dict[str, Any]) -> moto.ApiKey:
        """Make an API key; an empty name is none."""
        check_key(payload)
        if not payload.get("name"):
            payload = {name: value for name, value in payload.items() if name != "name"}
        return super().create_api_key(payload)

    def update_api_key(
        self, api_key_id: str, patch_operations: list[dict[str, Any]]
    ) -> moto.ApiKey:
        """Change an API key."""
        key = self.get_api_key(api_key_id)
        return patches.apply(key, patch_operations, patchable.API_KEY, check_key)

    def delete_api_key(self, api_key_id: str) -> None:
        """Delete an API key, also from the usage plans that it is in."""
        super().delete_api_key(api_key_id)
        for keys in self.usage_plan_keys.values():
            keys.pop(api_key_id, None)

    def _check_plan(self, payload: Mapping[str, Any]) -> None:
        for entry in payload.get("apiStages") or []:
            api = self.apis.get(entry.get("apiId", ""))
            if api is None or entry.get("stage") not in api.stages:
                raise NotFoundException(
                    f"API Stage not found: {entry.get('apiId')}:{entry.get('stage')}"
                )
            for throttle in (entry.get("throttle") or {}).values():
                check_throttle(throttle)
        check_throttle(payload.get("throttle") or {})
        quota = payload.get("quota") or {}
        if not quota:
            return
        period, offset = quota.get("period"), int(quota.get("offset") or 0)
        if period not in LARGEST_OFFSETS:
            raise BadRequestException("Usage Plan quota period must be one of DAY, WEEK, MONTH")
        if not 0 <= offset <= LARGEST_OFFSETS[period]:
            raise BadRequestException(
                f"Usage Plan quota offset must be between 0 and {LARGEST_OFFSETS[period]} "
                f"in the {period} period"
            )


def check_key(given: Mapping[str, Any]) -> None:
    """Refuse what is too long for an API key, in AWS's words."""
    for member, (longest, refused) in LONGEST_OF_KEYS.items():
        if len(given.get(member) or "") > longest:
            raise BadRequestException(refused)


def check_throttle(throttle: Mapping[str, Any]) -> None:
    """Refuse a throttle that is none."""
    try:
        limit_of(throttle)
    except (TypeError, ValueError, AttributeError):
        raise BadRequestException(f"Invalid throttle settings: {throttle}") from None
