"""The steps of one call of a REST API, from its method to its answer.

    size -> API key, limits -> validation -> integration -> answer

A step that refuses raises a `GatewayError`, which becomes AWS's answer or the API's own gateway
response.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from labkit.cloud.gateway import edge, errors, trace, validation
from labkit.cloud.gateway.calls import Calls
from labkit.cloud.gateway.deployment import Method
from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.gateway.invocation import Invocation
from labkit.cloud.messages import Response

log = logging.getLogger("labkit.cloud")

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
LARGEST_PAYLOAD = 10 * 1024 * 1024


async def answer(
    call: Invocation, calls: Calls, *, admit: Callable[[Method], None], now: float
) -> Response:
    """The answer to a call, whatever becomes of it; `admit` refuses by key or limit."""
    try:
        response = await _run(call, calls, admit)
    except GatewayError as error:
        if error.reason and error.status >= 500:
            log.warning("%s %s: %s", call.request.method, call.request.path, error.reason)
        call.fail(error)
        response = errors.answer(
            error,
            call.deployed.gateway_responses,
            accept=call.accept,
            resolve=call.resolve_or_none,
        )
        trace.failed(call, error, response.status)
        return response
    if call.method and call.method.integration and call.method.integration.type != "MOCK":
        root = call.request.headers.get(edge.TRACE) or edge.new_root(now)
        response.headers[edge.TRACE] = edge.answered(root)
    trace.completed(call, response)
    return response


async def _run(call: Invocation, calls: Calls, admit: Callable[[Method], None]) -> Response:
    method = call.method
    if method is None or method.integration is None:
        raise GatewayError(ErrorType.MISSING_AUTHENTICATION_TOKEN)
    if len(call.request.body) > LARGEST_PAYLOAD:
        raise GatewayError(ErrorType.REQUEST_TOO_LARGE)
    call.context["resourceId"] = method.resource_id
    call.context["resourcePath"] = method.resource_path
    admit(method)
    trace.began(call)
    validate(call, method)
    try:
        async with asyncio.timeout(method.integration.timeout) as limit:
            return await calls.run(method.integration, call)
    except TimeoutError:
        if not limit.expired():
            raise
        raise GatewayError(ErrorType.INTEGRATION_TIMEOUT) from None


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
    if method.validates_parameters or method.validates_body:
        trace.validated(call)
