"""moto's API Gateway with what its data plane needs: snapshots, checks and `update_*` calls.

moto keeps what is put and runs nothing. Here a deployment takes a snapshot of the API, a mistake
that AWS refuses is refused when it is made, and so is a feature that this cloud would not honour.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import regex
from moto.apigateway import models as moto
from moto.apigateway import urls as moto_urls
from moto.apigateway.exceptions import BadRequestException
from moto.apigateway.responses import APIGatewayResponse
from moto.apigateway.utils import ApigwRestApiIdentifier

from labkit.cloud.gateway import patches
from labkit.cloud.gateway.checks import (
    check_document,
    check_integration,
    check_integration_response,
    check_method,
    check_options,
    check_schema,
    refuse,
)
from labkit.cloud.gateway.control import LabAPIGatewayResponse
from labkit.cloud.gateway.deployment import Deployed, snapshot

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

# Every REST API starts with these two models.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
DEFAULT_MODELS = {
    "Empty": (
        "This is a default empty schema model",
        '{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n'
        '  "title" : "Empty Schema",\n  "type" : "object"\n}',
    ),
    "Error": (
        "This is a default error schema model",
        '{\n  "$schema" : "http://json-schema.org/draft-04/schema#",\n'
        '  "title" : "Error Schema",\n  "type" : "object",\n'
        '  "properties" : {\n    "message" : { "type" : "string" }\n  }\n}',
    ),
}


class LabRestAPI(moto.RestAPI):
    """One REST API; a deployment of it holds its snapshot."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for name, (description, schema) in DEFAULT_MODELS.items():
            self.add_model(name, description, schema, "application/json")

    def create_deployment(
        self, name: str, description: str, stage_variables: Any = None
    ) -> moto.Deployment:
        """Deploy the API as it is now; an existing stage keeps its settings, as on AWS."""
        taken = snapshot(self)
        before = self.stages.get(name)
        deployment = super().create_deployment(name, description, stage_variables)
        deployment.snapshot = taken
        if before is not None:
            before.deployment_id = deployment.id
            before.variables = {**before.variables, **(stage_variables or {})}
            self.stages[name] = before
        return deployment

    def delete_deployment(self, deployment_id: str) -> moto.Deployment:
        """Delete a deployment that no stage points at."""
        if any(stage.deployment_id == deployment_id for stage in self.stages.values()):
            raise moto.StageStillActive()
        self.deployments[deployment_id].stage_name = None
        return super().delete_deployment(deployment_id)

    def update_integration_mocks(self, stage_name: str) -> None:
        """moto would patch `requests` here; this cloud serves real HTTP."""

    def deployed(self, stage_name: str) -> tuple[moto.Stage, Deployed] | None:
        """A stage and the deployment that it points at."""
        stage = self.stages.get(stage_name)
        deployment = self.deployments.get(stage.deployment_id or "") if stage else None
        return (stage, deployment.snapshot) if stage and deployment else None


class LabAPIGatewayBackend(moto.APIGatewayBackend):
    """The REST APIs of one region."""

    cloud: Cloud

    @property
    def _url_module(self) -> Any:
        """moto would look for the routes next to this class."""
        return moto_urls

    @property
    def urls(self) -> dict[str, Callable[..., Any]]:
        """moto's routes, answered by a response class that knows every `update_*` call."""
        return {
            url: LabAPIGatewayResponse.dispatch
            if handler == APIGatewayResponse.dispatch
            else handler
            for url, handler in super().urls.items()
        }

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
        if api_key_source == "AUTHORIZER":
            raise refuse("API keys from an authorizer.")
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

    def put_rest_api(
        self, function_id: str, api_doc: dict[str, Any], *given: Any, **named: Any
    ) -> moto.RestAPI:
        """Make an API from an OpenAPI document that this cloud honours as a whole."""
        check_document(api_doc)
        return super().put_rest_api(function_id, api_doc, *given, **named)

    def update_rest_api(
        self, function_id: str, patch_operations: list[dict[str, Any]]
    ) -> moto.RestAPI:
        """Change an API's name, description or key source."""
        for operation in patch_operations:
            if operation["op"] != "remove":
                check_options({operation["path"].split("/")[1]: operation.get("value") != "false"})
        return super().update_rest_api(function_id, patch_operations)

    def create_model(
        self, rest_api_id: str, name: str, content_type: str, description: str, schema: str
    ) -> moto.Model:
        """Make a model, whose schema must be JSON Schema draft 4."""
        if name and not regex.fullmatch("[A-Za-z0-9]+", name):
            raise BadRequestException(f"Model name must be alphanumeric: {name}")
        if rest_api_id and name in self.get_rest_api(rest_api_id).models:
            raise moto.ConflictException("Model name already exists for this REST API")
        check_schema(schema)
        return super().create_model(rest_api_id, name, content_type, description, schema)

    def put_method(
        self, function_id: str, resource_id: str, method_type: str, *given: Any, **named: Any
    ) -> moto.Method:
        """Put a method, after checking what it refers to."""
        resource = self.get_resource(function_id, resource_id)
        before = resource.resource_methods.pop(method_type, None)
        method = super().put_method(function_id, resource_id, method_type, *given, **named)
        try:
            check_method(self.get_rest_api(function_id), vars(method))
        except BadRequestException:
            resource.resource_methods.pop(method_type)
            if before is not None:
                resource.resource_methods[method_type] = before
            raise
        return method

    def put_integration(
        self,
        function_id: str,
        resource_id: str,
        method_type: str,
        integration_type: str,
        uri: str | None = None,
        integration_method: str | None = None,
        **named: Any,
    ) -> moto.Integration:
        """Put an integration that this cloud runs, with mappings that AWS accepts."""
        integration_type = integration_type.upper()  # OpenAPI documents write it small
        if integration_type in ("HTTP", "HTTP_PROXY"):
            raise refuse(f"{integration_type} integration with '{uri}'.")
        if named.get("connection_type") == "VPC_LINK":
            raise refuse("VPC links.")
        if named.get("content_handling"):
            raise refuse("Binary payload conversion (contentHandling).")
        named["passthrough_behavior"] = (
            named.get("passthrough_behavior") or "WHEN_NO_MATCH"
        ).upper()
        named["timeout_in_millis"] = named.get("timeout_in_millis") or 29_000
        named["cache_namespace"] = named.get("cache_namespace") or resource_id
        method = self.get_method(function_id, resource_id, method_type)
        check_integration(
            method,
            {
                "integration_type": integration_type,
                "uri": uri,
                "request_parameters": named.get("request_parameters"),
                "passthrough_behaviour": named["passthrough_behavior"],
                "timeout_in_millis": named["timeout_in_millis"],
            },
        )
        return super().put_integration(
            function_id,
            resource_id,
            method_type,
            integration_type,
            uri,
            integration_method,
            **named,
        )

    def put_integration_response(
        self,
        function_id: str,
        resource_id: str,
        method_type: str,
        status_code: str,
        selection_pattern: str,
        response_templates: Any,
        response_parameters: Any,
        content_handling: str | None = None,
    ) -> moto.IntegrationResponse:
        """Put an integration response whose pattern and mappings can be read."""
        if content_handling:
            raise refuse("Binary payload conversion (contentHandling).")
        method = self.get_method(function_id, resource_id, method_type)
        check_integration_response(method, status_code, selection_pattern, response_parameters)
        return super().put_integration_response(
            function_id,
            resource_id,
            method_type,
            status_code,
            selection_pattern,
            response_templates,
            response_parameters,
        )

    def create_deployment(self, function_id: str, *given: Any, **named: Any) -> moto.Deployment:
        """Deploy an API, each of whose methods has an integration."""
        for resource in self.get_resources(function_id):
            if any(m.method_integration is None for m in resource.resource_methods.values()):
                raise moto.NoIntegrationDefined()
        return super().create_deployment(function_id, *given, **named)

    def create_stage(
        self, function_id: str, stage_name: str, deployment_id: str, *given: Any, **named: Any
    ) -> moto.Stage:
        """Make a stage of a deployment that exists."""
        self._check_deployment(function_id, deployment_id)
        return super().create_stage(function_id, stage_name, deployment_id, *given, **named)

    def update_stage(
        self, function_id: str, stage_name: str, patch_operations: list[dict[str, Any]]
    ) -> moto.Stage:
        """Change a stage; a new `/deploymentId` is live at once."""
        for operation in patch_operations:
            if operation["path"] == "/deploymentId":
                self._check_deployment(function_id, operation.get("value", ""))
            elif operation["path"] == "/cacheClusterEnabled":
                check_options({"cacheClusterEnabled": operation["value"] == "true"})
            elif operation["path"].startswith("/variables/") and operation["op"] == "add":
                operation["op"] = "replace"
        return super().update_stage(function_id, stage_name, patch_operations)

    def patch(
        self,
        target: Any,
        operations: list[dict[str, Any]],
        fields: dict[str, patches.Field],
        check: Callable[[dict[str, Any]], None] = lambda changed: None,
    ) -> Any:
        """Apply patch operations to a moto resource if `check` accepts the result."""
        try:
            changed = patches.changes(target, operations or [], fields)
        except patches.BadPatch as error:
            raise BadRequestException(str(error)) from None
        check({**vars(target), **changed})
        vars(target).update(changed)
        return target

    def _check_deployment(self, function_id: str, deployment_id: str) -> None:
        if deployment_id not in self.get_rest_api(function_id).deployments:
            raise BadRequestException("Invalid Deployment identifier specified")
