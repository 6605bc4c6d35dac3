"""The calls of the control plane of HTTP APIs that moto lacks or would take too little of."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.apigatewayv2 import models as moto
from moto.apigatewayv2.exceptions import APIGatewayV2Error, BadRequestException

from labkit.cloud.gateway import pages
from labkit.cloud.gateway.http_apis.errors import NotFound
from labkit.cloud.gateway.http_apis.routes import DEFAULT
from labkit.cloud.gateway.http_apis.tags import TagsResponse
from labkit.cloud.refusals import error

# What moto has no route for.
ADDED_PATHS = (
    "/v2/apis/[^/]+/deployments",
    "/v2/apis/[^/]+/deployments/[^/]+",
    "/v2/apis/[^/]+/stages/[^/]+/accesslogsettings",
    "/v2/apis/[^/]+/stages/[^/]+/routesettings/[^/]+",
)

Answer = tuple[int, dict[str, Any], str]


class LabApiGatewayV2Response(TagsResponse):
    """moto's control plane, completed; each method answers the call of its name."""

    def call_action(self) -> Any:
        """Do as moto does; lists come in pages to whom asks."""
        answer = super().call_action()
        return pages.paged(answer, pages.HTTP, lambda name: self.querystring.get(name, [""])[0])

    def create_api(self) -> Any:
        """`POST /v2/apis`; with `target` also a `$default` route and stage ("quick create")."""
        given = self._given()
        answer = super().create_api()
        if given.get("target"):
            backend, api_id = self.apigatewayv2_backend, json.loads(answer[2])["apiId"]
            try:
                self._quick_create(api_id, given)
            except APIGatewayV2Error:
                backend.delete_api(api_id)
                raise
        return answer

    def update_stage(self) -> Answer:
        """`PATCH /v2/apis/{api}/stages/{stage}`."""
        stage = self.apigatewayv2_backend.update_stage(self._part(3), self._part(5), self._given())
        return 200, {}, json.dumps(stage.to_json())

    def delete_access_log_settings(self) -> Answer:
        """`DELETE /v2/apis/{api}/stages/{stage}/accesslogsettings`."""
        stage = self.apigatewayv2_backend.get_stage(self._part(3), self._part(5))
        stage.access_log_settings = None
        return 204, {}, ""

    def delete_route_settings(self) -> Answer:
        """`DELETE /v2/apis/{api}/stages/{stage}/routesettings/{key}`."""
        stage = self.apigatewayv2_backend.get_stage(self._part(3), self._part(5))
        if stage.route_settings.pop(self._part(7), None) is None:
            raise NotFound(f"Unable to find Route by key {self._part(7)}")
        return 204, {}, ""

    def create_deployment(self) -> Answer:
        """`POST /v2/apis/{api}/deployments`."""
        given = self._given()
        deployment = self.apigatewayv2_backend.create_deployment(
            self._part(3), given.get("description", ""), given.get("stageName")
        )
        return 201, {}, json.dumps(deployment.to_json())

    def get_deployments(self) -> Answer:
        """`GET /v2/apis/{api}/deployments`."""
        api = self.apigatewayv2_backend.get_api(self._part(3))
        kept = self.apigatewayv2_backend.deployments.get(api.api_id, {}).values()
        return 200, {}, json.dumps({"items": [deployment.to_json() for deployment in kept]})

    def get_deployment(self) -> Answer:
        """`GET /v2/apis/{api}/deployments/{deployment}`."""
        found = self.apigatewayv2_backend.get_deployment(self._part(3), self._part(5))
        return 200, {}, json.dumps(found.to_json())

    def delete_deployment(self) -> Answer:
        """`DELETE /v2/apis/{api}/deployments/{deployment}`."""
        self.apigatewayv2_backend.delete_deployment(self._part(3), self._part(5))
        return 204, {}, ""

    def _given(self) -> dict[str, Any]:
        """The request's JSON; nothing when it has no body."""
        try:
            given = json.loads(self.body or "{}")
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise BadRequestException("Invalid JSON in request body")
        return given

    def _quick_create(self, api_id: str, given: dict[str, Any]) -> None:
        # https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html
        if not given["target"].startswith("arn:"):
            raise error("apigatewayv2", "target", "routes lead to functions and queues")
        backend = self.apigatewayv2_backend
        integration = backend.create_integration(
            **{
                **nothing_of(moto.ApiGatewayV2Backend.create_integration),
                "api_id": api_id,
                "integration_type": "AWS_PROXY",
                "integration_uri": given["target"],
                "credentials_arn": given.get("credentialsArn"),
                "payload_format_version": "2.0",
            }
        )
        backend.create_stage(api_id, {"stageName": DEFAULT, "autoDeploy": True})
        backend.create_route(
            **{
                **nothing_of(moto.ApiGatewayV2Backend.create_route),
                "api_id": api_id,
                "authorization_type": "NONE",
                "route_key": given.get("routeKey") or DEFAULT,
                "target": f"integrations/{integration.id}",
            }
        )

    def _part(self, index: int) -> str:
        return unquote(str(self.path.split("/")[index]))


def nothing_of(method: Callable[..., Any]) -> dict[str, None]:
    """The arguments of one of moto's methods, each of them None."""
    return dict.fromkeys(list(inspect.signature(method).parameters)[1:])
