"""Which headers pass an API, and under which names, against what AWS answered to LocalStack.

The recordings are apigateway/test_apigateway_integrations.snapshot.json of localstack/localstack at
7c7469e, TestApiGatewayHeaderRemapping and test_put_integration_validation, those of
test_apigateway_lambda at 2da97ff, test_lambda_aws_proxy_integration, and of test_apigateway_common
at bf2fc7a, test_invocation_trace_id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.gateway.apis import Api, new_function

RECORDED = "LocalStack's recording: apigateway/test_apigateway_integrations"
RENAMED = (
    *("Authorization", "Connection", "Content-Length", "Content-MD5", "Date", "Expect", "Host"),
    *("Max-Forwards", "Proxy-Authenticate", "Server", "Trailer", "Upgrade", "User-Agent"),
    "WWW-Authenticate",
)
KEPT = (
    *("Accept", "Accept-Charset", "Accept-Encoding", "Age", "Content-Encoding", "Content-Type"),
    *("Pragma", "Range", "Referer", "TE", "Via", "Warn"),
)
NOT_GIVEN = (
    *("Connection", "Content-Length", "Content-MD5", "Expect", "Max-Forwards"),
    *("Proxy-Authenticate", "Server", "TE", "Transfer-Encoding", "Trailer", "Upgrade"),
    "WWW-Authenticate",
)


@pytest.fixture
def function(api: Api, client: Callable[..., Any]) -> str:
    """The integration URI of a function that answers with its event's headers."""
    source = """
import json, os
def handler(event, context):
    own = {"X-Own-Trace": os.environ["_X_AMZN_TRACE_ID"]}
    return {"statusCode": 200, "body": json.dumps(event.get("headers")), "headers": own}
"""
    arn = new_function(client, f"headers-{api.id}", source)
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"


@pytest.mark.fidelity(
    "API Gateway",
    "Mapped headers of a response are renamed `x-amzn-Remapped-*` where AWS keeps the name.",
    source=RECORDED,
)
def test_headers_of_a_response(api: Api) -> None:
    """Fourteen are renamed; `Transfer-Encoding` is dropped, and every other name stays."""
    values = {name: f"mapped {name}" for name in (*RENAMED, *KEPT, "Transfer-Encoding")}
    parameters = {f"method.response.header.{name}": f"'{value}'" for name, value in values.items()}
    api.put({}, {"200": {"responseParameters": parameters}})
    api.deploy()
    headers = api.call("{}").headers
    for name in RENAMED:
        assert headers[f"x-amzn-Remapped-{name}"] == f"mapped {name}"
        assert headers.get(name) != f"mapped {name}"
    assert {name: headers[name] for name in KEPT} == {name: f"mapped {name}" for name in KEPT}
    assert "mapped Transfer-Encoding" not in headers.values()


@pytest.mark.fidelity(
    "API Gateway",
    "An AWS integration that maps Authorization, Connection, TE and their like answers 500.",
    source=RECORDED,
)
@pytest.mark.parametrize("kind", ["AWS", "AWS_PROXY"])
def test_headers_that_may_not_be_mapped(api: Api, function: str, kind: str) -> None:
    """The call fails, although the integration could be put; any other header may be mapped."""
    for name, status in (
        *(("Content-Length", 500), ("Transfer-Encoding", 500), ("Authorization", 500)),
        *(("Connection", 500), ("Expect", 500), ("Proxy-Authenticate", 500), ("TE", 500)),
        ("X-Till", 200),
    ):
        mapped = {f"integration.request.header.{name}": "'1'"}
        api.put({"type": kind, "uri": function, "requestParameters": mapped})
        api.deploy()
        answer = api.call("{}")
        assert answer.status == status, name
        if status == 500:
            assert answer.json == {"message": "Internal server error"}
            assert answer.headers["x-amzn-ErrorType"] == "InternalServerErrorException"


@pytest.mark.fidelity(
    "API Gateway",
    "No mapping and no function is given a request's Connection, Content-Length and their like.",
    source=RECORDED,
)
def test_headers_of_a_request(api: Api, function: str) -> None:
    """The headers of the connection end at the API; the others arrive as they were sent."""
    sent = {"Content-Type": "application/json", "Max-Forwards": "3", "Referer": "x", "TE": "gzip"}
    names = (*NOT_GIVEN, "Referer")
    shown = json.dumps({name: f"$input.params('{name}')" for name in names})
    api.put({}, {"200": {"responseTemplates": {"application/json": shown}}})
    api.deploy()
    assert api.call("{}", headers=sent).json == dict.fromkeys(NOT_GIVEN, "") | {"Referer": "x"}
    api.put({"type": "AWS_PROXY", "uri": function})
    api.deploy()
    given = {name.lower() for name in api.call("{}", headers=sent).json}
    assert {"content-type", "host", "referer", "user-agent"} <= given
    assert not given & {name.lower() for name in NOT_GIVEN}


@pytest.mark.fidelity(
    "API Gateway",
    "A function's event says how the request came: `X-Forwarded-*`, and a trace.",
    source="LocalStack's recording: apigateway/test_apigateway_lambda",
)
@pytest.mark.fidelity(
    "API Gateway",
    "No `CloudFront-*`, `Via` or `X-Amz-Cf-Id` comes with a request to any API.",
    differs="Nothing of CloudFront stands before this cloud.",
)
def test_how_a_request_came(api: Api, function: str) -> None:
    """What the caller says of it is kept; the port is that of this cloud."""
    api.put({"type": "AWS_PROXY", "uri": function})
    api.deploy()
    given = api.call("{}", headers={"X-Forwarded-For": "10.0.0.9"}).json
    assert given["X-Forwarded-For"] == "10.0.0.9, 127.0.0.1"
    assert given["X-Forwarded-Port"] == given["Host"].rpartition(":")[2]
    assert given["X-Forwarded-Proto"] == "http"
    assert re.fullmatch("Root=1-[0-9a-f]{8}-[0-9a-f]{24}", given["X-Amzn-Trace-Id"])
    assert not [name for name in given if name.startswith(("CloudFront-", "Via", "X-Amz-Cf"))]


@pytest.mark.fidelity(
    "API Gateway",
    "An answer has the trace of its request, with a parent, unless a MOCK integration makes it.",
    source="LocalStack's recording: apigateway/test_apigateway_common",
)
def test_traces(api: Api, function: str) -> None:
    """The parent that a caller names is kept."""
    root = "Root=1-3152b799-8954dae64eda91bc9a23a7e8"
    full = f"{root};Parent=7fa8c0f79203be72;Sampled=1"
    api.put({"type": "AWS_PROXY", "uri": function})
    api.deploy()
    for sent, expected in (
        (full, re.escape(full)),
        (root, f"{root};Parent=[0-9a-f]{{16}};Sampled=0"),
        ("nonsense", "Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0"),
    ):
        answer = api.call("{}", headers={"X-Amzn-Trace-Id": sent})
        assert re.fullmatch(expected, answer.headers["X-Amzn-Trace-Id"]), sent
        own, told = answer.headers["X-Own-Trace"], answer.headers["X-Amzn-Trace-Id"]
        assert own.split(";")[::2] == told.split(";")[::2], "root and sampling are the function's"
    assert "Server" not in answer.headers
    api.put({})
    api.deploy()
    assert "X-Amzn-Trace-Id" not in api.call("{}", headers={"X-Amzn-Trace-Id": full}).headers


@pytest.mark.fidelity(
    "API Gateway",
    "An integration over HTTP without a method or a URL is refused in AWS's words.",
    source=RECORDED,
)
def test_integrations_that_aws_refuses(api: Api) -> None:
    """AWS's words come first; a response needs its integration; a MOCK integration has no URI."""
    client, where = api.client, api.where()
    client.put_method(**where, authorizationType="NONE")
    client.put_method_response(**where, statusCode="200")
    over_http = {"type": "HTTP", "uri": "http://example.com"}
    post = {"integrationHttpMethod": "POST"}
    missing = "Invalid Integration identifier specified"
    for call, given, message in (
        (client.put_integration, over_http, "Enumeration value for HttpMethod must be non-empty"),
        (
            client.put_integration,
            over_http | post | {"uri": "non-valid-http"},
            "Invalid HTTP endpoint specified for URI",
        ),
        (client.put_integration_response, {"statusCode": "200"}, missing),
        (client.get_integration_response, {"statusCode": "200"}, missing),
        (client.delete_integration_response, {"statusCode": "200"}, missing),
    ):
        with pytest.raises(ClientError) as refused:
            call(**where, **given)
        assert refused.value.response["Error"]["Message"] == message
    made = client.put_integration(**where, type="MOCK", uri="http://example.com")
    assert "uri" not in made
