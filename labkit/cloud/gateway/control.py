"""The control plane over HTTP: what comes in, what goes out, and the calls about whole APIs."""

from __future__ import annotations

import json
import re
from typing import Any

from moto.apigateway.exceptions import BadRequestException, ValidationException
from moto.apigateway.utils import deserialize_body

from labkit.cloud.constraints import violation
from labkit.cloud.gateway import answers, checks, endpoint_types, pages, patchable, patches
from labkit.cloud.gateway.parts import PartsResponse, check_kinds
from labkit.cloud.gateway.tags import TagsResponse

STATUS = re.compile(r"[1-5]\d\d")
OF_STATUSES = f"Member must satisfy regular expression pattern: {STATUS.pattern}"


class LabAPIGatewayResponse(TagsResponse, PartsResponse):
    """moto's control plane, completed; each method answers the call of its name."""

    def call_action(self) -> Any:
        """Do as moto does, which looks many identifiers up without asking whether they exist."""
        *_, kind, name = self.path.split("/")
        try:
            if kind == "responses" and not STATUS.fullmatch(name):
                raise ValidationException(violation("statusCode", name, OF_STATUSES))
            if "mode" in self.querystring:
                checks.check_import(kind or name, self.querystring)
            answer = super().call_action()
            if self._get_action() not in pages.WHOLE:
                answer = pages.paged(answer, pages.REST, self._get_param)
        except KeyError as missing:
            answer = self.error(
                "NotFoundException", f"Invalid identifier specified: {missing.args[0]}", 404
            )
        except BadRequestException as error:
            answer = self.error("BadRequestException", error.message)
        parts = self.path.split("/")
        return answers.corrected(self._get_action(), answer, parts, self.current_account)

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:
        given = super()._get_param(param_name, if_none)
        if param_name != "patchOperations":
            return given
        action = self._get_action()
        check_kinds(f"{action[:1].lower()}{action[1:]}Input", given)
        return patches.checked(given)

    def create_rest_api(self) -> Any:
        """`POST /restapis`; an import names the kind of endpoint in its query string."""
        if "mode" in self.querystring and not deserialize_body(self.body):
            raise BadRequestException("Invalid OpenAPI input: it is neither 2.0 nor 3.0.")
        endpoint = self._get_param("endpointConfiguration") or {}
        endpoint_types.check_values(endpoint)
        if self._get_param("description") == "":
            raise BadRequestException("Description cannot be an empty string")
        endpoint_types.check_number(endpoint)
        answer = super().create_rest_api()
        if types := self.querystring.get("endpointConfigurationTypes"):
            api = self.backend.get_rest_api(json.loads(answer[2])["id"])
            api.endpoint_configuration = {"types": types}
            return 200, {}, json.dumps(api.to_dict())
        return answer

    def get_stages(self) -> str:
        """`GET /restapis/{api}/stages`, of one deployment if it is named."""
        wanted = self._get_param("deploymentId")
        stages = self.backend.get_stages(self._part(2))
        shown = [stage.to_json() for stage in stages if wanted in (None, stage.deployment_id)]
        return json.dumps({"item": shown})

    def update_deployment(self) -> str:
        """`PATCH /restapis/{api}/deployments/{deployment}`."""
        deployment = self.backend.get_deployment(self._part(2), self._part(4))
        return self._patched(deployment, patchable.DEPLOYMENT)
