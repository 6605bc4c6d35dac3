"""moto's API Gateway with what its data plane needs: APIs that deploy snapshots, stages of them,
and the calls of the control plane that moto lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException
from moto.apigateway.utils import ApigwRestApiIdentifier

from labkit.cloud.gateway import patches, permissions
from labkit.cloud.gateway.api import LabRestAPI
from labkit.cloud.gateway.http_apis import control as http_apis
from labkit.cloud.gateway.imports import Imports
from labkit.cloud.gateway.stage import needs_role
from labkit.cloud.gateway.usage_plans import UsagePlans
from labkit.cloud.refused import REFUSED

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

# What a patch of an API may only set to what it is anyway.
NOT_SET = REFUSED["apigateway"]["UpdateRestApi"]


class LabAPIGatewayBackend(UsagePlans, Imports):
    """The REST APIs of one region."""

    cloud: Cloud

    @property
    def urls(self) -> dict[str, Callable[..., Any]]:
        """moto's routes, and those of HTTP APIs that it lacks."""
        answer = http_apis.LabApiGatewayV2Response.dispatch
        added = {
            f"{base}{path}$": answer for base in self.url_bases for path in http_apis.ADDED_PATHS
        }
        return {**super().urls, **added}

    def create_rest_api(
        self,
        name: str,
        description: str,
        api_key_source: str | None = None,
        endpoint_configuration: Any = None,
        tags: Any = None,
        policy: str | None = None,
        minimum_compression_size: int | None = None,
        disable_execute_api_endpoint: bool | None = None,
    ) -> moto.RestAPI:
        """Make an API."""
        api_id = ApigwRestApiIdentifier(self.account_id, self.region_name, name).generate(tags=tags)
        self.apis[api_id] = LabRestAPI(
            api_id,
            self.account_id,
            self.region_name,
            name,
            description,
            api_key_source=api_key_source,
            endpoint_configuration=endpoint_configuration,
            tags=tags,
            minimum_compression_size=minimum_compression_size,
            disable_execute_api_endpoint=disable_execute_api_endpoint,
        )
        return self.apis[api_id]

    def update_rest_api(
        self, function_id: str, patch_operations: list[dict[str, Any]]
    ) -> moto.RestAPI:
        """Change an API's name, description, key source or kind of endpoint."""
        api, own, kinds = self.get_rest_api(function_id), [], []
        for operation in patch_operations:
            name = operation["path"].split("/")[1]
            if name == "endpointConfiguration":
                kinds = [operation.get("value")]
            elif name in patches.REST_API.fields or name not in NOT_SET:
                own.append(operation)
        patches.apply(api, own, patches.REST_API)
        if kinds:
            api.endpoint_configuration = {**api.endpoint_configuration, "types": kinds}
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
