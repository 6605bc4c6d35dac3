"""Integrations, checked as they are put.

A mistake that AWS refuses is refused when it is made, and so is a feature that this cloud would not
honour.
"""

from __future__ import annotations

from typing import Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import NotFoundException, ValidationException

from labkit.cloud.constraints import not_one_of
from labkit.cloud.gateway.checks import check_http, check_integration, refuse
from labkit.cloud.gateway.responses import Responses

INTEGRATION_TYPES = ("HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS")


class Integrations(Responses):
    """What the methods of an API call."""

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
        if integration_type.upper() not in INTEGRATION_TYPES:
            at = "putIntegrationInput.type"
            raise ValidationException(not_one_of(at, integration_type, INTEGRATION_TYPES))
        integration_type = integration_type.upper()  # OpenAPI documents write it small
        if integration_type in ("HTTP", "HTTP_PROXY"):
            check_http(uri, integration_method)
            raise refuse(f"An {integration_type} integration", "methods call this cloud's services")
        if integration_type == "MOCK":
            uri = None  # as recorded: one that is given is dropped
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

    def get_integration(
        self, function_id: str, resource_id: str, method_type: str
    ) -> moto.Integration:
        """The integration of a method; its responses are found by it."""
        integration = super().get_integration(function_id, resource_id, method_type)
        if integration is None:
            raise NotFoundException("Invalid Integration identifier specified")
        return integration

    def delete_integration(self, *where: str) -> moto.Integration:
        """Delete an integration that there is."""
        self.get_integration(*where)
        return super().delete_integration(*where)
