"""The console's Test button, `test_invoke_method`: one call of a method as it is now.

It runs the method whether or not it is deployed, without API keys and limits, in a stage called
`test-invoke-stage` whose variables the caller gives, and answers with the log of the call.
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-test-method.html
https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeMethod.html
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from multidict import CIMultiDict

from labkit.cloud import malformed, refusals
from labkit.cloud.gateway import execution
from labkit.cloud.gateway.api import LabRestAPI
from labkit.cloud.gateway.calls import Calls
from labkit.cloud.gateway.deployment import Method, snapshot
from labkit.cloud.gateway.invocation import Invocation, new_context
from labkit.cloud.gateway.trace import Trace
from labkit.cloud.messages import Request, Response
from labkit.cloud.readings import read

URL = re.compile(
    r"/restapis/(?P<api>[^/]+)/resources/(?P<resource>[^/]+)/methods/(?P<method>[^/]+)"
)
STAGE = "test-invoke-stage"
# Recorded in many published logs of the Test button.
IDENTITY = {
    "apiKey": "test-invoke-api-key",
    "apiKeyId": "test-invoke-api-key-id",
    "sourceIp": "test-invoke-source-ip",
}


async def test_method(
    request: Request, api: LabRestAPI | None, where: re.Match[str], calls: Calls, *, now: float
) -> Response:
    """The answer to `TestInvokeMethod`, which is itself a success whatever the method answers."""
    reading = read("apigateway", request)
    given = reading.operation.parameters if reading.operation else {}
    problem = "Invalid request body" if malformed.problem_of_request(reading) else None
    if problem := problem or refusals.refusal("apigateway", "TestInvokeMethod", given):
        return refused(400, "BadRequestException", problem)
    resource = api.resources.get(where["resource"]) if api else None
    if api is None or resource is None:
        return refused(404, "NotFoundException", "Invalid Resource identifier specified")
    if where["method"] not in resource.resource_methods:
        return refused(404, "NotFoundException", "Invalid Method identifier specified")
    call = invocation_of(
        given, api, resource.get_path(), where["method"], request.source_ip, now=now
    )
    began = time.perf_counter()
    response = await execution.answer(call, calls, admit=_anyone, now=now)
    if "error" in call.context:  # as recorded, shown without its type
        response.headers.popall("Content-Type", None)
    return Response.of_json(
        {
            "status": response.status,
            "body": response.body.decode("utf-8", "replace"),
            "headers": dict(response.headers),
            "multiValueHeaders": {name: response.headers.getall(name) for name in response.headers},
            "log": log_of(call),
            "latency": round((time.perf_counter() - began) * 1000),
        }
    )


def invocation_of(
    given: Mapping[str, Any], api: LabRestAPI, path: str, method: str, caller: str, *, now: float
) -> Invocation:
    """The call that a press of the button means; `path` is that of the resource."""
    called, _, query = (given.get("pathWithQueryString") or path).partition("?")
    headers: CIMultiDict[str] = CIMultiDict(given.get("headers") or {})
    for name, values in (given.get("multiValueHeaders") or {}).items():
        headers.popall(name, None)
        for value in values:
            headers.add(name, str(value))
    request = Request(
        method, called, query, headers, (given.get("body") or "").encode("utf-8", "replace"), caller
    )
    deployed = snapshot(api)
    found = deployed.routes.find(called)
    wanted = deployed.routes.find(path)
    assert wanted is not None, "the path of a resource leads to it"
    context = new_context(
        request,
        api_id=api.id,
        account_id=api.account_id,
        stage=STAGE,
        deployment_id=None,
        path=called,
        now=now,
    )
    context["path"] = called
    context["domainPrefix"], context["domainName"] = "testPrefix", "testPrefix.testDomainName"
    context["identity"].update(IDENTITY)
    return Invocation(
        request=request,
        deployed=deployed,
        stage_variables=given.get("stageVariables") or {},
        method=wanted[0].get(method),
        # AWS takes any path here; one that is not the resource's gives no parameters.
        path_parameters=found[1] if found and found[0] is wanted[0] else {},
        context=context,
        trace=Trace(),
    )


def log_of(call: Invocation) -> str:
    """The log of a call as the console shows it."""
    assert call.trace is not None, "every test is traced"
    lines = [f"Execution log for request {call.context['requestId']}"]
    for at, text in call.trace.lines:
        lines.append(f"{time.strftime('%a %b %d %H:%M:%S UTC %Y', time.gmtime(at))} : {text}")
    return "\n".join(lines) + "\n"


def refused(status: int, kind: str, text: str) -> Response:
    """An error of the control plane."""
    return Response.of_json({"message": text}, status, x_amzn_ErrorType=kind)


def _anyone(method: Method) -> None:
    """Without keys and limits."""
