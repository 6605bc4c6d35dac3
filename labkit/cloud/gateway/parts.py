"""The calls about the parts of an API that moto lacks, or answers otherwise than AWS.

Source: AWS's answers as LocalStack recorded them, test_apigateway_api.snapshot.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from moto.apigateway.exceptions import (
    BadRequestException,
    NotFoundException,
    ValidationException,
)
from moto.apigateway.models import Integration, Method, Resource
from moto.apigateway.responses import APIGatewayResponse

from labkit.cloud.constraints import not_one_of, together
from labkit.cloud.gateway import checks, gateway_responses, patchable, patches

KINDS = ("add", "remove", "move", "test", "replace", "copy")


class PartsResponse(APIGatewayResponse):
    """Resources, methods, integrations, models, validators and gateway responses."""

    def update_resource(self) -> str:
        """`PATCH /restapis/{api}/resources/{resource}`: another name, or another place."""
        resource = self.backend.get_resource(self._part(2), self._part(4))
        if not resource.parent_id:
            for operation in self._get_param("patchOperations"):
                name = operation["path"].removeprefix("/")
                raise BadRequestException(f"Root resource cannot update its {name}.")
        return self._patched(
            resource, patchable.RESOURCE, lambda changed: self._check_place(resource, changed)
        )

    def update_method(self) -> str:
        """`PATCH /restapis/{api}/resources/{resource}/methods/{method}`."""
        return self._patched(
            self._method(),
            patchable.METHOD,
            lambda changed: checks.check_method(self.backend.get_rest_api(self._part(2)), changed),
        )

    def update_method_response(self) -> str:
        """`PATCH .../methods/{method}/responses/{status}`."""
        where = (self._part(number) for number in (2, 4, 6, 8))
        return self._patched(self.backend.get_method_response(*where), patchable.METHOD_RESPONSE)

    def update_integration(self) -> str:
        """`PATCH .../methods/{method}/integration`."""
        method = self._method()
        return self._patched(
            self._integration(method),
            patchable.INTEGRATION,
            lambda changed: checks.check_integration(method, changed),
        )

    def update_integration_response(self) -> str:
        """`PATCH .../methods/{method}/integration/responses/{status}`."""
        method, status = self._method(), self._part(9)
        return self._patched(
            self._integration(method).get_integration_response(status),
            patchable.INTEGRATION_RESPONSE,
            lambda changed: checks.check_integration_response(
                method, status, changed["selection_pattern"], changed["response_parameters"]
            ),
        )

    def update_model(self) -> str:
        """`PATCH /restapis/{api}/models/{model}`."""
        return self._patched(
            self.backend.get_model(self._part(2), self._part(4)),
            patchable.MODEL,
            lambda changed: checks.check_schema(changed["schema"]),
        )

    def update_request_validator(self) -> str:
        """`PATCH /restapis/{api}/requestvalidators/{validator}`."""
        validator = self.backend.get_request_validator(self._part(2), self._part(4))
        return self._patched(validator, patchable.REQUEST_VALIDATOR, _check_validator)

    def get_integration(self) -> str:
        """`GET .../methods/{method}/integration`."""
        return json.dumps(self._integration(self._method()).to_json())

    def put_gateway_response(self) -> str:
        """`PUT /restapis/{api}/gatewayresponses/{type}`."""
        super().put_gateway_response()
        return self.get_gateway_response()

    def get_gateway_response(self) -> str:
        """`GET /restapis/{api}/gatewayresponses/{type}`, its default if there is no other."""
        api = self.backend.get_rest_api(self._part(2))
        return json.dumps(gateway_responses.shown(api, self._part(4)))

    def get_gateway_responses(self) -> str:
        """`GET /restapis/{api}/gatewayresponses`."""
        api = self.backend.get_rest_api(self._part(2))
        return json.dumps({"item": gateway_responses.listed(api)})

    def delete_gateway_response(self) -> str:
        """`DELETE /restapis/{api}/gatewayresponses/{type}`."""
        gateway_responses.delete(self.backend.get_rest_api(self._part(2)), self._part(4))
        return ""

    def update_gateway_response(self) -> str:
        """`PATCH /restapis/{api}/gatewayresponses/{type}`."""
        api, kind = self.backend.get_rest_api(self._part(2)), self._part(4)
        operations = self._get_param("patchOperations")
        api.gateway_responses[kind] = patches.apply(
            gateway_responses.to_change(api, kind),
            operations,
            patchable.GATEWAY_RESPONSE,
            lambda changed: checks.check_gateway_response(kind, changed["status_code"]),
        )
        return self.get_gateway_response()

    def _check_place(self, resource: Resource, changed: dict[str, Any]) -> None:
        parent = self.backend.get_resource(self._part(2), changed["parent_id"])
        above = parent
        while above.parent_id:
            if above.id == resource.id:
                raise BadRequestException("Resources cannot be cyclical.")
            above = self.backend.get_resource(self._part(2), above.parent_id)
        self.backend.check_place(self._part(2), parent, changed["path_part"], resource.id)

    def _patched(self, target: Any, fields: Any, *check: Any) -> str:
        operations = self._get_param("patchOperations")
        patched = patches.apply(target, operations, fields, *check)
        return json.dumps((getattr(patched, "to_dict", None) or patched.to_json)())

    def _part(self, index: int) -> str:
        return str(self.path.split("/")[index])

    def _method(self) -> Method:
        return self.backend.get_method(self._part(2), self._part(4), self._part(6))

    def _integration(self, method: Method) -> Integration:
        if method.method_integration is None:
            raise NotFoundException("Invalid Integration identifier specified")
        return method.method_integration


def check_kinds(where: str, operations: Iterable[Mapping[str, Any]] | None) -> None:
    """Refuse a kind of patch operation that no resource has."""
    wrong = [
        not_one_of(f"{where}.patchOperations.{number}.member.op", kind, KINDS)
        for number, operation in enumerate(operations or [], start=1)
        if (kind := operation.get("op")) and kind not in KINDS
    ]
    if wrong:
        raise ValidationException(together(wrong))


def _check_validator(changed: dict[str, Any]) -> None:
    if not changed["name"]:
        raise BadRequestException("Request Validator name cannot be blank")
