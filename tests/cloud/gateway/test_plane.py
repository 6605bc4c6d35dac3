"""The steps of a call, with a cloud that answers as a test wants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from moto.sts.models import sts_backends
from multidict import CIMultiDict

from labkit.cloud.access import signature
from labkit.cloud.access.access import Access
from labkit.cloud.access.mode import Mode
from labkit.cloud.clock import Clock
from labkit.cloud.functions.errors import FunctionNotFound, Throttled
from labkit.cloud.gateway import plane
from labkit.cloud.gateway.api import LabRestAPI
from labkit.cloud.messages import Request, Response
from tests.cloud.gateway.apis import FORM_HEADER, ROLE

ACCOUNT = "123456789012"
QUEUE = f"arn:aws:apigateway:us-east-1:sqs:path/{ACCOUNT}/orders"
FUNCTION = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f/invocations"
)


def handled(
    monkeypatch: pytest.MonkeyPatch,
    *,
    moto: Callable[..., Any] | None = None,
    invoke: Callable[..., Any] | None = None,
    times: int = 1,
    **integration: Any,
) -> Response:
    """The last of some answers of an API whose `POST /` has this integration."""
    api = LabRestAPI("a1", ACCOUNT, "us-east-1", "orders", "")
    method = api.default.add_method("POST", "NONE", False)
    method.create_response("200", {}, {})
    made = api.default.add_integration(
        "POST",
        **{
            "integration_method": "POST",
            "request_parameters": FORM_HEADER,
            "request_templates": {"application/json": "Action=SendMessage&MessageBody=x"},
            **integration,
        },
    )
    made.create_integration_response("200", "", {}, {})
    api.create_deployment("lab", "")
    backend = SimpleNamespace(
        apis={"a1": api},
        keys={},
        usage_plans={},
        usage_plan_keys={},
        region_name="us-east-1",
    )
    monkeypatch.setattr(plane, "apigateway_backends", {ACCOUNT: {"us-east-1": backend}})
    cloud = SimpleNamespace(
        account_id=ACCOUNT,
        region="us-east-1",
        clock=Clock(),
        access=Access(Clock(), ACCOUNT, Mode.OFF),
        metrics=SimpleNamespace(record=lambda *_, **__: None),
        moto=SimpleNamespace(call=moto),
        functions=SimpleNamespace(invoke=invoke),
    )

    async def run() -> Response:
        gateway = plane.Gateway(cloud)  # type: ignore[arg-type]
        for _ in range(times):
            headers = CIMultiDict({"Content-Type": "application/json"})
            request = Request("POST", "/_aws/execute-api/a1/lab/", "", headers, b"{}")
            response = await gateway.handle(request)
        assert response is not None
        return response

    return asyncio.run(run())


@pytest.mark.fidelity(
    "API Gateway",
    "After `timeoutInMillis` (50 ms to 29 s) the answer is 504.",
    source="API Gateway guide: limits",
)
def test_a_backend_that_hangs_is_504(monkeypatch: pytest.MonkeyPatch) -> None:
    """After `timeoutInMillis` the caller hears that the endpoint timed out."""

    async def hang(*_: Any, **__: Any) -> Response:
        await asyncio.get_running_loop().create_future()
        raise AssertionError("never reached")

    response = handled(
        monkeypatch, moto=hang, integration_type="AWS", uri=QUEUE, timeout_in_millis="50"
    )
    assert response.status == 504
    assert json.loads(response.body) == {"message": "Endpoint request timed out"}


@pytest.mark.fidelity(
    "API Gateway",
    "An integration's timeout is machine time; turning the lab's clock times out nothing.",
    differs="A backend runs at the machine's speed, whatever the lab's clock says.",
)
def test_turning_the_clock_times_out_no_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour passes on the clock while a backend with 29 seconds works."""
    clock = Clock()

    async def work(*_: Any, **__: Any) -> Response:
        clock.advance(3600)
        await asyncio.sleep(0)
        return Response(200, body=b"done")

    response = handled(monkeypatch, moto=work, integration_type="AWS", uri=QUEUE)
    clock.reset()
    assert (response.status, response.body) == (200, b"done")


@pytest.mark.fidelity(
    "API Gateway",
    "The integration role's session is `BackplaneAssumeRoleSession`.",
    source="report: localstack/localstack",
)
def test_a_role_has_one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls are made with a session of the role named as AWS names it, and it is kept."""
    keys = []

    async def record(sent: Request) -> Response:
        keys.append(signature.credential(sent).access_key)
        return Response(200)

    handled(monkeypatch, moto=record, times=3, integration_type="AWS", uri=QUEUE, credentials=ROLE)
    assert len(keys) == 3 and len(set(keys)) == 1
    session = sts_backends[ACCOUNT]["aws"].get_assumed_role_from_access_key(keys[0])
    assert session is not None
    assert session.arn == (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/orders-api-role/BackplaneAssumeRoleSession"
    )


@pytest.mark.parametrize("refusal", [FunctionNotFound("f"), Throttled()])
def test_a_function_that_is_not_run(monkeypatch: pytest.MonkeyPatch, refusal: Exception) -> None:
    """Behind a proxy integration it is 500; behind `AWS` it is Lambda's own status."""

    async def refuse(*_: Any, **__: Any) -> None:
        raise refusal

    proxy = handled(monkeypatch, invoke=refuse, integration_type="AWS_PROXY", uri=FUNCTION)
    assert (proxy.status, json.loads(proxy.body)) == (500, {"message": "Internal server error"})
    custom = handled(monkeypatch, invoke=refuse, integration_type="AWS", uri=FUNCTION)
    assert custom.status == 200, "a lone default integration response hides the failure"
    assert b"essage" in custom.body


@pytest.mark.fidelity(
    "API Gateway",
    "A function is invoked by POST only.",
    source="API Gateway guide: set-up-lambda-custom-integrations",
)
def test_a_function_is_invoked_by_post(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other integration method is a configuration error."""
    response = handled(
        monkeypatch, integration_type="AWS_PROXY", uri=FUNCTION, integration_method="GET"
    )
    assert response.status == 500
