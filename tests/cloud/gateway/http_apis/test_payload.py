"""Payload formats of Lambda proxy integrations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from multidict import CIMultiDict

from labkit.cloud.gateway.errors import GatewayError
from labkit.cloud.gateway.http_apis.payload import answer_of, event_of
from labkit.cloud.gateway.invocation import Arrival, new_context
from labkit.cloud.messages import Request


def arrival(
    body: bytes = b'{"id": 1}',
    headers: dict[str, str] | None = None,
    query: str = "a=1&a=2&b=3",
) -> Arrival:
    """`POST /lab/orders/7`."""
    given = CIMultiDict(headers or {"Content-Type": "application/json", "User-Agent": "curl/8"})
    request = Request("POST", "/x", query, given, body)
    context = new_context(
        request,
        api_id="a1",
        account_id="123456789012",
        stage="lab",
        deployment_id="d1",
        path="/orders/7",
        now=1_583_348_638.39,
    )
    context |= {"routeKey": "POST /orders/{id}", "resourcePath": "/orders/{id}"}
    return Arrival(
        request=request,
        stage_variables={"till": "9"},
        path_parameters={"id": "7"},
        context=context,
    )


@pytest.mark.fidelity(
    "API Gateway",
    "The event in payload format 2.0 has every key of AWS's example.",
    source="API Gateway guide: http-api-develop-integrations-lambda",
)
def test_format_2() -> None:
    """The structure in AWS's guide, without an authorizer."""
    headers = {
        "Content-Type": "application/json",
        "Cookie": "c1=x; c2=y",
        "User-Agent": "curl/8",
        "Host": "api.example",
    }
    call = arrival(headers=headers)
    assert event_of(call, "2.0") == {
        "version": "2.0",
        "routeKey": "POST /orders/{id}",
        "rawPath": "/lab/orders/7",
        "rawQueryString": "a=1&a=2&b=3",
        "cookies": ["c1=x", "c2=y"],
        "headers": {
            "content-type": "application/json",
            "user-agent": "curl/8",
            "host": "api.example",
        },
        "queryStringParameters": {"a": "1,2", "b": "3"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1",
            "domainName": "api.example",
            "domainPrefix": "a1",
            "http": {
                "method": "POST",
                "path": "/lab/orders/7",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "curl/8",
            },
            "requestId": call.context["requestId"],
            "routeKey": "POST /orders/{id}",
            "stage": "lab",
            "time": "04/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_390,
        },
        "body": '{"id": 1}',
        "pathParameters": {"id": "7"},
        "isBase64Encoded": False,
        "stageVariables": {"till": "9"},
    }


def test_format_2_leaves_out_what_is_not_there() -> None:
    """No query, no cookies, no body: no keys."""
    event = event_of(arrival(b"", query=""), "2.0")
    assert not {"cookies", "queryStringParameters", "body"} & set(event)


@pytest.mark.fidelity(
    "API Gateway",
    "The event in payload format 1.0 is a REST API's with `version` and the stage in its path.",
    source="API Gateway guide: http-api-develop-integrations-lambda",
)
def test_format_1() -> None:
    """The structure in AWS's guide."""
    event = event_of(arrival(), "1.0")
    assert event["version"] == "1.0"
    assert (event["resource"], event["path"]) == ("/orders/{id}", "/lab/orders/7")
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["3"]}
    assert event["queryStringParameters"] == {"a": "2", "b": "3"}
    assert event["requestContext"]["resourceId"] == "POST /orders/{id}"
    assert (event["body"], event["isBase64Encoded"]) == ('{"id": 1}', False)


@pytest.mark.parametrize("payload_format", ["1.0", "2.0"])
def test_a_form_is_base64(payload_format: str) -> None:
    """What is neither text nor JSON reaches a function as Base64, a form too."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    event = event_of(arrival(b"a=1", headers), payload_format)
    assert (event["body"], event["isBase64Encoded"]) == ("YT0x", True)


@pytest.mark.parametrize(
    ("returned", "status", "content_type", "body"),
    [
        ("Hello from Lambda!", 200, "application/json", b"Hello from Lambda!"),
        ({"message": "Hello"}, 200, "application/json", b'{"message": "Hello"}'),
        ([1, 2], 200, "application/json", b"[1, 2]"),
        (None, 200, "application/json", b"null"),
        ({"statusCode": 201, "body": "made"}, 201, "text/plain; charset=utf-8", b"made"),
        (
            {"statusCode": 201, "body": "YQ==", "isBase64Encoded": True},
            201,
            "text/plain; charset=utf-8",
            b"a",
        ),
        (
            {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": "<p>"},
            200,
            "text/html",
            b"<p>",
        ),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "In format 2.0 an answer without `statusCode` is the body of a 200 with JSON.",
    source="API Gateway guide: http-api-develop-integrations-lambda",
)
def test_answers(returned: Any, status: int, content_type: str, body: bytes) -> None:
    """AWS infers the response."""
    response = answer_of(json.dumps(returned).encode(), "2.0")
    assert (response.status, response.headers["Content-Type"], response.body) == (
        status,
        content_type,
        body,
    )


def test_cookies() -> None:
    """Each one is a header of its own, on one line."""
    answer = {"statusCode": 200, "cookies": ["a=1", "b=2\r\nX-Evil: yes"]}
    response = answer_of(json.dumps(answer).encode(), "2.0")
    assert response.headers.getall("Set-Cookie") == ["a=1", "b=2X-Evil: yes"]


@pytest.mark.parametrize(
    "returned",
    [
        {"statusCode": "many"},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "headers": [1]},
        {"statusCode": 200, "headers": 1},
        {"statusCode": 99},
    ],
)
def test_answers_that_are_none(returned: Any) -> None:
    """A malformed answer is a failure."""
    with pytest.raises(GatewayError):
        answer_of(json.dumps(returned).encode(), "2.0")
