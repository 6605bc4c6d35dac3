"""The `update_*` calls that moto lacks, for the parts of an API that a deployment snapshots."""

from __future__ import annotations

import json
from typing import Any

from moto.apigateway.exceptions import BadRequestException, NotFoundException
from moto.apigateway.models import Integration, Method
from moto.apigateway.responses import APIGatewayResponse

from labkit.cloud.gateway import checks, patches


class LabAPIGatewayResponse(APIGatewayResponse):
    """moto's control plane, completed; each method answers the call of its name."""

    def call_action(self) -> Any:
        """Refuse a parameter that would be dropped, then do as moto does.

        moto looks many identifiers up without asking whether they exist.
        """
        try:
            given = json.loads(self.body or "{}")
        except ValueError:
            given = {}
        if isinstance(given, dict) and "openapi" not in given:
            try:
                checks.check_options(given)
            except BadRequestException as error:
                return self.error("BadRequestException", error.message)
        try:
            return super().call_action()
        except KeyError as missing:
            return self.error(
                "NotFoundException", f"Invalid identifier specified: {missing.args[0]}", 404
            )

    def update_method(self) -> str:
        """`PATCH /restapis/{api}/resources/{resource}/methods/{method}`."""
        return self._patched(
            self._method(),
            patches.METHOD,
            lambda changed: checks.check_method(self.backend.get_rest_api(self._part(2)), changed),
        )

    def update_method_response(self) -> str:
        """`PATCH .../methods/{method}/responses/{status}`."""
        response = self._found(self._method().get_response(self._part(8)), "Response")
        return self._patched(response, patches.METHOD_RESPONSE)

    def update_integration(self) -> str:
        """`PATCH .../methods/{method}/integration`."""
        method = self._method()
        return self._patched(
            self._integration(method),
            patches.INTEGRATION,
            lambda changed: checks.check_integration(method, changed),
        )

    def update_integration_response(self) -> str:
        """`PATCH .../methods/{method}/integration/responses/{status}`."""
        method, status = self._method(), self._part(9)
        return self._patched(
            self._integration(method).get_integration_response(status),
            patches.INTEGRATION_RESPONSE,
            lambda changed: checks.check_integration_response(
                method, status, changed["selection_pattern"], changed["response_parameters"]
            ),
        )

    def update_gateway_response(self) -> str:
        """`PATCH /restapis/{api}/gatewayresponses/{type}`."""
        return self._patched(
            self.backend.get_gateway_response(self._part(2), self._part(4)),
            patches.GATEWAY_RESPONSE,
            lambda changed: checks.check_gateway_response(
                changed["response_type"], changed["status_code"]
            ),
        )

    def update_model(self) -> str:
        """`PATCH /restapis/{api}/models/{model}`."""
        return self._patched(
            self.backend.get_model(self._part(2), self._part(4)),
            patches.MODEL,
            lambda changed: checks.check_schema(changed["schema"]),
        )

    def update_deployment(self) -> str:
        """`PATCH /restapis/{api}/deployments/{deployment}`."""
        deployment = self.backend.get_deployment(self._part(2), self._part(4))
        return self._patched(deployment, patches.DEPLOYMENT)

    def _patched(self, target: Any, fields: Any, *check: Any) -> str:
        operations = self._get_param("patchOperations")
        patched = self.backend.patch(target, operations, fields, *check)
        return json.dumps(patched.to_json())

    def _part(self, index: int) -> str:
        return str(self.path.split("/")[index])

    def _method(self) -> Method:
        return self.backend.get_method(self._part(2), self._part(4), self._part(6))

    def _integration(self, method: Method) -> Integration:
        return self._found(method.method_integration, "Integration")

    @staticmethod
    def _found(target: Any, what: str) -> Any:
        if target is None:
            raise NotFoundException(f"Invalid {what} identifier specified")
        return target
