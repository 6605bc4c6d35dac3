"""Lambda proxy integration."""

from __future__ import annotations

import json

import pytest

from labkit.cloud.gateway.errors import GatewayError
from labkit.cloud.gateway.lambda_proxy import answer_of, event_of
from tests.cloud.gateway.test_mapping import call


@pytest.mark.fidelity(
    "API Gateway",
    "A proxy event is payload format 1.0 with every key.",
    source="API Gateway guide: set-up-lambda-proxy-integrations",
)
def test_event() -> None:
    """Payload format 1.0, with every key that AWS sends."""
    event = json.loads(json.dumps(event_of(call("é", Content_Type="text/plain"))))
    assert event["resource"] == "/orders/{id}"
    assert event["path"] == "/orders/7"
    assert event["httpMethod"] == "POST"
    assert event["pathParameters"] == {"id": "7"}
    assert event["queryStringParameters"] == {"page": "3"}
    assert event["multiValueQueryStringParameters"] == {"page": ["2", "3"]}
    assert event["multiValueHeaders"] == {"Content-Type": ["text/plain"]}
    assert event["stageVariables"] == {"till": "9"}
    assert (event["body"], event["isBase64Encoded"]) == ("é", False)
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"
    assert event["requestContext"]["identity"]["userArn"] is None


def test_every_key_of_an_event() -> None:
    """The keys of the example in AWS's guide, and those of an API key when there is one."""
    made = call("x", Content_Type="text/plain")
    event = event_of(made)
    assert event["headers"] == {"Content-Type": "text/plain"}
    assert set(event) == {
        "body",
        "headers",
        "httpMethod",
        "isBase64Encoded",
        "multiValueHeaders",
        "multiValueQueryStringParameters",
        "path",
        "pathParameters",
        "queryStringParameters",
        "requestContext",
        "resource",
        "stageVariables",
    }
    assert set(event["requestContext"]) == {
        "accountId",
        "apiId",
        "deploymentId",
        "domainName",
        "domainPrefix",
        "extendedRequestId",
        "httpMethod",
        "identity",
        "path",
        "protocol",
        "requestId",
        "requestTime",
        "requestTimeEpoch",
        "resourceId",
        "resourcePath",
        "stage",
    }
    assert "apiKey" not in event["requestContext"]["identity"]
    made.context["identity"].update(apiKey="secret", apiKeyId="k1")
    identity = event_of(made)["requestContext"]["identity"]
    assert (identity["apiKey"], identity["apiKeyId"]) == ("secret", "k1")


@pytest.mark.fidelity(
    "API Gateway",
    "What a proxied request lacks is null, not empty.",
    source="API Gateway guide: set-up-lambda-proxy-integrations",
)
def test_empty_parts_are_null() -> None:
    """What a request does not have is null, not empty."""
    event = event_of(call("", query=""))
    for key in ("body", "queryStringParameters", "headers", "multiValueHeaders"):
        assert event[key] is None


def test_answer() -> None:
    """Status, headers of one and of many values, and a body."""
    response = answer_of(
        json.dumps(
            {
                "statusCode": "201",
                "headers": {"X-A": "1", "X-Flag": True, "X-Evil": "a\r\nb: c"},
                "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
                "body": "é",
            }
        ).encode()
    )
    assert (response.status, response.body) == (201, "é".encode())
    assert response.headers.getall("Set-Cookie") == ["a=1", "b=2"]
    assert response.headers["X-Flag"] == "true"
    assert response.headers["X-Evil"] == "ab: c"
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.fidelity(
    "API Gateway",
    "Without binary media types a REST API passes Base64 on as it is; an HTTP API undoes it.",
    source="API Gateway guide: lambda-proxy-binary-media",
)
def test_binary_answer() -> None:
    """A REST API decodes for its binary media types only, which this cloud's cannot have."""
    answer = b'{"body": "AAE=", "isBase64Encoded": true}'
    assert answer_of(answer).body == b"AAE="
    assert answer_of(answer, binary=True).body == b"\x00\x01"


@pytest.mark.parametrize(
    "payload",
    [
        "nonsense",
        '"text"',
        "null",
        '{"errorMessage": "boom", "errorType": "Exception"}',
        '{"statusCode": 200, "body": {"not": "a string"}}',
        '{"statusCode": "many"}',
        '{"statusCode": 99}',
        '{"statusCode": 200, "surprise": 1}',
        '{"headers": {"X-A": {"not": "text"}}}',
        '{"headers": {"X A": "1"}}',
        '{"headers": ["X-A"]}',
        '{"multiValueHeaders": {"X-A": 5}}',
        '{"body": "%", "isBase64Encoded": true}',
    ],
)
def test_a_malformed_answer(payload: str) -> None:
    """502 `Internal server error`; the log says why."""
    with pytest.raises(GatewayError, match="Malformed") as error:
        answer_of(payload.encode(), binary=True)
    assert (error.value.status, error.value.message) == (502, "Internal server error")
