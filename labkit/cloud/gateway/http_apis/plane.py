"""The data plane of HTTP APIs: stage, route, throttle, integration, answer.

A request belongs to the stage that its path begins with, or else to the `$default` stage.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from moto.apigatewayv2.models import Integration, apigatewayv2_backends

from labkit.cloud.gateway import access_log, edge, observation
from labkit.cloud.gateway.backend_request import uri_of
from labkit.cloud.gateway.calls import Calls, invocation
from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.gateway.execution import LARGEST_PAYLOAD
from labkit.cloud.gateway.http_apis import parameters, payload, services
from labkit.cloud.gateway.http_apis.answers import failure, message
from labkit.cloud.gateway.http_apis.backend import LabApiGatewayV2Backend
from labkit.cloud.gateway.http_apis.deployed import Deployed
from labkit.cloud.gateway.http_apis.routes import DEFAULT
from labkit.cloud.gateway.http_apis.stage import LabStage
from labkit.cloud.gateway.invocation import Arrival, new_context
from labkit.cloud.gateway.targets import Target, target_of
from labkit.cloud.gateway.throttle import ACCOUNT_LIMIT, Rule, Throttles, limit
from labkit.cloud.messages import Request, Response

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

log = logging.getLogger("labkit.cloud")

FUNCTION = re.compile(r"arn:[\w-]+:lambda:(?P<region>[\w-]+):\d{12}:function:.+")
METRICS = ("4xx", "5xx", "ApiId")


class HttpApis:
    """Runs the deployed stages of HTTP APIs."""

    def __init__(self, cloud: Cloud, calls: Calls) -> None:
        self._cloud = cloud
        self._calls = calls
        self._throttles = Throttles()

    def forget(self) -> None:
        """Every bucket is full again."""
        self._throttles.forget()

    async def handle(self, request: Request, api_id: str, path: str) -> Response | None:
        """The answer to `path`, which may begin with a stage; None when there is no such API."""
        for backend in apigatewayv2_backends[self._cloud.account_id].values():
            if api_id in backend.apis:
                return await self._serve(request, backend, api_id, path)
        return None

    async def _serve(
        self, request: Request, backend: LabApiGatewayV2Backend, api_id: str, path: str
    ) -> Response:
        began, now = time.perf_counter(), self._cloud.clock.now()
        first, _, rest = path.removeprefix("/").partition("/")
        served, path_in_stage = backend.served(api_id, unquote(first)), f"/{rest}"
        if served is None:
            served, path_in_stage = backend.served(api_id, DEFAULT), path
        if served is None:
            return message(404, "Not Found")
        stage, deployed = served
        call, integration = self._arrival(request, api_id, stage, deployed, path_in_stage, now)
        try:
            if call.context["routeKey"] is None:
                raise GatewayError(ErrorType.DEFAULT_4XX, "Not Found", status=404)
            if integration is None:
                raise GatewayError(ErrorType.DEFAULT_5XX, reason="The route has no integration.")
            self._throttle(call, stage, backend.region_name, now)
            response = await self._run(call, integration, backend.region_name)
        except GatewayError as error:
            if error.reason:
                log.warning("%s %s: %s", request.method, request.path, error.reason)
            response = failure(call, error)
        response.headers["Apigw-Requestid"] = call.context["extendedRequestId"]
        observation.conclude(call.context, response, seconds=time.perf_counter() - began)
        observation.count(
            self._cloud.metrics,
            call.context,
            region=backend.region_name,
            names=METRICS,
            owner=api_id,
            detailed=bool(settings_of(stage, call).get("detailedMetricsEnabled")),
        )
        access_log.write(
            stage.access_log_settings, call.context, name=f"{api_id}/{stage.name}", now=now
        )
        return response

    def _arrival(
        self,
        request: Request,
        api_id: str,
        stage: LabStage,
        deployed: Deployed,
        path: str,
        now: float,
    ) -> tuple[Arrival, Integration | None]:
        found = deployed.router.find(request.method, path)
        context = new_context(
            request,
            api_id=api_id,
            account_id=self._cloud.account_id,
            stage=stage.name,
            deployment_id=stage.deployment_id,
            path=path,
            now=now,
        )
        if stage.name == DEFAULT:
            context["path"] = path
        context["routeKey"] = found.key if found else None
        context["resourcePath"] = found.key.rpartition(" ")[2] if found else None
        context["requestId"] = context["extendedRequestId"]
        call = Arrival(
            request=replace(request, headers=edge.arrived(request, request.headers, now=now)),
            stage_variables=stage.stage_variables or {},
            path_parameters=found.variables if found else {},
            context=context,
        )
        return call, found.target if found else None

    def _throttle(self, call: Arrival, stage: LabStage, region: str, now: float) -> None:
        rules = [Rule(region, ACCOUNT_LIMIT)]
        settings = settings_of(stage, call)
        if "throttlingRateLimit" in settings or "throttlingBurstLimit" in settings:
            own = limit(
                settings.get("throttlingRateLimit", ACCOUNT_LIMIT.rate),
                settings.get("throttlingBurstLimit", ACCOUNT_LIMIT.burst),
            )
            key = (call.context["apiId"], stage.name, call.context["routeKey"])
            rules.insert(0, Rule(key, own))
        if self._throttles.admit(rules, now=now) is not None:
            raise GatewayError(ErrorType.THROTTLED)

    async def _run(self, call: Arrival, integration: Integration, region: str) -> Response:
        if len(call.request.body) > LARGEST_PAYLOAD:
            raise GatewayError(ErrorType.REQUEST_TOO_LARGE, "Request Entity Too Large")
        try:
            async with asyncio.timeout(integration.timeout_in_millis / 1000):
                if integration.integration_subtype == services.SEND_MESSAGE:
                    return await self._send(call, integration, region)
                return await self._invoke(call, integration)
        except TimeoutError:
            raise GatewayError(
                ErrorType.INTEGRATION_TIMEOUT, "Service Unavailable", status=503
            ) from None

    async def _send(self, call: Arrival, integration: Integration, region: str) -> Response:
        values = {
            name: parameters.resolve(name, expression, call)
            for name, expression in integration.request_parameters.items()
        }
        request = services.send_message(values)
        target = Target(values.get("Region", region), "sqs", "path", "")
        answer = await self._calls.ask(target, request, integration.credentials_arn, call)
        answer.headers.popall("Content-Length", None)
        return answer

    async def _invoke(self, call: Arrival, integration: Integration) -> Response:
        uri = uri_of(integration.integration_uri, call.stage_variables)
        bare = FUNCTION.fullmatch(uri)
        target = (
            Target(bare["region"], "lambda", "path", f"2015-03-31/functions/{uri}/invocations")
            if bare
            else target_of(uri)
        )
        request = invocation(payload.event_of(call, integration.payload_format_version), call)
        answer = await self._calls.ask(target, request, integration.credentials_arn, call)
        if answer.status != 200 or "X-Amz-Function-Error" in answer.headers:
            call.context["integrationErrorMessage"] = answer.body.decode("utf-8", "replace")
            raise GatewayError(
                ErrorType.DEFAULT_5XX, reason=f"The function failed with {answer.body[:500]!r}."
            )
        return payload.answer_of(answer.body, integration.payload_format_version)


def settings_of(stage: LabStage, call: Arrival) -> dict[str, object]:
    """The settings that hold for the call's route: its own, over those of all routes."""
    own = (stage.route_settings or {}).get(call.context["routeKey"] or "", {})
    return {**(stage.default_route_settings or {}), **own}
