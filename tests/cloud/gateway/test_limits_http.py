"""API keys, usage plans and throttling of a deployed API, over real HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.gateway.apis import Api, fetch, new_api


@pytest.fixture
def api(cloud: str, client: Callable[..., Any]) -> Api:
    """A deployed API whose `POST /orders` answers by itself and requires a key."""
    made = new_api(client, cloud)
    made.put({}, request={"apiKeyRequired": True})
    made.put({}, method="GET")
    made.deploy()
    return made


def new_key(api: Api, **plan: Any) -> tuple[str, str, dict[str, str]]:
    """A usage plan of the API's stage and a key of it: their ids, and the key as a header."""
    plan_id = api.client.create_usage_plan(
        name="shops", apiStages=[{"apiId": api.id, "stage": "lab"}], **plan
    )["id"]
    key = api.client.create_api_key(name="till", value=uuid.uuid4().hex, enabled=True)
    api.client.create_usage_plan_key(usagePlanId=plan_id, keyId=key["id"], keyType="API_KEY")
    return plan_id, key["id"], {"x-api-key": key["value"], "Content-Type": "application/json"}


def statuses(api: Api, count: int, headers: dict[str, str], method: str = "POST") -> list[int]:
    """What the next calls are answered with."""
    return [api.call("{}", headers=headers, method=method).status for _ in range(count)]


def advance(api: Api, seconds: float) -> None:
    """Turn the lab's clock."""
    body = f'{{"advance": {seconds}}}'.encode()
    assert fetch(f"{api.endpoint}/_lab/clock", "POST", body, {}).status == 200


@pytest.mark.fidelity(
    "API Gateway",
    "A used-up quota is 429 `Limit Exceeded`.",
    source="re:Post: api-gateway-429-limit",
)
def test_a_quota(api: Api) -> None:
    """The day's quota is refused beyond, and there again the next day."""
    _, _, header = new_key(api, quota={"limit": 2, "period": "DAY"})
    assert statuses(api, 3, header) == [200, 200, 429]
    refused = api.call("{}", headers=header)
    assert refused.json == {"message": "Limit Exceeded"}
    assert refused.headers["x-amzn-ErrorType"] == "LimitExceededException"
    advance(api, 86_400)
    assert statuses(api, 1, header) == [200]


@pytest.mark.fidelity(
    "API Gateway",
    "Lists come in pages of 25, or of as many as asked for up to 500.",
    source="API Gateway API: API_GetUsagePlanKeys",
)
def test_the_keys_of_a_plan_come_in_pages(api: Api) -> None:
    """Every key once; a limit below zero is none, as recorded."""
    plan, key, _ = new_key(api)
    keys = {key}
    for number in range(26):
        made = api.client.create_api_key(name=f"till-{number}", enabled=True)["id"]
        api.client.create_usage_plan_key(usagePlanId=plan, keyId=made, keyType="API_KEY")
        keys.add(made)
    pages = api.client.get_paginator("get_usage_plan_keys").paginate(
        usagePlanId=plan, PaginationConfig={"PageSize": 10}
    )
    listed = [page["items"] for page in pages]
    assert [len(page) for page in listed] == [10, 10, 7]
    assert {each["id"] for page in listed for each in page} == keys
    for asked in ({}, {"limit": -1}):
        answer = api.client.get_usage_plan_keys(usagePlanId=plan, **asked)
        assert (len(answer["items"]), answer["position"]) == (25, "25")
    with pytest.raises(ClientError, match="Invalid limit '501'"):
        api.client.get_usage_plan_keys(usagePlanId=plan, limit=501)


@pytest.mark.fidelity(
    "API Gateway",
    "Usage figures (`get_usage`, `update_usage`) are refused.",
    differs="Quotas hold all the same; the next period starts anew.",
)
def test_usage_figures(api: Api) -> None:
    """With a message that names the operation and the table."""
    plan, key, _ = new_key(api)
    for name, call in (
        (
            "GetUsage",
            lambda: api.client.get_usage(
                usagePlanId=plan, startDate="2026-11-01", endDate="2026-11-02"
            ),
        ),
        ("UpdateUsage", lambda: api.client.update_usage(usagePlanId=plan, keyId=key)),
    ):
        with pytest.raises(ClientError, match=f"no {name} of apigateway. The fidelity table"):
            call()


@pytest.mark.fidelity(
    "API Gateway",
    "A throttled request is 429 `Too Many Requests`, and does not count against the quota.",
    source="re:Post: api-gateway-429-limit",
)
def test_a_throttle(api: Api) -> None:
    """After the burst, one request for each second that passes."""
    _, _, header = new_key(
        api,
        throttle={"rateLimit": 0.001, "burstLimit": 2},
        quota={"limit": 3, "period": "MONTH"},
    )
    assert statuses(api, 3, header) == [200, 200, 429]
    refused = api.call("{}", headers=header)
    assert refused.json == {"message": "Too Many Requests"}
    assert refused.headers["x-amzn-ErrorType"] == "TooManyRequestsException"
    advance(api, 1_000)
    assert statuses(api, 2, header) == [200, 429]
    advance(api, 1_000)
    assert api.call("{}", headers=header).json == {"message": "Limit Exceeded"}


@pytest.mark.fidelity(
    "API Gateway",
    "A stage's method settings throttle each method by itself, with or without keys.",
    source="API Gateway guide: api-gateway-request-throttling",
)
def test_the_throttle_of_a_stage(api: Api) -> None:
    """It holds for the method it is set for, at once and without another deployment."""
    api.client.update_stage(
        restApiId=api.id,
        stageName="lab",
        patchOperations=[
            {"op": "replace", "path": "/~1orders/GET/throttling/rateLimit", "value": "0"},
            {"op": "replace", "path": "/~1orders/GET/throttling/burstLimit", "value": "1"},
        ],
    )
    _, _, header = new_key(api)
    assert statuses(api, 2, {}, "GET") == [200, 429]
    assert statuses(api, 3, header) == [200, 200, 200]


@pytest.mark.fidelity(
    "API Gateway",
    "A usage plan may limit one method of a stage, for each key.",
    source="API Gateway guide: api-gateway-api-usage-plans",
)
def test_the_throttle_of_a_method_in_a_plan(api: Api) -> None:
    """The method beside it has the plan's own, and another key a count of its own."""
    api.put({}, method="PUT", request={"apiKeyRequired": True})
    api.deploy()
    plan, _, header = new_key(api, throttle={"rateLimit": 0.001, "burstLimit": 5})
    api.client.update_usage_plan(
        usagePlanId=plan,
        patchOperations=[
            {
                "op": "replace",
                "path": f"/apiStages/{api.id}:lab/throttle/~1orders/POST/{setting}",
                "value": value,
            }
            for setting, value in (("rateLimit", "0.001"), ("burstLimit", "1"))
        ],
    )
    assert statuses(api, 2, header) == [200, 429]
    assert statuses(api, 6, header, "PUT") == [200] * 5 + [429]
    other = api.client.create_api_key(name="other", value=uuid.uuid4().hex, enabled=True)
    api.client.create_usage_plan_key(usagePlanId=plan, keyId=other["id"], keyType="API_KEY")
    assert statuses(api, 2, {**header, "x-api-key": other["value"]}) == [200, 429]
    advance(api, 1_000)
    assert statuses(api, 2, header) == [200, 429]


def test_a_custom_answer_to_too_many(api: Api) -> None:
    """THROTTLED and QUOTA_EXCEEDED are gateway responses like any other."""
    api.client.put_gateway_response(
        restApiId=api.id,
        responseType="THROTTLED",
        statusCode="503",
        responseTemplates={"application/json": '{"later": $context.error.messageString}'},
    )
    api.deploy()
    _, _, header = new_key(api, throttle={"rateLimit": 0, "burstLimit": 0})
    refused = api.call("{}", headers=header)
    assert (refused.status, refused.json) == (503, {"later": "Too Many Requests"})


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"apiStages": [{"apiId": "nothing", "stage": "lab"}]}, "API Stage not found: nothing:lab"),
        ({"quota": {"limit": 1, "period": "DAY", "offset": 1}}, "offset must be"),
        ({"quota": {"limit": 1, "period": "YEAR"}}, "period must be"),
    ],
)
def test_a_plan_that_cannot_be(api: Api, plan: dict[str, Any], message: str) -> None:
    """It is refused when it is made."""
    with pytest.raises(ClientError, match=message):
        api.client.create_usage_plan(name="shops", **plan)


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("create_authorizer", {"name": "x", "type": "TOKEN"}),
        ("create_domain_name", {"domainName": "x.example"}),
        ("create_vpc_link", {"name": "x", "targetArns": ["arn:aws:x"]}),
        ("create_base_path_mapping", {"domainName": "x.example"}),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "Authorizers, custom domain names and VPC links of REST APIs are refused.",
    differs="Nothing in this pipeline would use them.",
)
def test_what_nobody_would_use(api: Api, call: str, given: dict[str, Any]) -> None:
    """It is refused when it is made, with a message that names the fidelity table."""
    if call in ("create_authorizer", "create_base_path_mapping"):
        given = {**given, "restApiId": api.id}
    with pytest.raises(ClientError, match="fidelity table"):
        getattr(api.client, call)(**given)


def test_a_stage_of_a_usage_plan_stays(api: Api) -> None:
    """A plan must let go of a stage before it can be deleted."""
    plan, _, _ = new_key(api)
    with pytest.raises(ClientError, match="Active usage plans pointing to this stage"):
        api.client.delete_stage(restApiId=api.id, stageName="lab")
    operation = {"op": "remove", "path": "/apiStages", "value": f"{api.id}:lab"}
    api.client.update_usage_plan(usagePlanId=plan, patchOperations=[operation])
    api.client.delete_stage(restApiId=api.id, stageName="lab")
    assert api.call("{}").status == 403
