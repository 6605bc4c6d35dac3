"""APIs for the tests of the data plane, made and called as a user would."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from itertools import count
from typing import Any

from tests import fetching
from tests.permissions import let_invoke, powerful_role

ROLE = "arn:aws:iam::123456789012:role/orders-api-role"
FORM_HEADER = {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"}
_numbers = count(1)


@dataclass(frozen=True)
class Answer:
    """What a caller got."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body's document."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Api:
    """A REST API with one resource, `/orders`."""

    client: Any
    endpoint: str
    id: str
    root: str
    resource: str

    def where(self, method: str = "POST") -> dict[str, str]:
        """The arguments that name one of its methods."""
        return {"restApiId": self.id, "resourceId": self.resource, "httpMethod": method}

    def put(
        self,
        integration: Mapping[str, Any],
        responses: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        method: str = "POST",
        request: Mapping[str, Any] | None = None,
    ) -> None:
        """Put a method with its integration and responses, by status, in place of what is there."""
        client, where = self.client, self.where(method)
        resource = client.get_resource(restApiId=self.id, resourceId=self.resource)
        if method in resource.get("resourceMethods", {}):
            client.delete_method(**where)
        client.put_method(**where, **{"authorizationType": "NONE", **(request or {})})
        client.put_integration(
            **where,
            **{
                "type": "MOCK",
                "integrationHttpMethod": "POST",
                "requestTemplates": {"application/json": '{"statusCode": 200}'},
                **integration,
            },
        )
        for status, response in (responses or {"200": {}}).items():
            declared = dict.fromkeys(response.get("responseParameters", {}), False)
            client.put_method_response(**where, statusCode=status, responseParameters=declared)
            client.put_integration_response(**where, statusCode=status, **response)

    def deploy(self, stage: str = "lab") -> str:
        """Deploy to a stage; the deployment's id."""
        return self.client.create_deployment(restApiId=self.id, stageName=stage)["id"]

    def call(
        self,
        body: bytes | str | None = None,
        *,
        method: str = "POST",
        path: str = "/orders",
        stage: str = "lab",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call the deployed stage."""
        data = body.encode() if isinstance(body, str) else body
        url = f"{self.endpoint}/_aws/execute-api/{self.id}/{stage}{path}"
        return fetch(url, method, data, headers or {"Content-Type": "application/json"})


def fetch(url: str, method: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
    """One HTTP request, whatever its status."""
    request = urllib.request.Request(url, data, dict(headers), method=method)
    return Answer(*fetching.fetch(request))


def new_role(client: Callable[..., Any]) -> None:
    """Make the role that integrations name, unless it is there."""
    iam = client("iam")
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        powerful_role(iam, ROLE.rpartition("/")[2])


def new_api(client: Callable[..., Any], endpoint: str) -> Api:
    """An API with the resource `/orders` and nothing else, and the role for its integrations."""
    gateway = client("apigateway")
    new_role(client)
    api_id = gateway.create_rest_api(name=f"orders-api-{next(_numbers)}")["id"]
    root = gateway.get_resources(restApiId=api_id)["items"][0]["id"]
    resource = gateway.create_resource(restApiId=api_id, parentId=root, pathPart="orders")["id"]
    return Api(gateway, endpoint, api_id, root, resource)


def queue_integration(template: str, queue: str = "orders", **more: Any) -> dict[str, Any]:
    """The integration with a queue in its path form."""
    return {
        "type": "AWS",
        "uri": f"arn:aws:apigateway:us-east-1:sqs:path/123456789012/{queue}",
        "credentials": ROLE,
        "passthroughBehavior": "NEVER",
        "requestParameters": FORM_HEADER,
        "requestTemplates": {"application/json": template},
        **more,
    }


def new_function(client: Callable[..., Any], name: str, source: str) -> str:
    """The ARN of a new function whose `handler.py` is `source`, with a role of its own."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("handler.py", source)
    role = powerful_role(client("iam"), f"{name}-role")
    function = client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=role,
        Handler="handler.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    let_invoke(client("lambda"), name, "apigateway.amazonaws.com")
    return str(function["FunctionArn"])
