"""The control plane over HTTP: what comes in, what goes out, and the calls about whole APIs."""

from __future__ import annotations

import json
from typing import Any

from moto.apigateway.exceptions import BadRequestException
from moto.apigateway.utils import deserialize_body

from labkit.cloud.gateway import answers, checks, pages, patches
from labkit.cloud.gateway.parts import PartsResponse, check_kinds
from labkit.cloud.gateway.tags import TagsResponse


class LabAPIGatewayResponse(TagsResponse, PartsResponse):
    """moto's control plane, completed; each method answers the call of its name."""

    def call_action(self) -> Any:
        """Do as moto does, which looks many identifiers up without asking whether they exist."""
        try:
            if "mode" in self.querystring:
                checks.check_import(self.querystring)
            answer = super().call_action()
            if self._get_action() in pages.PAGED:
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
