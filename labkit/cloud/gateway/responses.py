"""The responses of a method and of its integration, checked as they are put and deleted.

Source: AWS's answers as LocalStack recorded them, test_apigateway_api.snapshot.json; that there is
one response of a status and one of a pattern, as users were told.
"""

from __future__ import annotations

from typing import Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException, NotFoundException

from labkit.cloud.gateway.checks import check_integration_response, check_models
from labkit.cloud.gateway.expressions import RESPONSE_TARGET, unreadable


class LabIntegrationResponse(moto.IntegrationResponse):
    """An integration response that shows its pattern as it was given, also an empty one."""

    def to_json(self) -> dict[str, Any]:
        """The response as it is answered."""
        return {**super().to_json(), "selectionPattern": self.selection_pattern}


class Responses(moto.APIGatewayBackend):
    """What callers are answered with."""

    def put_method_response(
        self,
        function_id: str,
        resource_id: str,
        method_type: str,
        response_code: str,
        response_models: Any,
        response_parameters: Any,
    ) -> moto.MethodResponse:
        """Put a response that the method does not have yet."""
        method = self.get_method(function_id, resource_id, method_type)
        if method.get_response(response_code):
            raise moto.ConflictException("Response already exists for this resource")
        check_models(self.get_rest_api(function_id), response_models)
        for name in response_parameters or {}:
            if problem := unreadable(name, RESPONSE_TARGET):
                raise BadRequestException(problem)
        return method.create_response(response_code, response_models, response_parameters)

    def get_method_response(
        self, function_id: str, resource_id: str, method_type: str, response_code: str
    ) -> moto.MethodResponse:
        """The method's response of a status."""
        found = super().get_method_response(function_id, resource_id, method_type, response_code)
        if found is None:
            raise NotFoundException("Invalid Response status code specified")
        return found

    def delete_method_response(self, *where: str) -> moto.MethodResponse | None:
        """Delete a response that there is."""
        self.get_method_response(*where)
        return super().delete_method_response(*where)

    def put_integration_response(
        self,
        function_id: str,
        resource_id: str,
        method_type: str,
        status_code: str,
        selection_pattern: str | None,
        response_templates: Any,
        response_parameters: Any,
        content_handling: str | None = None,
    ) -> moto.IntegrationResponse:
        """Put an integration response that can be read, also over another."""
        method = self.get_method(function_id, resource_id, method_type)
        self.get_integration(function_id, resource_id, method_type)
        for media_type in response_templates or {}:
            if "/" not in media_type:
                raise BadRequestException(
                    "Validation Result: warnings : [], "
                    f"errors : [Invalid content type specified: {media_type}]"
                )
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

    def delete_integration_response(self, *where: str) -> moto.IntegrationResponse:
        """Delete a response that there is."""
        self.get_integration_response(*where)
        return super().delete_integration_response(*where)
