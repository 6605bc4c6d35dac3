"""The data plane of API Gateway REST APIs: one request to a deployed stage, step by step.

    stage -> resource and method -> size, API key -> validation -> integration -> answer

A step that refuses raises a `GatewayError`, which becomes AWS's answer or the API's own gateway
response.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-basic-concept.html
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from typing import TYPE_CHECKING

from moto.apigateway.models import Stage, apigateway_backends

from labkit.cloud.gateway import errors, validation
from labkit.cloud.gateway.backend import LabAPIGatewayBackend
from labkit.cloud.gateway.calls import Calls
from labkit.cloud.gateway.deployment import Deployed, Method
from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.gateway.invocation import Invocation, new_context
from labkit.cloud.gateway.keys import find_key
from labkit.cloud.gateway.routes import Routes
from labkit.cloud.messages import Request, Response

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

log = logging.getLogger("labkit.cloud")

URLS = (
    re.compile(r"/_aws/execute-api/(?P<api>[^/]+)/(?P<stage>[^/]+)(?P<path>/.*)?"),
    re.compile(r"/restapis/(?P<api>[^/]+)/(?P<stage>[^/]+)/_user_request_(?P<path>/.*)?"),
)
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
LARGEST_PAYLOAD = 10 * 1024 * 1024
# What an unknown API or stage has deployed. AWS answers for it with 403 `Forbidden`.
NOTHING = Deployed("", Routes(), {}, {})


class Gateway:
    """Runs the deployed stages of REST APIs."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._calls = Calls(cloud)

    async def reset(self) -> None:
        """Forget the sessions of integration roles."""
        self._calls.forget()

    async def handle(self, request: Request) -> Response | None:
        """The stage's answer, or None when the URL is not one of a stage.

        Both `/_aws/execute-api/{api}/{stage}/{path}` and
        `/restapis/{api}/{stage}/_user_request_/{path}` reach a stage.
        """
        for pattern in URLS:
            if found := pattern.fullmatch(request.path):
                return await self._serve(
                    request, found["api"], found["stage"], found["path"] or "/"
                )
        return None

    async def _serve(self, request: Request, api_id: str, stage_name: str, path: str) -> Response:
        backend, stage, deployed = self._find(api_id, stage_name)
        context = new_context(
            request,
            api_id=api_id,
            account_id=self._cloud.account_id,
            stage=stage_name,
            deployment_id=stage.deployment_id if stage else None,
            path=path,
            now=self._cloud.clock.now(),
        )
        request_id, extended_id = context["requestId"], context["extendedRequestId"]
        methods, path_parameters = deployed.routes.find(path) or ({}, {})
        method = methods.get(request.method) or methods.get("ANY")
        call = Invocation(
            request=request,
            deployed=deployed,
            stage_variables=stage.variables if stage else {},
            method=method,
            path_parameters=path_parameters,
            context=context,
        )
        try:
            if backend is None:
                raise GatewayError(ErrorType.INVALID_API_KEY)
            response = await self._run(call, method, backend)
            response.headers["X-Amzn-Trace-Id"] = (
                f"Root=1-{int(self._cloud.clock.now()):08x}-{secrets.token_hex(12)}"
            )
        except GatewayError as error:
            if error.reason:
                log.warning("%s %s: %s", request.method, request.path, error.reason)
            call.fail(error)
            response = errors.answer(
                error,
                deployed.gateway_responses,
                accept=call.accept,
                resolve=call.resolve_or_none,
            )
        response.headers["x-amzn-RequestId"] = request_id
        response.headers["x-amz-apigw-id"] = extended_id
        return response

    async def _run(
        self, call: Invocation, method: Method | None, backend: LabAPIGatewayBackend
    ) -> Response:
        if method is None or method.integration is None:
            raise GatewayError(ErrorType.MISSING_AUTHENTICATION_TOKEN)
        if len(call.request.body) > LARGEST_PAYLOAD:
            raise GatewayError(ErrorType.REQUEST_TOO_LARGE)
        call.context["resourceId"] = method.resource_id
        call.context["resourcePath"] = method.resource_path
        if method.api_key_required:
            check_key(call, backend)
        validate(call, method)
        try:
            async with asyncio.timeout(method.integration.timeout):
                return await self._calls.run(method.integration, call)
        except TimeoutError:
            raise GatewayError(ErrorType.INTEGRATION_TIMEOUT) from None

    def _find(
        self, api_id: str, stage_name: str
    ) -> tuple[LabAPIGatewayBackend | None, Stage | None, Deployed]:
        for backend in apigateway_backends[self._cloud.account_id].values():
            api = backend.apis.get(api_id)
            found = api.deployed(stage_name) if api else None
            if found:
                return backend, *found
        return None, None, NOTHING


def check_key(call: Invocation, backend: LabAPIGatewayBackend) -> None:
    """Refuse a caller without an API key of a usage plan of this stage."""
    value = call.request.headers.get("x-api-key", "")
    key = find_key(
        value,
        api_id=call.context["apiId"],
        stage=call.context["stage"],
        keys=backend.keys,
        plans=backend.usage_plans,
        plan_keys=backend.usage_plan_keys,
    )
    if key is None:
        raise GatewayError(ErrorType.INVALID_API_KEY)
    call.context["identity"].update(apiKey=value, apiKeyId=key.id)


def validate(call: Invocation, method: Method) -> None:
    """Apply the method's request validator: parameters first, then the body.

    A type of payload for which the method has no model is not validated.
    """
    if method.validates_parameters:
        validation.check_parameters(method.required, call.parameters)
    if method.validates_body:
        name = method.models.get(call.media_type) or method.models.get("$default")
        if name is not None:
            if name not in call.deployed.models:
                raise errors.broken(f"The API has no usable model '{name}'.")
            validation.check_body(call.deployed.models[name], call.body)
