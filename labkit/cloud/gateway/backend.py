"""moto's API Gateway with what its data plane needs: checks, and the calls that moto lacks.

moto keeps whatever is put. Here a mistake that AWS refuses is refused when it is made, and so is a
feature that this cloud would not honour.
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
from labkit.cloud.gateway.api import LabRestAPI
from labkit.cloud.gateway.checks import (
    check_document,
    check_gateway_response,
    check_integration,
    check_integration_response,
    check_method,
    check_options,
    check_schema,
    refuse,
)
from labkit.cloud.gateway.control import LabAPIGatewayResponse

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


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

    def create_resource(
        self, function_id: str, parent_resource_id: str, path_part: str
    ) -> moto.Resource:
        """Make a resource; its path is its own."""
        for resource in self.get_resources(function_id):
            if path_part and (resource.parent_id, resource.path_part) == (
                parent_resource_id,
                path_part,
            ):
                raise moto.ConflictException(
                    f"Another resource with the same parent already has this name: {path_part}"
                )
        return super().create_resource(function_id, parent_resource_id, path_part)

    def delete_resource(self, function_id: str, resource_id: str) -> moto.Resource:
        """Delete a resource and all below it."""
        self.get_resource(function_id, resource_id)
        for resource in self.get_resources(function_id):
            if resource.parent_id == resource_id:
                self.delete_resource(function_id, resource.id)
        return super().delete_resource(function_id, resource_id)

    def put_method(
        self, function_id: str, resource_id: str, method_type: str, *given: Any, **named: Any
    ) -> moto.Method:
        """Put a method, after checking what it refers to."""
        resource = self.get_resource(function_id, resource_id)
        if method_type in resource.resource_methods:
            raise moto.ConflictException("Method already exists for this resource")
        method = super().put_method(function_id, resource_id, method_type, *given, **named)
        try:
            check_method(self.get_rest_api(function_id), vars(method))
        except BadRequestException:
            resource.delete_method(method_type)
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

    def put_gateway_response(
        self,
        rest_api_id: str,
        response_type: str,
        status_code: Any,
        response_parameters: Any,
        response_templates: Any,
    ) -> moto.GatewayResponse:
        """Put a gateway response of a type and with a status that exist."""
        check_gateway_response(response_type, status_code)
        return super().put_gateway_response(
            rest_api_id, response_type, status_code, response_parameters, response_templates
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
