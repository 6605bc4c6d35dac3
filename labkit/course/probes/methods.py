"""What a method of the REST API is set up to do, and what its draft answers before it is public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.course.judgement import Mistake, require
from labkit.lab import Lab


@dataclass(frozen=True)
class Method:
    """POST of one path: where it is, and its definition as API Gateway holds it."""

    path: str
    api_id: str
    resource_id: str
    definition: dict[str, Any]

    @property
    def integration(self) -> dict[str, Any]:
        """What the method does with a request; empty when nothing has been said."""
        return self.definition.get("methodIntegration") or {}


def find_method(lab: Lab, path: str) -> Method:
    """POST of a path of the lab's API."""
    gateway = lab.client("apigateway")
    api = lab.find_api()
    if api is None:
        raise Mistake(
            f"There is no API '{lab.names.api}'.",
            f'Make it with apigateway.create_rest_api(name="{lab.names.api}").',
        )
    resources = {
        resource["path"]: resource
        for page in gateway.get_paginator("get_resources").paginate(restApiId=api["id"])
        for resource in page["items"]
    }
    require(
        path in resources,
        f"The API has no path {path}; it has {', '.join(sorted(resources))}.",
        f"Make it with create_resource, below the root, with pathPart='{path.lstrip('/')}'.",
    )
    resource = resources[path]
    require(
        "POST" in resource.get("resourceMethods", {}),
        f"The path {path} has no method POST.",
        "Make it with put_method(..., httpMethod='POST', authorizationType='NONE').",
    )
    definition = gateway.get_method(
        restApiId=api["id"], resourceId=resource["id"], httpMethod="POST"
    )
    return Method(path, api["id"], resource["id"], definition)


def compares_bodies(lab: Lab, method: Method) -> None:
    """Require that API Gateway compares every JSON body with a model."""
    require(
        "application/json" in (method.definition.get("requestModels") or {}),
        f"POST {method.path} has no model for application/json, so there is nothing to compare "
        "with.",
        "Its requestModels should name one: {'application/json': 'Order'}.",
    )
    validator_id = method.definition.get("requestValidatorId")
    require(
        validator_id,
        f"POST {method.path} has a model but no request validator, so nobody compares.",
        "Make one with create_request_validator(validateRequestBody=True), and give its id to the "
        "method.",
    )
    validator = lab.client("apigateway").get_request_validator(
        restApiId=method.api_id, requestValidatorId=validator_id
    )
    require(
        validator.get("validateRequestBody"),
        f"The request validator of POST {method.path} does not look at the body.",
        "It needs validateRequestBody=True.",
    )


def try_draft(lab: Lab, method: Method, body: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """What the draft answers, deployed or not: `status`, `body`, and the `log` of this one call.

    It is a real call, whose message reaches the queue.
    """
    return lab.client("apigateway").test_invoke_method(
        restApiId=method.api_id,
        resourceId=method.resource_id,
        httpMethod="POST",
        body=body,
        headers={"Content-Type": "application/json", **headers},
    )
