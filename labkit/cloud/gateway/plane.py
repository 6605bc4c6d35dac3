"""The data plane of API Gateway: which API and stage a URL means, and the call of it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-basic-concept.html
"""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from moto.apigateway.models import apigateway_backends

from labkit.cloud import stages
from labkit.cloud.gateway import (
    access_log,
    console,
    edge,
    errors,
    execution,
    observation,
    permissions,
    trace,
)
from labkit.cloud.gateway.api import LabRestAPI
from labkit.cloud.gateway.backend import LabAPIGatewayBackend
from labkit.cloud.gateway.calls import Calls
from labkit.cloud.gateway.deployment import Deployed, Method
from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.gateway.headers import arriving
from labkit.cloud.gateway.http_apis.plane import HttpApis
from labkit.cloud.gateway.invocation import Invocation, extended_request_id, new_context
from labkit.cloud.gateway.limits import Limits
from labkit.cloud.gateway.method_settings import NO_SETTINGS
from labkit.cloud.gateway.observation import EXECUTION_LOG
from labkit.cloud.gateway.stage import LabStage
from labkit.cloud.gateway.trace import Trace
from labkit.cloud.gateway.usage_plan import LabUsagePlan
from labkit.cloud.messages import Request, Response

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


@dataclass(frozen=True)
class Served:
    """A stage of an API, with the deployment that it points at."""

    backend: LabAPIGatewayBackend
    api: LabRestAPI
    stage: LabStage
    deployed: Deployed


class Gateway:
    """Runs the deployed stages of APIs."""

    def __init__(self, cloud: Cloud) -> None:
        self.limits = Limits()
        self._cloud = cloud
        self._calls = Calls(cloud)
        self._http_apis = HttpApis(cloud, self._calls)

    async def reset(self) -> None:
        """Forget the sessions of integration roles and the use of every limit."""
        self._calls.forget()
        self.limits.forget()
        self._http_apis.forget()

    async def handle(self, request: Request) -> Response | None:
        """The stage's answer, or None when the URL is not one of a stage.

        Both `/_aws/execute-api/{api}/{stage}/{path}` and
        `/restapis/{api}/{stage}/_user_request_/{path}` reach a stage; `{stage}` may be left out
        for the `$default` stage of an HTTP API.
        """
        if found := stages.find(request.path):
            api_id, stage, path = found["api"], found["stage"] or "", found["path"] or ""
            served = self._find(api_id, stage)
            if served is not None:
                return await self._serve(request, served, path or "/")
            answer = await self._http_apis.handle(request, api_id, f"/{stage}{path}")
            return answer or forbidden()
        if request.method == "POST" and (tested := console.URL.fullmatch(request.path)):
            return await self._test(request, tested)
        return None

    async def _test(self, request: Request, where: re.Match[str]) -> Response:
        backends = apigateway_backends[self._cloud.account_id].values()
        apis = (backend.apis.get(where["api"]) for backend in backends)
        api = next((api for api in apis if api is not None), None)
        now = self._cloud.clock.now()
        return await console.test_method(request, api, where, self._calls, now=now)

    async def _serve(self, request: Request, served: Served, path: str) -> Response:
        began, now = time.perf_counter(), self._cloud.clock.now()
        stage, deployed = served.stage, served.deployed
        context = new_context(
            request,
            api_id=served.api.id,
            account_id=self._cloud.account_id,
            stage=stage.name,
            deployment_id=stage.deployment_id,
            path=path,
            now=now,
        )
        path = f"/{path.lstrip('/')}"  # as recorded: further slashes at its start do not count
        methods, raw_path_parameters = deployed.routes.find_raw(path) or ({}, {})
        method = methods.get(request.method) or methods.get("ANY")
        settings = (
            stage.settings_of(method.resource_path, request.method) if method else NO_SETTINGS
        )
        call = Invocation(
            request=replace(
                request, headers=edge.arrived(request, arriving(request.headers), now=now)
            ),
            deployed=deployed,
            stage_variables=stage.variables,
            method=method,
            path_parameters={n: unquote(value) for n, value in raw_path_parameters.items()},
            raw_path_parameters=raw_path_parameters,
            context=context,
            trace=Trace(on=settings.log_level != "OFF", data=settings.data_trace),
        )

        def admit(method: Method) -> None:
            trace.usage_plan(call, key_required=method.api_key_required)
            plan = check_key(call, served.backend) if method.api_key_required else None
            region = served.backend.region_name
            self.limits.check(call, settings, plan, region=region, now=now)
            trace.admitted(call)

        response = await execution.answer(call, self._calls, admit=admit, now=now)
        response.headers["x-amzn-RequestId"] = context["requestId"]
        response.headers["x-amz-apigw-id"] = context["extendedRequestId"]
        observation.conclude(context, response, seconds=time.perf_counter() - began)
        self._observe(call, served, level=settings.log_level, detailed=settings.metrics)
        return response

    def _observe(self, call: Invocation, served: Served, *, level: str, detailed: bool) -> None:
        stage, region = served.stage, served.backend.region_name
        now = self._cloud.clock.now()
        observation.count(
            self._cloud.metrics,
            call.context,
            region=region,
            owner=served.api.name,
            detailed=detailed,
        )
        name = f"{served.api.id}/{stage.name}"
        settings = stage.access_log_settings
        if settings and self._may_log(served, settings.get("destinationArn", "")):
            access_log.write(settings, call.context, name=name, now=now)
        group = f"arn:aws:logs:{region}:{self._cloud.account_id}:log-group:{EXECUTION_LOG}{name}"
        if call.trace.on and self._may_log(served, group):
            observation.write_execution_log(
                call.trace,
                call.context,
                level=level,
                account=self._cloud.account_id,
                region=region,
                now=now,
            )

    def _may_log(self, served: Served, group_arn: str) -> bool:
        role = served.backend.account.cloudwatch_role_arn
        return permissions.may_log(self._cloud.access, role, group_arn)

    def _find(self, api_id: str, stage_name: str) -> Served | None:
        for backend in apigateway_backends[self._cloud.account_id].values():
            api = backend.apis.get(api_id)
            found = api.deployed(stage_name) if api else None
            if found:
                return Served(backend, api, *found)
        return None


def forbidden() -> Response:
    """AWS's answer for an API or a stage that does not exist: 403 `Forbidden`."""
    response = errors.answer(
        GatewayError(ErrorType.INVALID_API_KEY),
        {},
        accept="",
        resolve={"context.error.messageString": '"Forbidden"'}.get,
    )
    response.headers["x-amzn-RequestId"] = str(uuid.uuid4())
    response.headers["x-amz-apigw-id"] = extended_request_id()
    return response


def check_key(call: Invocation, backend: LabAPIGatewayBackend) -> LabUsagePlan:
    """The usage plan of the caller's API key at this stage.

    Raises:
        GatewayError: 403 without a key of a usage plan of this stage.
    """
    value = call.request.headers.get("x-api-key", "")
    found = backend.opened_by(value, api=call.context["apiId"], stage=call.context["stage"])
    if found is None:
        raise GatewayError(ErrorType.INVALID_API_KEY)
    plan, key = found
    call.context["identity"].update(apiKey=value, apiKeyId=key.id)
    return plan
