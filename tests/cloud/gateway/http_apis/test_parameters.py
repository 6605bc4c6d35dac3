"""Parameter mapping of HTTP APIs, and the request to SQS that comes of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from multidict import CIMultiDict

from labkit.cloud.gateway.errors import GatewayError
from labkit.cloud.gateway.http_apis import parameters, services
from labkit.cloud.gateway.invocation import Arrival
from labkit.cloud.messages import Request


def arrival(body: bytes = b'{"order": {"id": "536365", "n": 2}, "text": "a&b"}') -> Arrival:
    """`POST /shops/7/orders?q=1&q=2`."""
    headers = CIMultiDict({"Content-Type": "application/json", "X-Shop": "berlin"})
    return Arrival(
        request=Request("POST", "/", "q=1&q=2", headers, body),
        stage_variables={"queue": "orders"},
        path_parameters={"shop": "7"},
        context={"requestId": "r1", "path": "/shops/7/orders", "identity": {"sourceIp": "::1"}},
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("https://sqs/orders", "https://sqs/orders"),
        ("$request.body", '{"order": {"id": "536365", "n": 2}, "text": "a&b"}'),
        ("$request.body.text", "a&b"),
        ("$request.body.order.id", "536365"),
        ("$request.body.order.n", "2"),
        ("$request.body.order", '{"id":"536365","n":2}'),
        ("$request.header.x-shop", "berlin"),
        ("$request.querystring.q", "1,2"),
        ("$request.path.shop", "7"),
        ("$request.path", "/shops/7/orders"),
        ("$context.requestId", "r1"),
        ("$context.identity.sourceIp", "::1"),
        ("$stageVariables.queue", "orders"),
        ("${stageVariables.queue}", "orders"),
        ("shop ${request.path.shop} of ${context.requestId}", "shop 7 of r1"),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "Parameters of an HTTP API's AWS service are texts, `$request`, `$context`, "
    "`$stageVariables`, or a mix in braces.",
    source="API Gateway guide: http-api-develop-integrations-aws-services",
)
def test_resolve(expression: str, value: str) -> None:
    """What a parameter is sent as."""
    assert parameters.resolve("MessageBody", expression, arrival()) == value


@pytest.mark.parametrize(
    ("expression", "body"),
    [
        ("$request.body.MessageBody", b"{}"),
        ("$request.body.MessageBody", b"no JSON"),
        ("$request.body.MessageBody", b'{"x": "' + b"x" * 200_000 + b'", "MessageBody": 1}'),
        ("$request.body", b""),
        ("$request.header.absent", b"{}"),
        ("a ${request.path.absent}", b"{}"),
        ("$context.nothing", b"{}"),
        ("$stageVariables.nothing", b"{}"),
    ],
)
def test_what_the_request_lacks(expression: str, body: bytes) -> None:
    """The caller hears which parameter could not be made, and of what."""
    with pytest.raises(GatewayError, match="Unable to resolve property MessageBody") as raised:
        parameters.resolve("MessageBody", expression, arrival(body))
    assert raised.value.status == 400


@pytest.mark.parametrize(
    ("expression", "valid"),
    [
        ("text", True),
        ("$request.body", True),
        ("${context.requestId} x", True),
        ("$nothing.x", False),
        ("$request", False),
    ],
)
def test_is_valid(expression: str, valid: bool) -> None:
    """What begins like a reference must be one."""
    assert parameters.is_valid(expression) is valid


def test_send_message() -> None:
    """The form of SQS's query protocol, with its attributes numbered."""
    request = services.send_message(
        {
            "QueueUrl": "https://sqs/1/orders",
            "MessageBody": "a&b=c",
            "DelaySeconds": "5",
            "Region": "eu-west-1",
            "MessageAttributes": '{"shop": {"DataType": "String", "StringValue": "7"}}',
        }
    )
    assert parse_qs(request.body.decode()) == {
        "Action": ["SendMessage"],
        "QueueUrl": ["https://sqs/1/orders"],
        "MessageBody": ["a&b=c"],
        "DelaySeconds": ["5"],
        "MessageAttribute.1.Name": ["shop"],
        "MessageAttribute.1.Value.DataType": ["String"],
        "MessageAttribute.1.Value.StringValue": ["7"],
    }


@pytest.mark.parametrize("text", ["", "[]", "1", '{"shop": 7}', '{"shop": null}', "[" * 9999])
def test_attributes_that_are_none(text: str) -> None:
    """Anything but a map of attributes is the caller's mistake."""
    with pytest.raises(GatewayError, match="JSON object"):
        services.send_message({"MessageBody": "x", "MessageAttributes": text})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"QueueUrl": "u", "MessageBody": "b"}, None),
        ({"QueueUrl": "u"}, "MessageBody"),
        ({"QueueUrl": "u", "MessageBody": "b", "delaySeconds": "1"}, "does not fit schema"),
    ],
)
def test_problem(given: dict[str, Any], message: str | None) -> None:
    """AWS's check of the names."""
    problem = services.problem(given)
    assert problem is None if message is None else message in (problem or "")
