"""Mappings between caller and backend."""

from __future__ import annotations

import json
from typing import Any

import pytest
import regex
from multidict import CIMultiDict

from labkit.cloud.gateway.backend_request import uri_of
from labkit.cloud.gateway.deployment import Deployed, Integration, IntegrationResponse, Method
from labkit.cloud.gateway.errors import GatewayError
from labkit.cloud.gateway.invocation import Invocation, new_context
from labkit.cloud.gateway.mapping import mock_status, select, to_backend, to_caller
from labkit.cloud.gateway.routes import Routes
from labkit.cloud.messages import Request, Response


def call(
    body: str = '{"id": "536365"}', query: str = "page=2&page=3", **headers: str
) -> Invocation:
    """A request that reached `POST /orders/{id}`."""
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    request = Request("POST", "/x", query, named, body.encode())
    method = Method("r1", "/orders/{id}", False, (), {}, False, False, frozenset({"200"}), None)
    context = new_context(
        request,
        api_id="a1",
        account_id="1",
        stage="lab",
        deployment_id="d1",
        path="/orders/7",
        now=1_290_000_000,
    )
    context["resourcePath"] = method.resource_path
    return Invocation(
        request=request,
        deployed=Deployed("a1", Routes(), {}, {}),
        stage_variables={"till": "9"},
        method=method,
        path_parameters={"id": "7"},
        context=context,
    )


def integration(**changed: Any) -> Integration:
    """An integration with a queue, but for what is `changed`."""
    plain: dict[str, Any] = {
        "type": "AWS",
        "uri": "arn:aws:apigateway:us-east-1:sqs:path/1/orders",
        "method": "POST",
        "credentials": None,
        "templates": {},
        "passthrough": "WHEN_NO_MATCH",
        "parameters": {},
        "timeout": 29.0,
        "responses": (),
    }
    return Integration(**(plain | changed))


def response(status: str, pattern: str | None = None, **templates: str) -> IntegrationResponse:
    """An integration response; templates by subtype."""
    return IntegrationResponse(
        status,
        regex.compile(pattern) if pattern else None,
        {f"application/{name}": text for name, text in templates.items()},
        {},
    )


@pytest.mark.parametrize(
    ("passthrough", "templates", "content_type", "refused"),
    [
        ("WHEN_NO_MATCH", {"application/json": "{}"}, "text/plain", False),
        ("WHEN_NO_TEMPLATES", {"application/json": "{}"}, "text/plain", True),
        ("WHEN_NO_TEMPLATES", {}, "text/plain", False),
        ("NEVER", {"application/json": "{}"}, "text/plain", True),
        ("NEVER", {"application/json": "{}"}, "application/json; charset=utf-8", False),
        ("NEVER", {"application/json": "{}"}, "", False),
        ("NEVER", {}, "application/json", True),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "WHEN_NO_MATCH, WHEN_NO_TEMPLATES and NEVER pass or refuse; no type counts as JSON.",
    source="API Gateway guide: integration-passthrough-behaviors",
)
def test_passthrough(
    passthrough: str, templates: dict[str, str], content_type: str, refused: bool
) -> None:
    """What has no template passes, or is 415; no type at all counts as JSON."""
    made = integration(passthrough=passthrough, templates=templates)
    arrived = call("body", Content_Type=content_type) if content_type else call("body")
    if refused:
        with pytest.raises(GatewayError) as error:
            to_backend(made, arrived)
        assert error.value.status == 415
    else:
        expected = b"{}" if arrived.media_type in templates else b"body"
        assert to_backend(made, arrived).body == expected


@pytest.mark.fidelity(
    "API Gateway",
    "Request parameters come from literals, the request, context and stage.",
    source="API Gateway guide: request-response-data-mappings",
)
def test_request_parameters() -> None:
    """Headers, query string and path come from literals, the request, context and stage."""
    request = to_backend(
        integration(
            uri="arn:aws:apigateway:us-east-1:sqs:path/1/{queue}-${stageVariables.till}",
            parameters={
                "integration.request.header.Content-Type": "'text/plain'",
                "integration.request.header.X-Order": "method.request.body.id",
                "integration.request.header.X-All": "method.request.multivaluequerystring.page",
                "integration.request.header.X-None": "method.request.header.Nothing",
                "integration.request.querystring.page": "method.request.querystring.page",
                "integration.request.querystring.till": "stageVariables.till",
                "integration.request.path.queue": "method.request.path.id",
            },
        ),
        call(),
    )
    assert request.uri.endswith(":sqs:path/1/7-9")
    assert request.query == (("page", "3"), ("till", "9"))
    assert request.headers["Content-Type"] == "text/plain"
    assert request.headers["X-Order"] == "536365"
    assert request.headers["X-All"] == "2,3"
    assert "X-None" not in request.headers
    assert request.headers["Accept"] == "application/json"


def test_no_line_break_reaches_a_header() -> None:
    """Neither from a parameter nor from an override, in value or name."""
    template = (
        '#set($context.requestOverride.header["X-A"] = $input.params("page"))'
        '#set($context.requestOverride.header["X-B: y"] = "z")x'
    )
    made = integration(
        templates={"application/json": template},
        parameters={"integration.request.header.X-C": "method.request.querystring.page"},
    )
    headers = to_backend(made, call(query="page=1%0d%0aX-Evil:%20yes")).headers
    assert headers["X-A"] == headers["X-C"] == "1X-Evil: yes"
    assert "X-B: y" not in headers


@pytest.mark.fidelity(
    "API Gateway",
    "`$context.requestOverride` replaces headers, query string and path parameters of a request.",
    source="API Gateway guide: apigateway-override-request-response-parameters",
)
def test_request_overrides() -> None:
    """An override wins over a mapped parameter, and adds what is not mapped."""
    template = (
        '#set($context.requestOverride.path.queue = "override")'
        '#set($context.requestOverride.querystring.page = "9")'
        '#set($context.requestOverride.querystring.MessageBody = "a&b")'
        '#set($context.requestOverride.header.X-Till = "1")x'
    )
    made = integration(
        uri="arn:aws:apigateway:us-east-1:sqs:path/1/{queue}",
        templates={"application/json": template},
        parameters={
            "integration.request.path.queue": "'mapped'",
            "integration.request.querystring.page": "method.request.querystring.page",
            "integration.request.header.X-Till": "'0'",
        },
    )
    request = to_backend(made, call())
    assert request.uri == "arn:aws:apigateway:us-east-1:sqs:path/1/override"
    assert dict(request.query) == {"page": "9", "MessageBody": "a&b"}
    assert request.headers["X-Till"] == "1"
    assert request.body == b"x"


@pytest.mark.fidelity(
    "API Gateway",
    "A template that reads a body that is not JSON is 400, and says why.",
    source="LocalStack's recording: apigateway/test_apigateway_common",
)
def test_a_template_that_reads_what_is_not_json() -> None:
    """400, with the reason."""
    made = integration(templates={"application/json": "$input.path('$.id')"})
    with pytest.raises(GatewayError) as error:
        to_backend(made, call("<order/>"))
    assert error.value.status == 400
    assert error.value.message.startswith("Could not parse request body into json:")


@pytest.mark.parametrize("text", ["#if($x", "$input.path('$[')"])
def test_a_template_that_fails(text: str) -> None:
    """500 without a word to the caller."""
    with pytest.raises(GatewayError) as error:
        to_backend(integration(templates={"application/json": text}), call())
    assert (error.value.status, error.value.message) == (500, "Internal server error")


@pytest.mark.parametrize(
    ("status", "chosen"), [("200", "200"), ("403", "400"), ("4031", "200"), ("503", "500")]
)
@pytest.mark.fidelity(
    "API Gateway",
    "A selection pattern must match as a whole; what has none is for the rest.",
    source="API Gateway guide: api-gateway-integration-settings-integration-response",
)
def test_selection(status: str, chosen: str) -> None:
    """A pattern must match as a whole; what has no pattern is for the rest."""
    responses = (response("200"), response("400", r"4\d{2}"), response("500", r"5\d{2}"))
    found = select(responses, status)
    assert found is not None and found.status == chosen


@pytest.mark.fidelity(
    "API Gateway",
    "Without a match and a default the answer is 500.",
    source="API Gateway guide: api-gateway-integration-settings-integration-response",
)
def test_no_selection() -> None:
    """Without a match and a default, the API is wrong: 500."""
    assert select((response("400", "4.."),), "200") is None
    with pytest.raises(GatewayError, match="no default output mapping"):
        to_caller(integration(), call(), Response(200), selected_by="200")


@pytest.mark.fidelity(
    "API Gateway",
    "Without a response template the backend's body passes.",
    source="API Gateway guide: integration-passthrough-behaviors",
)
def test_answer_passes_or_is_rendered() -> None:
    """Without a template the body is the backend's; with one it is rendered."""
    answer = Response(200, CIMultiDict({"X-Id": "5"}), '{"a": "é"}'.encode())
    passed = to_caller(integration(responses=(response("200"),)), call(), answer, selected_by="200")
    assert passed.body == answer.body
    chosen = response("200", json="$input.path('$.a')", xml="<x/>")
    made = integration(responses=(chosen,))
    assert to_caller(made, call(), answer, selected_by="200").body == "é".encode()
    xml = to_caller(made, call(Accept="application/xml"), answer, selected_by="200")
    assert (xml.body, xml.headers["Content-Type"]) == (b"<x/>", "application/xml")


def test_response_parameters() -> None:
    """From the backend's headers and body, the context, the stage and literals."""
    parameters = {
        "method.response.header.A": "integration.response.header.X-Id",
        "method.response.header.B": "integration.response.body.a.b",
        "method.response.header.C": "context.apiId",
        "method.response.header.D": "stageVariables.till",
        "method.response.header.E": "'literal'",
        "method.response.header.F": "integration.response.header.Nothing",
    }
    made = integration(responses=(IntegrationResponse("200", None, {}, parameters),))
    answer = Response(200, CIMultiDict({"X-Id": "5"}), b'{"a": {"b": [1]}}')
    headers = to_caller(made, call(), answer, selected_by="200").headers
    assert dict(headers) == {
        "Content-Type": "application/json",
        "A": "5",
        "B": "[1]",
        "C": "a1",
        "D": "9",
        "E": "literal",
    }


@pytest.mark.parametrize(
    ("override", "status"), [("202", 202), ("'202'", 200), ("99", 200), ("true", 200)]
)
@pytest.mark.fidelity(
    "API Gateway",
    "`$context.responseOverride.status` replaces the mapped status.",
    source="API Gateway guide: apigateway-override-request-response-parameters",
)
def test_status_override(override: str, status: int) -> None:
    """Only a whole number that HTTP has replaces the mapped status."""
    text = f"#set($context.responseOverride.status = {override}){{}}"
    made = integration(responses=(response("200", json=text),))
    assert to_caller(made, call(), Response(200), selected_by="200").status == status


@pytest.mark.fidelity(
    "API Gateway",
    "A status that the method does not declare is a configuration error.",
    source="API Gateway guide: api-gateway-integration-settings-integration-response",
)
def test_a_status_the_method_does_not_declare() -> None:
    """500."""
    made = integration(responses=(response("201"),))
    with pytest.raises(GatewayError, match="invalid method response: 201"):
        to_caller(made, call(), Response(200), selected_by="200")


@pytest.mark.parametrize(
    "body", ['{"statusCode": 503}', "{statusCode:503,}", "{'statusCode' : 503}"]
)
@pytest.mark.fidelity(
    "API Gateway",
    "MOCK reads its status code from the request template.",
    source="API Gateway guide: how-to-mock-integration",
)
def test_mock_status(body: str) -> None:
    """MOCK reads lax JSON, as AWS was recorded to."""
    assert mock_status(body.encode()) == 503


@pytest.mark.parametrize("body", ["", "{}", '{"statusCode": "200"}', '{"statusCode": 20}'])
def test_mock_without_status(body: str) -> None:
    """Without a whole number it is a configuration error."""
    with pytest.raises(GatewayError, match="statusCode"):
        mock_status(body.encode())


@pytest.mark.fidelity(
    "API Gateway",
    "Stage variables and path parameters are filled into a URI.",
    source="API Gateway guide: request-response-data-mappings",
)
def test_uri_keeps_what_it_cannot_fill() -> None:
    """An unknown path parameter stays, an unknown stage variable vanishes."""
    assert uri_of("a/{x}/${stageVariables.y}/{z}", {}, {"z": 1}) == "a/{x}//1"


@pytest.mark.fidelity(
    "API Gateway",
    "`$context` has what the reference lists.",
    source="API Gateway guide: api-gateway-mapping-template-reference",
)
def test_context() -> None:
    """`$context` has what the reference lists."""
    context = call().context
    assert context["path"] == "/lab/orders/7"
    assert context["requestTime"] == "17/Nov/2010:13:20:00 +0000"
    assert context["requestTimeEpoch"] == 1_290_000_000_000
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert json.dumps(context)
