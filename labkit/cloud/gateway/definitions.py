"""The parts of an API, checked as they are put: resources, methods, models.

moto keeps whatever is put. Here a mistake that AWS refuses is refused when it is made, and so is a
feature that this cloud would not honour.
"""

from __future__ import annotations

from typing import Any

import regex
from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException, InvalidResourcePathException

from labkit.cloud.gateway.checks import check_gateway_response, check_method, check_schema
from labkit.cloud.gateway.integrations import Integrations

PATH_PART = regex.compile(r"[\w.:-]+|\{[\w.:-]+\+?\}", regex.ASCII)
METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY")


class Definitions(Integrations):
    """What an API consists of before it is deployed."""

    def create_model(
        self, rest_api_id: str, name: str, content_type: str, description: str, schema: str
    ) -> moto.Model:
        """Make a model, whose schema must be JSON Schema draft 4."""
        if name and not regex.fullmatch("[A-Za-z0-9]+", name):
            raise BadRequestException(f"Model name must be alphanumeric: {name}")
        if rest_api_id and name in self.get_rest_api(rest_api_id).models:
            raise moto.ConflictException("Model name already exists for this REST API")
        if name:
            check_schema(schema)
        return super().create_model(rest_api_id, name, content_type, description, schema)

    def create_resource(
        self, function_id: str, parent_resource_id: str, path_part: str
    ) -> moto.Resource:
        """Make a resource; its path is its own."""
        parent = self.get_resource(function_id, parent_resource_id)
        self.check_place(function_id, parent, path_part)
        return super().create_resource(function_id, parent_resource_id, path_part)

    def check_place(
        self, function_id: str, parent: moto.Resource, path_part: str, moved: str = ""
    ) -> None:
        """Refuse a resource, or one that is moved, where it would not be found by its path."""
        if not PATH_PART.fullmatch(path_part or ""):
            raise InvalidResourcePathException()
        if parent.path_part.endswith("+}"):
            raise BadRequestException(
                "Cannot create a child of a resource with a greedy path variable: "
                f"{parent.path_part}"
            )
        for resource in self.get_resources(function_id):
            if resource.parent_id != parent.id or resource.id == moved:
                continue
            if resource.path_part == path_part:
                raise moto.ConflictException(
                    f"Another resource with the same parent already has this name: {path_part}"
                )
            if resource.path_part.startswith("{") and path_part.startswith("{"):
                raise BadRequestException(
                    f"A sibling ({resource.path_part}) of this resource already has a variable "
                    "path part -- only one is allowed"
                )

    def delete_method(self, function_id: str, resource_id: str, method_type: str) -> None:
        """Delete a method that there is."""
        self.get_method(function_id, resource_id, method_type)
        super().delete_method(function_id, resource_id, method_type)

    def delete_model(self, rest_api_id: str, model_name: str) -> None:
        """Delete a model that no method refers to."""
        self.get_model(rest_api_id, model_name)
        for resource in reversed(self.get_resources(rest_api_id)):
            for kind, method in resource.resource_methods.items():
                if model_name in (method.request_models or {}).values():
                    raise moto.ConflictException(
                        f"Cannot delete model '{model_name}', is referenced in method request: "
                        f"{resource.get_path()}/{kind}"
                    )
        super().delete_model(rest_api_id, model_name)

    def create_request_validator(
        self, restapi_id: str, name: str, body: bool | None, params: Any
    ) -> moto.RequestValidator:
        """Make a validator, which checks nothing unless it is told to."""
        return super().create_request_validator(restapi_id, name, bool(body), bool(params))

    def delete_resource(self, function_id: str, resource_id: str) -> moto.Resource:
        """Delete a resource and all below it; the root stays."""
        if not self.get_resource(function_id, resource_id).parent_id:
            raise BadRequestException("Root resource cannot be deleted.")
        for resource in self.get_resources(function_id):
            if resource.parent_id == resource_id:
                self.delete_resource(function_id, resource.id)
        return super().delete_resource(function_id, resource_id)

    def put_method(
        self, function_id: str, resource_id: str, method_type: str, *given: Any, **named: Any
    ) -> moto.Method:
        """Put a method, after checking what it refers to."""
        resource = self.get_resource(function_id, resource_id)
        if method_type not in METHODS:
            raise BadRequestException(
                f"Invalid HttpMethod specified. Valid options are {','.join(METHODS)}"
            )
        if method_type in resource.resource_methods:
            raise moto.ConflictException("Method already exists for this resource")
        method = super().put_method(function_id, resource_id, method_type, *given, **named)
        method.authorization_type = (method.authorization_type or "NONE").upper()
        try:
            check_method(self.get_rest_api(function_id), vars(method))
        except BadRequestException:
            resource.delete_method(method_type)
            raise
        return method

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
