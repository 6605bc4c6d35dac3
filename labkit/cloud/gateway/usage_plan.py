"""One usage plan: which limits its keys have at which stages, and how they are changed.

https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateUsagePlan-Patch
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException, NotFoundException

from labkit.cloud.gateway.throttle import Limit, Rule, limit

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
        try:
            settings[name] = NUMBERS.get(name, str)(value)
        except ValueError:
            raise BadRequestException(f"Invalid value '{value}' for {name}") from None
