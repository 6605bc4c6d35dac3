"""moto's HTTP APIs with what their data plane needs: checks, stages and deployments."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.apigatewayv2 import models as moto
from moto.apigatewayv2.exceptions import BadRequestException, StageNotFound

from labkit.cloud.gateway.http_apis import checks
from labkit.cloud.gateway.http_apis.deployed import Deployed, snapshot
from labkit.cloud.gateway.http_apis.errors import Conflict, NotFound
from labkit.cloud.gateway.http_apis.routes import DEFAULT
from labkit.cloud.gateway.http_apis.stage import Deployment, LabStage, merged

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class LabApiGatewayV2Backend(moto.ApiGatewayV2Backend):
    """The HTTP APIs of one region."""

    cloud: Cloud

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.deployments: dict[str, dict[str, Deployment]] = {}

    def delete_api(self, api_id: str) -> None:
        """Delete an API with its deployments."""
        self.get_api(api_id)
        super().delete_api(api_id)
        self.deployments.pop(api_id, None)

    def create_integration(self, api_id: str, **named: Any) -> moto.Integration:
        """Make an integration that this cloud runs."""
        named["connection_type"] = named.get("connection_type") or "INTERNET"
        named["payload_format_version"] = named.get("payload_format_version") or "1.0"
        checks.check_integration(named)
        return super().create_integration(api_id=api_id, **named)

    def update_integration(
        self, api_id: str, integration_id: str, **named: Any
    ) -> moto.Integration:
        """Change an integration; stages with automatic deployment have it at once."""
        before = vars(self.get_integration(api_id, integration_id))
        if named["request_parameters"] is not None:
            parameters = merged(before["request_parameters"], named["request_parameters"])
            named["request_parameters"] = parameters
        given = {name: value for name, value in named.items() if value is not None}
        checks.check_integration({**before, **given})
        changed = super().update_integration(api_id=api_id, integration_id=integration_id, **named)
        self._deploy_automatically(api_id)
        return changed

    def delete_integration(self, api_id: str, integration_id: str) -> None:
        """Delete an integration that no route leads to."""
        self.get_integration(api_id, integration_id)
        for route in self.get_routes(api_id):
            if route.target == f"integrations/{integration_id}":
                raise Conflict(
                    f"Cannot delete Integration '{integration_id}' because it is referenced by "
                    f"Route '{route.route_id}'."
                )
        super().delete_integration(api_id, integration_id)

    def create_route(self, api_id: str, **named: Any) -> moto.Route:
        """Make a route; stages with automatic deployment have it at once."""
        self._check_route(api_id, named["route_key"], named["target"])
        route = super().create_route(api_id=api_id, **named)
        self._deploy_automatically(api_id)
        return route

    def update_route(self, api_id: str, *, route_id: str, **named: Any) -> moto.Route:
        """Change a route; stages with automatic deployment have it at once."""
        before = self.get_route(api_id, route_id)
        key = named["route_key"]
        if key and key != before.route_key:
            self._check_route(api_id, key, named["target"])
        else:
            self._check_target(api_id, named["target"])
        route = super().update_route(api_id=api_id, route_id=route_id, **named)
        self._deploy_automatically(api_id)
        return route

    def delete_route(self, api_id: str, route_id: str) -> None:
        """Delete a route; stages with automatic deployment lose it at once."""
        self.get_route(api_id, route_id)
        super().delete_route(api_id, route_id)
        self._deploy_automatically(api_id)

    def create_stage(self, api_id: str, config: dict[str, Any]) -> moto.Stage:
        """Make a stage; one with automatic deployment is live at once."""
        api = self.get_api(api_id)
        if config["stageName"] in api.stages:
            raise Conflict(f"Stage already exists: {config['stageName']}")
        self._check_stage(api_id, config)
        stage = LabStage(api, config)
        stage.deployment_id = config.get("deploymentId")
        api.stages[stage.name] = stage
        self._deploy_automatically(api_id, only=stage)
        return stage

    def update_stage(self, api_id: str, name: str, config: dict[str, Any]) -> moto.Stage:
        """Change a stage."""
        stage = self.get_stage(api_id, name)
        self._check_stage(api_id, config)
        stage.change(config)
        if config.get("autoDeploy"):
            self._deploy_automatically(api_id, only=stage)
        return stage

    def delete_stage(self, api_id: str, stage_name: str) -> None:
        """Delete a stage that there is."""
        self.get_stage(api_id, stage_name)
        super().delete_stage(api_id, stage_name)

    def create_deployment(
        self,
        api_id: str,
        description: str = "",
        stage_name: str | None = None,
        *,
        auto: bool = False,
    ) -> Deployment:
        """Deploy an API as it is now, to a stage if one is named."""
        api = self.get_api(api_id)
        if not api.routes and not auto:
            raise BadRequestException("Unable to deploy API because no routes exist in this API")
        if stage_name is not None and stage_name not in api.stages:
            raise StageNotFound()
        deployment = Deployment(
            secrets.token_hex(3), snapshot(api), datetime.now(UTC), auto, description
        )
        self.deployments.setdefault(api_id, {})[deployment.id] = deployment
        if stage_name is not None:
            api.stages[stage_name].deployment_id = deployment.id
        return deployment

    def get_deployment(self, api_id: str, deployment_id: str) -> Deployment:
        """One deployment of an API."""
        self.get_api(api_id)
        found = self.deployments.get(api_id, {}).get(deployment_id)
        if found is None:
            raise NotFound("Invalid Deployment identifier specified")
        return found

    def delete_deployment(self, api_id: str, deployment_id: str) -> None:
        """Delete a deployment that no stage points at."""
        deployment = self.get_deployment(api_id, deployment_id)
        for stage in self.get_stages(api_id):
            if stage.deployment_id == deployment.id:
                raise BadRequestException(
                    "Active stages with this deployment must be moved or deleted"
                )
        del self.deployments[api_id][deployment_id]

    def served(self, api_id: str, name: str) -> tuple[LabStage, Deployed] | None:
        """A stage and the deployment that it points at."""
        stage = self.apis[api_id].stages.get(name) if api_id in self.apis else None
        deployment = self.deployments.get(api_id, {}).get(stage.deployment_id) if stage else None
        return (stage, deployment.deployed) if stage and deployment else None

    def _deploy_automatically(self, api_id: str, *, only: moto.Stage | None = None) -> None:
        """Give stages with automatic deployment a new one, and drop the one that it replaces."""
        stages = [
            stage
            for stage in self.get_stages(api_id)
            if stage.auto_deploy and (only is None or stage is only)
        ]
        if not stages:
            return
        deployment = self.create_deployment(
            api_id, "Automatic deployment triggered by changes to the Api configuration", auto=True
        )
        for stage in stages:
            stage.deployment_id = deployment.id
        used = {stage.deployment_id for stage in self.get_stages(api_id)}
        kept = self.deployments[api_id]
        for old in [d.id for d in kept.values() if d.auto and d.id not in used]:
            del kept[old]

    def _check_route(self, api_id: str, key: str, target: str | None) -> None:
        checks.check_route_key(key)
        if any(route.route_key == key for route in self.get_routes(api_id)):
            raise Conflict(f"Route with key {key} already exists for this API")
        self._check_target(api_id, target)

    def _check_target(self, api_id: str, target: str | None) -> None:
        if target:
            self.get_integration(api_id, target.removeprefix("integrations/"))

    def _check_stage(self, api_id: str, config: Mapping[str, Any]) -> None:
        checks.check_stage(config)
        if config.get("deploymentId"):
            self.get_deployment(api_id, config["deploymentId"])
        for key in config.get("routeSettings") or {}:
            if key != DEFAULT and all(r.route_key != key for r in self.get_routes(api_id)):
                raise NotFound(
                    f"Unable to find Route by key {key} within the provided RouteSettings"
                )
