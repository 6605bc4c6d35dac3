"""Usage plans: which limits a key has at which stages, and how they are changed.

A key counts when it is enabled and belongs to a usage plan that includes the stage.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateUsagePlan-Patch
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException, NotFoundException

from labkit.cloud.gateway import patches
from labkit.cloud.gateway.quotas import LARGEST_OFFSETS
from labkit.cloud.gateway.throttle import Limit, Rule, limit

LONGEST_OF_KEYS = {
    "name": (1024, "Invalid API Key name, can be at most 1024 characters."),
    "value": (128, "API Key value exceeds maximum size of 128 characters"),
    "description": (125000, "Invalid API Key description specified."),
}
NUMBERS = {"burstLimit": int, "limit": int, "offset": int, "rateLimit": float}


class LabUsagePlan(moto.UsagePlan):
    """One usage plan."""

    def apply_patch_operations(self, patch_operations: list[dict[str, Any]]) -> None:
        """Change the plan as `update_usage_plan` says.

        Raises:
            BadRequestException: for a path that a usage plan does not have.
        """
        for operation in patch_operations:
            kind, path = operation["op"], operation["path"]
            value = None if kind == "remove" else operation.get("value", "")
            match path.removeprefix("/").split("/"):
                case ["name" | "description"] if value is not None:
                    setattr(self, path[1:], value)
                case ["productCode"]:
                    self.product_code = value
                case ["apiStages"]:
                    self._change_stages(kind, operation.get("value", ""))
                case ["quota" | "throttle" as name] if kind == "remove":
                    getattr(self, name).clear()
                case ["quota" | "throttle" as name, setting] if setting in NUMBERS | {"period": 0}:
                    _put(getattr(self, name), setting, value)
                case ["apiStages", stage, "throttle", *rest]:
                    self._change_method(self._stage(stage), rest, value)
                case _:
                    raise BadRequestException(f"Invalid patch path {path}")

    def to_json(self) -> dict[str, Any]:
        """The plan as its answers have it."""
        shown = super().to_json()
        if self.quota:
            shown["quota"] = {"offset": 0} | self.quota
        return shown

    def rule(self, key_id: str, *, api: str, stage: str, method: str) -> Rule | None:
        """The throttle of a key that calls `method` (`/orders/POST`) of a stage, or None.

        A method's own limit takes the place of the plan's, which all methods share.
        """
        for entry in self.api_stages:
            own = (entry.get("throttle") or {}).get(method)
            if own and (entry["apiId"], entry["stage"]) == (api, stage):
                return Rule((self.id, key_id, api, stage, method), limit_of(own), self.id)
        if not self.throttle:
            return None
        return Rule((self.id, key_id), limit_of(self.throttle), self.id)

    def _change_stages(self, kind: str, value: str) -> None:
        api_id, _, stage = value.partition(":")
        if kind == "remove":
            self.api_stages.remove(self._stage(value))
        else:
            self.api_stages.append({"apiId": api_id, "stage": stage})

    def _change_method(self, entry: dict[str, Any], path: list[str], value: str | None) -> None:
        throttles = entry.setdefault("throttle", {})
        if not path:
            throttles.clear()
            return
        if len(path) not in (2, 3):
            raise BadRequestException("Invalid patch path: /throttle/{resourcePath}/{httpMethod}")
        method = f"{path[0].replace('~1', '/')}/{path[1]}"
        if len(path) == 3:
            _put(throttles.setdefault(method, {}), path[2], value)
        elif value is None:
            throttles.pop(method, None)
        else:
            throttles[method] = json.loads(value)

    def _stage(self, value: str) -> dict[str, Any]:
        for entry in self.api_stages:
            if f"{entry['apiId']}:{entry['stage']}" == value:
                return entry
        raise NotFoundException(f"API Stage not found: {value}")


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
        plan = super().create_usage_plan(payload)
        self.usage_plans[plan.id] = LabUsagePlan(usage_plan_id=plan.id, **payload)
        return self.usage_plans[plan.id]

    def update_usage_plan(
        self, usage_plan_id: str, patch_operations: list[dict[str, Any]]
    ) -> moto.UsagePlan:
        """Change a usage plan, or not at all."""
        plan = self.get_usage_plan(usage_plan_id)
        changed = deepcopy(plan)
        try:
            changed.apply_patch_operations(patch_operations)
        except ValueError as error:
            raise BadRequestException(f"Invalid value: {error}") from None
        self._check_plan(changed.to_json())
        vars(plan).update(vars(changed))
        return plan

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
        return patches.apply(key, patch_operations, patches.API_KEY, check_key)

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


def limit_of(throttle: Mapping[str, Any]) -> Limit:
    """The limit of `{"rateLimit", "burstLimit"}`; a burst left out is a second's requests.

    Raises:
        ValueError: for what is no number of requests.
    """
    rate, burst = throttle.get("rateLimit") or 0, throttle.get("burstLimit")
    return limit(rate, math.ceil(limit(rate, 0).rate) if burst is None else burst)


def _put(settings: dict[str, Any], name: str, value: str | None) -> None:
    if value is None:
        settings.pop(name, None)
    else:
        settings[name] = NUMBERS.get(name, str)(value)
