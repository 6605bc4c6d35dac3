"""The calls that an integration makes: the one place where the gateway reaches other services.

An `AWS` integration is a real request to the service, made with a session of the integration's role
that API Gateway names `BackplaneAssumeRoleSession`; its access key tells the service who calls.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from moto.sts.models import sts_backends

from labkit.cloud.callers import OF_A_SERVICE, in_the_name_of
from labkit.cloud.functions.errors import Refused
from labkit.cloud.gateway import lambda_proxy, permissions, trace
from labkit.cloud.gateway.backend_request import BackendRequest, headers_of, uri_of
from labkit.cloud.gateway.deployment import Integration
from labkit.cloud.gateway.errors import ErrorType, GatewayError, broken
from labkit.cloud.gateway.invocation import Arrival, Invocation
from labkit.cloud.gateway.java import to_json
from labkit.cloud.gateway.mapping import mapped_parameters, mock_status, to_backend, to_caller
from labkit.cloud.gateway.targets import (
    Target,
    endpoint_of,
    function_of,
    service_request,
    target_of,
    unreadable,
)
from labkit.cloud.messages import Response
from labkit.cloud.traces import HEADER

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

SESSION_SECONDS = 3600
UNKNOWN_OPERATION = b"<UnknownOperationException/>\n"


class Calls:
    """Runs integrations."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._sessions: dict[str, tuple[str, float]] = {}

    async def run(self, integration: Integration, call: Invocation) -> Response:
        """The caller's response from `integration`."""
        if ":lambda:path/" in integration.uri and integration.method != "POST":
            raise broken(f"A function is invoked by POST, not by {integration.method}.")
        if integration.type == "AWS_PROXY":
            return await self._proxy(integration, call)
        request = to_backend(integration, call)
        if integration.type == "MOCK":
            status = mock_status(request.body)
            return to_caller(integration, call, Response(status), selected_by=str(status))
        target = target_of(request.uri)
        answer = await self.ask(target, request, integration.credentials, call)
        selected_by = str(answer.status)
        if target.service == "lambda":
            selected_by = error_message(answer.body) or selected_by
        return to_caller(integration, call, answer, selected_by=selected_by)

    async def ask(
        self, target: Target, request: BackendRequest, role: str | None, call: Arrival
    ) -> Response:
        """The backend's answer, with what `$context` and the trace keep of it."""
        invokes = target.service == "lambda"
        source_arn = None if role else permissions.source_arn(call, target.region)
        trace.sending(call, endpoint_of(target), request, invokes=invokes, source_arn=source_arn)
        began = time.perf_counter()
        send = self._invoke if invokes else self._call_service
        answer = await send(target, request, role, call)
        latency = round((time.perf_counter() - began) * 1000)
        request_id = answer.headers.get("x-amzn-RequestId")
        call.context["awsEndpointRequestId"] = request_id
        call.context["integrationLatency"] = latency
        call.context["integrationStatus"] = answer.status
        call.context["integration"] = {
            "integrationStatus": answer.status,
            "latency": latency,
            "requestId": request_id,
            "status": answer.status,
        }
        trace.received(call, answer, latency)
        return answer

    def forget(self) -> None:
        """Drop all sessions."""
        self._sessions.clear()

    async def _proxy(self, integration: Integration, call: Invocation) -> Response:
        mapped_parameters(integration, call)  # applied nowhere, but refused all the same
        target = target_of(uri_of(integration.uri, call.stage_variables))
        request = invocation(lambda_proxy.event_of(call), call)
        answer = await self.ask(target, request, integration.credentials, call)
        if answer.status != 200:
            raise GatewayError(
                ErrorType.INTEGRATION_FAILURE,
                status=500,
                reason=f"Invoke failed with status {answer.status}: {answer.body.decode()}",
            )
        if "X-Amz-Function-Error" in answer.headers:
            raise GatewayError(
                ErrorType.INTEGRATION_FAILURE,
                status=502,
                reason=f"{trace.FUNCTION_FAILED}{error_message(answer.body)}. "
                f"Lambda request id: {answer.headers['x-amzn-RequestId']}",
            )
        response = lambda_proxy.answer_of(answer.body)
        call.context["integration"]["status"] = response.status
        return response

    async def _call_service(
        self, target: Target, request: BackendRequest, role: str | None, call: Arrival
    ) -> Response:
        """Send `request` to a service, in the name of `role` or its own: here it is authorised."""
        access = self._cloud.access
        if role:
            permissions.check_role(access, role, call, target.region)
        sent = service_request(target, request)
        if unreadable(target, sent):
            return Response(404, body=UNKNOWN_OPERATION)
        key = self._session(role) if role else OF_A_SERVICE
        sent = in_the_name_of(key, sent, service=target.service, region=target.region)
        if refused := permissions.refusal(access, sent, target, role, call):
            return refused
        return await self._cloud.moto.call(sent)

    async def _invoke(
        self, target: Target, request: BackendRequest, role: str | None, call: Arrival
    ) -> Response:
        """Lambda's answer to an invocation, as over HTTP, if the API may invoke the function."""
        functions, function = self._cloud.functions, function_of(target)
        header = call.request.headers.get(HEADER, "")
        permissions.check_function(self._cloud.access, function, role, call, target.region)
        try:
            if request.headers.get("X-Amz-Invocation-Type") == "Event":
                functions.accept(function, request.body, trace=header)
                return Response(202)
            return (await functions.invoke(function, request.body, trace=header)).response()
        except Refused as error:
            return error.response()

    def _session(self, role: str) -> str:
        """The access key of a session of `role`, a new one every hour."""
        key, expires = self._sessions.get(role, ("", 0.0))
        if expires > self._cloud.clock.now():
            return key
        session = sts_backends[self._cloud.account_id]["aws"].assume_role(
            region_name=self._cloud.region,
            role_session_name=permissions.SESSION_NAME,
            role_arn=role,
            policy="",
            duration=SESSION_SECONDS,
            external_id="",
        )
        self._sessions[role] = (
            session.access_key_id,
            self._cloud.clock.now() + SESSION_SECONDS - 60,
        )
        return session.access_key_id


def invocation(event: dict[str, Any], call: Arrival) -> BackendRequest:
    """The request that invokes a function with an event."""
    return BackendRequest(
        uri="",
        method="POST",
        headers=headers_of(call.context["apiId"], "application/json"),
        query=(),
        body=to_json(event).encode("utf-8", "replace"),
    )


def error_message(payload: bytes) -> str | None:
    """The `errorMessage` of a failed function's payload, which Lambda's patterns match."""
    try:
        document = json.loads(payload)
    except ValueError:
        return None
    message = document.get("errorMessage") if isinstance(document, dict) else None
    return message if isinstance(message, str) else None
