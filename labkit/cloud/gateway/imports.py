"""Makes an API of an OpenAPI document, by the same calls that a client would make.

A document that cannot be imported leaves no API behind, and an API that it was put on as it was.
https://docs.aws.amazon.com/apigateway/latest/api/API_PutRestApi.html
Recorded in LocalStack's test_apigateway_import.snapshot.json.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException

from labkit.cloud import refusals
from labkit.cloud.gateway.definitions import Definitions
from labkit.cloud.gateway.openapi import Document, Json, Operation, read

# What an import changes of an API.
PARTS = ("resources", "models", "request_validators", "gateway_responses", "name", "description")
MODES = ("merge", "overwrite")


class Imports(Definitions):
    """ImportRestApi and PutRestApi."""

    def import_rest_api(self, api_doc: Json, fail_on_warnings: bool) -> moto.RestAPI:
        """Make an API; there are no warnings, since what is not done is refused."""
        api = self.create_rest_api("", "")
        try:
            return self.put_rest_api(api.id, api_doc, fail_on_warnings, mode="overwrite")
        except Exception:
            del self.apis[api.id]
            raise

    def put_rest_api(
        self, function_id: str, api_doc: Json, fail_on_warnings: bool, mode: str = "merge"
    ) -> moto.RestAPI:
        """Change an API: to what the document says, or by what it says."""
        if mode not in MODES:
            raise BadRequestException(f"Invalid mode '{mode}'. It is one of {', '.join(MODES)}.")
        api = self.get_rest_api(function_id)
        document = read(api_doc, api.id)
        before = {part: deepcopy(getattr(api, part)) for part in PARTS}
        try:
            self._put(api, document, overwrite=mode == "overwrite")
        except Exception as error:
            vars(api).update(before)
            if isinstance(error, (AttributeError, KeyError, TypeError, ValueError)):
                raise BadRequestException("Invalid OpenAPI input.") from None
            raise
        return api

    def _put(self, api: moto.RestAPI, document: Document, *, overwrite: bool) -> None:
        if overwrite:
            api.name, api.description = document.title, document.description
            api.version = document.version or api.version
            api.models.clear()  # those that every API starts with, too: recorded
            api.request_validators.clear()
            api.gateway_responses.clear()
            root = api.get_resource_for_path("/")
            root.resource_methods.clear()
            api.resources = {root.id: root}
        for name, schema in document.models.items():
            api.models.pop(name, None)
            description = json.loads(schema).get("description", "")
            self.create_model(api.id, name, "application/json", description, schema)
        validators = {each.name: each.id for each in api.request_validators.values()}
        for name, checks in document.validators.items():
            if name in validators:
                api.delete_request_validator(validators[name])
            body, parameters = (
                bool(checks.get(f"validateRequest{of}")) for of in ("Body", "Parameters")
            )
            validators[name] = self.create_request_validator(api.id, name, body, parameters).id
        for kind, response in document.gateway_responses.items():
            parameters, templates = (
                response.get(f"response{of}") or {} for of in ("Parameters", "Templates")
            )
            self.put_gateway_response(
                api.id, kind, response.get("statusCode"), parameters, templates
            )
        for operation in document.operations:
            validator = validators[operation.validator] if operation.validator else None
            self._put_operation(api, operation, validator)

    def _put_operation(
        self, api: moto.RestAPI, operation: Operation, validator: str | None
    ) -> None:
        resource = self._resource(api, operation.path)
        resource.delete_method(operation.method)
        where = (api.id, resource.id, operation.method)
        self.put_method(
            *where,
            "NONE",
            api_key_required=operation.needs_key,
            request_parameters=operation.parameters,
            request_models=operation.models,
            operation_name=operation.name,
            request_validator_id=validator,
        )
        for status, (models, headers) in operation.responses.items():
            self.put_method_response(*where, status, models, headers)
        if not operation.integration:
            return
        refusals.check("apigateway", "PutIntegration", operation.integration)
        given = self._build_integration_args(operation.integration)
        self.put_integration(*where, **{k: v for k, v in given.items() if v is not None})
        for response in self._build_integration_responses_args(operation.integration):
            response["status_code"] = str(response["status_code"])
            # As recorded, the default response of a document is one without a pattern.
            pattern = response.pop("selection_pattern", None) or None
            self.put_integration_response(*where, **response, selection_pattern=pattern)
        for response in (operation.integration.get("responses") or {}).values():
            refusals.check("apigateway", "PutIntegrationResponse", response)

    def _resource(self, api: moto.RestAPI, path: str) -> moto.Resource:
        """The resource at a path, made with those above it where they are missing."""
        found = api.get_resource_for_path("/")
        for part in filter(None, path.split("/")):
            below: dict[Any, moto.Resource] = {
                each.path_part: each
                for each in api.resources.values()
                if each.parent_id == found.id
            }
            found = below.get(part) or self.create_resource(api.id, found.id, part)
        return found
