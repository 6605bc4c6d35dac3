"""The control plane over HTTP: what comes in, what goes out, and the calls about whole APIs."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from moto.apigateway.exceptions import BadRequestException
from moto.apigateway.models import UsagePlan
from moto.apigateway.utils import deserialize_body

from labkit.cloud.gateway import answers, checks, pages, patches
from labkit.cloud.gateway.parts import PartsResponse, check_kinds
from labkit.cloud.gateway.quotas import Quota
from labkit.cloud.gateway.tags import TagsResponse
from labkit.cloud.gateway.throttle import limit


class LabAPIGatewayResponse(TagsResponse, PartsResponse):
    """moto's control plane, completed; each method answers the call of its name."""

    def call_action(self) -> Any:
        """Refuse a parameter that would be dropped, then do as moto does.

        moto looks many identifiers up without asking whether they exist.
        """
        try:
            given = json.loads(self.body or "{}")
        except ValueError:
            given = {}
        try:
            if "mode" in self.querystring:
                checks.check_import(self.querystring)
            elif isinstance(given, dict):
                checks.check_options(given)
        except BadRequestException as error:
            return self.error("BadRequestException", error.message)
        try:
            answer = super().call_action()
            if self._get_action() in pages.PAGED:
                answer = self._paged(answer)
        except KeyError as missing:
            answer = self.error(
                "NotFoundException", f"Invalid identifier specified: {missing.args[0]}", 404
            )
        except BadRequestException as error:
            answer = self.error("BadRequestException", error.message)
        parts = self.path.split("/")
        return answers.corrected(self._get_action(), answer, parts, self.current_account)

    def _paged(self, answer: tuple[int, Any, str]) -> tuple[int, Any, str]:
        status, headers, body = answer
        if status >= 400:
            return answer
        limit, position = self._get_param("limit"), self._get_param("position")
        document = pages.page(json.loads(body), limit=limit, position=position)
        return status, headers, json.dumps(document)

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:
        given = super()._get_param(param_name, if_none)
        if param_name != "patchOperations":
            return given
        try:
            action = self._get_action()
            check_kinds(f"{action[:1].lower()}{action[1:]}Input", given)
            return patches.checked(given)
        except patches.BadPatch as error:
            raise BadRequestException(str(error)) from None

    def create_rest_api(self) -> Any:
        """`POST /restapis`; an import names the kind of endpoint in its query string."""
        if "mode" in self.querystring and not deserialize_body(self.body):
            raise BadRequestException("Invalid OpenAPI input: it is neither 2.0 nor 3.0.")
        if self._get_param("description") == "":
            raise BadRequestException("Description cannot be an empty string")
        answer = super().create_rest_api()
        if types := self.querystring.get("endpointConfigurationTypes"):
            api = self.backend.get_rest_api(json.loads(answer[2])["id"])
            api.endpoint_configuration = {"types": types}
            return 200, {}, json.dumps(api.to_dict())
        return answer

    def update_deployment(self) -> str:
        """`PATCH /restapis/{api}/deployments/{deployment}`."""
        deployment = self.backend.get_deployment(self._part(2), self._part(4))
        return self._patched(deployment, patches.DEPLOYMENT)

    def get_stages(self) -> str:
        """`GET /restapis/{api}/stages`, of one deployment if it is named."""
        stages, of = self.backend.get_stages(self._part(2)), self._get_param("deploymentId")
        shown = [stage.to_json() for stage in stages if of in (None, stage.deployment_id)]
        return json.dumps({"item": shown})

    def get_usage(self) -> str:
        """`GET /usageplans/{plan}/usage`: what each key used, day by day."""
        plan, key = self.backend.get_usage_plan(self._part(2)), self._get_param("keyId")
        keys = [key] if key else list(self.backend.usage_plan_keys.get(plan.id, {}))
        return self._usage(plan, keys, self._day("startDate"), self._day("endDate"))

    def update_usage(self) -> str:
        """`PATCH /usageplans/{plan}/keys/{key}/usage`: grant what remains of the period."""
        key = self.backend.get_usage_plan_key(self._part(2), self._part(4)).id
        plan, now = self.backend.get_usage_plan(self._part(2)), self.backend.cloud.clock.now()
        quota = Quota.of(plan.quota)
        if quota is None:
            raise BadRequestException(f"Usage Plan {plan.id} has no quota")
        for operation in self._get_param("patchOperations"):
            if (operation["op"], operation["path"]) != ("replace", "/remaining"):
                raise BadRequestException("Invalid patch path. Must be one of: [/remaining]")
            left = _count(operation["value"])
            self.backend.cloud.gateway.limits.quotas.extend(plan.id, key, quota, left, now=now)
        today = datetime.fromtimestamp(now, UTC).date()
        return self._usage(plan, [key], today, today)

    def _usage(self, plan: UsagePlan, keys: list[str], start: date, end: date) -> str:
        quota, quotas = Quota.of(plan.quota), self.backend.cloud.gateway.limits.quotas
        return json.dumps(
            {
                "usagePlanId": plan.id,
                "startDate": start.isoformat(),
                "endDate": end.isoformat(),
                "values": {key: quotas.log(plan.id, key, quota, start, end) for key in keys},
            }
        )

    def _day(self, name: str) -> date:
        try:
            return date.fromisoformat(self._get_param(name) or "")
        except ValueError:
            raise BadRequestException(f"Invalid {name}: YYYY-MM-DD") from None


def _count(value: str) -> int:
    try:
        return limit(0, value).burst
    except (TypeError, ValueError):
        raise BadRequestException(f"Invalid value '{value}' for /remaining") from None
