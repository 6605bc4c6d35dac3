"""moto's API Gateway with what its data plane needs: APIs that deploy snapshots, stages of them,
and the calls of the control plane that moto lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.gateway import endpoint_types, patchable, patches, permissions
from labkit.cloud.gateway.api import LabRestAPI
from labkit.cloud.gateway.control import LabAPIGatewayResponse
from labkit.cloud.gateway.http_apis import control as http_apis
from labkit.cloud.gateway.imports import Imports
from labkit.cloud.gateway.responses import LabIntegrationResponse
from labkit.cloud.gateway.stage import LabStage, needs_role
from labkit.cloud.gateway.usage_plan import LabUsagePlan
from labkit.cloud.gateway.usage_plans import UsagePlans
from labkit.cloud.refused import REFUSED

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

# moto has routes for statuses that are numbers only.
ANY_STATUS = "/restapis/[^/]+/resources/[^/]+/methods/[^/]+(/integration)?/responses/[^/]+"
# What a patch of an API may only set to what it is anyway.
NOT_SET = REFUSED["apigateway"]["UpdateRestApi"]
# moto makes its models by these names.
for _made in (LabRestAPI, LabStage, LabUsagePlan, LabIntegrationResponse):
    setattr(moto, _made.__base__.__name__, _made)


class LabAPIGatewayBackend(UsagePlans, Imports):
    """The REST APIs of one region."""

    cloud: Cloud

    @property
    def urls(self) -> dict[str, Callable[..., Any]]:
        """moto's routes, and those that it lacks."""
        added = {ANY_STATUS: LabAPIGatewayResponse.dispatch}
        added |= dict.fromkeys(http_apis.ADDED_PATHS, http_apis.LabApiGatewayV2Response.dispatch)
        return super().urls | {
            f"{base}{path}$": answer for base in self.url_bases for path, answer in added.items()
        }

    def update_rest_api(
        self, function_id: str, patch_operations: list[dict[str, Any]]
    ) -> moto.RestAPI:
        """Change an API's name, description, key source or kind of endpoint."""
        api = self.get_rest_api(function_id)
        own, endpoint = [], api.endpoint_configuration
        for operation in patch_operations:
            name = operation["path"].split("/")[1]
            if name == "endpointConfiguration":
                value = operation.get("value")
                endpoint = endpoint_types.patched(endpoint, operation["path"], value)
            elif name in patchable.REST_API.fields or name not in NOT_SET:
                own.append(operation)
        patches.apply(api, own, patchable.REST_API)
        api.endpoint_configuration = endpoint
        return api

    def create_deployment(self, function_id: str, *given: Any, **named: Any) -> moto.Deployment:
        """Deploy an API, each of whose methods has an integration."""
        for resource in self.get_resources(function_id):
            if any(m.method_integration is None for m in resource.resource_methods.values()):
                raise moto.NoIntegrationDefined()
        before = dict(self.get_rest_api(function_id).stages)
        deployment = super().create_deployment(function_id, *given, **named)
        for name, stage in self.get_rest_api(function_id).stages.items():
            if name not in before or stage.deployment_id == deployment.id:
                stage.touch(self.cloud.clock.now())
        return deployment

    def create_stage(
        self, function_id: str, stage_name: str, deployment_id: str, *given: Any, **named: Any
    ) -> moto.Stage:
        """Make a stage of a deployment that exists."""
        self._check_deployment(function_id, deployment_id)
        stage = super().create_stage(function_id, stage_name, deployment_id, *given, **named)
        stage.touch(self.cloud.clock.now())
        return stage

    def update_account(self, patch_operations: list[dict[str, Any]]) -> moto.Account:
        """Change the account's settings; its role for logs is tried first."""
        for operation in patch_operations:
            if operation["path"] == "/cloudwatchRoleArn" and (role := operation.get("value")):
                permissions.check_logging_role(
                    self.cloud.access, role, region=self.region_name, account=self.account_id
                )
        return super().update_account(patch_operations)

    def update_stage(
        self, function_id: str, stage_name: str, patch_operations: list[dict[str, Any]]
    ) -> moto.Stage:
        """Change a stage; a new `/deploymentId` is live at once."""
        for operation in patch_operations:
            if operation["path"] == "/deploymentId":
                self._check_deployment(function_id, operation.get("value", ""))
        if needs_role(patch_operations) and not self.account.cloudwatch_role_arn:
            raise BadRequestException(
                "CloudWatch Logs role ARN must be set in account settings to enable logging"
            )
        stage = super().update_stage(function_id, stage_name, patch_operations)
        stage.touch(self.cloud.clock.now())
        return stage

    def delete_stage(self, function_id: str, stage_name: str) -> None:
        """Delete a stage that no usage plan includes."""
        for plan in self.usage_plans.values():
            for entry in plan.api_stages:
                if (entry.get("apiId"), entry.get("stage")) == (function_id, stage_name):
                    raise BadRequestException(
                        "Active usage plans pointing to this stage must be moved or deleted"
                    )
        super().delete_stage(function_id, stage_name)

    def _check_deployment(self, function_id: str, deployment_id: str) -> None:
        if deployment_id not in self.get_rest_api(function_id).deployments:
            raise BadRequestException("Invalid Deployment identifier specified")
