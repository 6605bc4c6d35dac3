"""The calls that an integration makes: the one place where the gateway reaches other services.

An `AWS` integration is a real request to the service, made with a session of the integration's role
that API Gateway names `BackplaneAssumeRoleSession`; its access key tells the service who calls.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moto.sts.models import sts_backends

from labkit.cloud.functions.errors import Refused
from labkit.cloud.gateway import lambda_proxy
from labkit.cloud.gateway.deployment import Integration
from labkit.cloud.gateway.errors import ErrorType, GatewayError, broken
from labkit.cloud.gateway.invocation import Invocation
from labkit.cloud.gateway.mapping import BackendRequest, mock_status, to_backend, to_caller, uri_of
from labkit.cloud.gateway.targets import (
    Target,
    function_of,
    service_request,
    target_of,
    unreadable,
)
from labkit.cloud.messages import Response

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

SESSION_NAME = "BackplaneAssumeRoleSession"
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
            event = json.dumps(lambda_proxy.event_of(call), ensure_ascii=False)
            target = target_of(uri_of(integration.uri, call.stage_variables))
            try:
                outcome = await self._cloud.functions.invoke(
                    function_of(target), event.encode("utf-8", "replace")
                )
            except Refused as error:
                raise GatewayError(
                    ErrorType.INTEGRATION_FAILURE, status=500, reason=str(error)
                ) from error
            return lambda_proxy.answer_of(outcome.payload)
        request = to_backend(integration, call)
        if integration.type == "MOCK":
            status = mock_status(request.body)
            return to_caller(integration, call, Response(status), selected_by=str(status))
        target = target_of(request.uri)
        if target.service == "lambda":
            answer = await self._invoke(target, request)
            selected_by = error_message(answer.body) or str(answer.status)
        else:
            answer = await self._call_service(target, request, integration.credentials)
            selected_by = str(answer.status)
        return to_caller(integration, call, answer, selected_by=selected_by)

    def forget(self) -> None:
        """Drop all sessions."""
        self._sessions.clear()

    async def _call_service(
        self, target: Target, request: BackendRequest, role: str | None
    ) -> Response:
        """Send `request` to an AWS service in the name of `role`: here a call is authorised."""
        sent = service_request(target, request)
        if unreadable(target, sent):
            return Response(404, body=UNKNOWN_OPERATION)
        return await self._cloud.moto.call(
            sent,
            service=target.service,
            region=target.region,
            **({"access_key": self._session(role)} if role else {}),
        )

    async def _invoke(self, target: Target, request: BackendRequest) -> Response:
        functions, function = self._cloud.functions, function_of(target)
        try:
            if request.headers.get("X-Amz-Invocation-Type") == "Event":
                await functions.invoke_async(function, request.body)
                return Response(202)
            return Response(200, body=(await functions.invoke(function, request.body)).payload)
        except Refused as error:
            return error.response()

    def _session(self, role: str) -> str:
        """The access key of a session of `role`, a new one every hour."""
        key, expires = self._sessions.get(role, ("", 0.0))
        if expires > self._cloud.clock.now():
            return key
        session = sts_backends[self._cloud.account_id]["aws"].assume_role(
            region_name=self._cloud.region,
            role_session_name=SESSION_NAME,
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


def error_message(payload: bytes) -> str | None:
    """The `errorMessage` of a failed function's payload, which Lambda's patterns match."""
    try:
        document = json.loads(payload)
    except ValueError:
        return None
    message = document.get("errorMessage") if isinstance(document, dict) else None
    return message if isinstance(message, str) else None
