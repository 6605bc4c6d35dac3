"""Stages and deployments of HTTP APIs.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.apigatewayv2 import models as moto

from labkit.cloud.gateway.http_apis.deployed import Deployed


@dataclass
class Deployment:
    """One deployment of an API."""

    id: str
    deployed: Deployed
    created: datetime
    auto: bool
    description: str

    def to_json(self) -> dict[str, Any]:
        """The deployment as `get_deployment` shows it."""
        return {
            "autoDeployed": self.auto,
            "createdDate": self.created.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "deploymentId": self.id,
            "deploymentStatus": "DEPLOYED",
            "description": self.description,
        }


def merged(before: Mapping[str, Any] | None, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """A map after an update that names some of its keys; an empty text takes one away.

    https://github.com/hashicorp/terraform-provider-aws/blob/02f6d2d/internal/service/apigatewayv2/stage.go
    """
    return {
        name: value for name, value in {**(before or {}), **(given or {})}.items() if value != ""
    }


class LabStage(moto.Stage):
    """A stage and the deployment that it points at."""

    deployment_id: str | None = None

    def change(self, config: Mapping[str, Any]) -> None:
        """Take what `update_stage` gives; variables and routes that it does not name stay."""
        given = dict(config)
        for name, before in (
            ("routeSettings", self.route_settings),
            ("stageVariables", self.stage_variables),
        ):
            if name in given:
                given[name] = merged(before, given[name])
        for name, attribute in {
            "accessLogSettings": "access_log_settings",
            "autoDeploy": "auto_deploy",
            "defaultRouteSettings": "default_route_settings",
            "deploymentId": "deployment_id",
            "description": "description",
            "routeSettings": "route_settings",
            "stageVariables": "stage_variables",
        }.items():
            if name in given:
                setattr(self, attribute, given[name])

    def to_json(self) -> dict[str, Any]:
        """The stage as `get_stage` shows it."""
        return {**super().to_json(), "deploymentId": self.deployment_id}
