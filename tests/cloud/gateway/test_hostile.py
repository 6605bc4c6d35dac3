"""Hostile templates, payloads, paths and headers: an answer in bounded time, never a failure."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.cloud.gateway.errors import GatewayError
from labkit.cloud.gateway.http_apis import parameters
from labkit.cloud.gateway.http_apis.payload import answer_of
from labkit.cloud.gateway.jsonpath import BadPath
from labkit.cloud.gateway.template import NotJson, render
from labkit.cloud.gateway.velocity import TemplateError
from tests.cloud.gateway.apis import Api, new_api
from tests.cloud.gateway.http_apis.test_parameters import arrival

SECONDS = 3.0
FRAGMENTS = [
    "#if(", "#elseif(", "#else", "#{else}", "#end", "#set(", "#foreach(", "#break", "#stop",
    "#macro(", "#define(", "#parse(", "#include(", "#evaluate(", "##", "#*", "*#", "#",
    "$input", "$util", "$context", "$stageVariables", "$x", "$y", "$!", "${", "}", "$",
    ".body", ".json(", ".path(", ".params(", ".size()", ".keySet()", ".get(", ".add(", ".put(",
    ".addAll(", ".replaceAll(", ".split(", ".matches(", ".substring(", ".concat(", ".toString()",
    ".urlEncode(", ".urlDecode(", ".base64Decode(", ".parseJson(", ".escapeJavaScript(",
    ".requestOverride", ".responseOverride", ".status", ".header", ".__class__", ".x",
    "'$'", "'$.a'", "'$..a'", "'$.a[*]'", "'$.a[?(@.b>1)]'", "'$[", '"', "'", "(", ")", "[", "]",
    "{", ":", "1", "0", "-1", "99999999999", "1.5", "..", "[1..9]", "true", "null", " in ", " = ",
    " == ", " && ", " || ", "!", " + ", " * ", " / ", " % ", " < ", ",", " ", "\n", "a", "\u2603",
    "\ud83c", "\\", "(a+)+$", "[0..99999]",
]  # fmt: skip
TEMPLATES = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join) | st.text(
    alphabet="#$!{}()[]'\"\\.,:=<>&|+-*/% \nabx019", max_size=120
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)
BODIES = DOCUMENTS.map(json.dumps) | st.text(max_size=50) | st.sampled_from(["", "[" * 5000])
PATHS = ["$.a", "$..a", "$.a[*].b", "$", "$['a']", "$.a[0]", "$.a.length()", "$.a[?(@.b>1)]"]
# What HTTP allows in a header's value; the server itself refuses the rest.
HEADER_CHARACTERS = st.characters(
    min_codepoint=32, max_codepoint=255, exclude_characters=[chr(code) for code in range(127, 160)]
)
QUICK = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FEW = settings(QUICK, max_examples=40)


@QUICK
@given(TEMPLATES, BODIES)
@pytest.mark.fidelity(
    "API Gateway",
    "Whatever a template says, it renders or fails with an error, in bounded time.",
    differs="AWS's bound is the integration's time-out; here it is counted in steps.",
)
def test_any_template_renders_or_fails(template: str, body: str) -> None:
    """Text or one of the engine's errors, after at most a few seconds of work."""
    began = time.process_time()
    try:
        text = render(
            template,
            body=body,
            parameters={"path": {"a": "1"}, "querystring": {}, "header": {"B": "x" * 100}},
            context={"stage": "lab", "requestOverride": {"header": {}}},
            stage_variables={"x": "1"},
        )
        assert isinstance(text, str)
    except (NotJson, TemplateError, BadPath):
        pass
    assert time.process_time() - began < SECONDS


@QUICK
@given(
    BODIES, st.sampled_from(["$.a", "$..a", "$.a[*].b", "$", "$['a']", "$.a[0]", "$.a.length()"])
)
def test_any_body_can_be_read(body: str, path: str) -> None:
    """A payload is a document, or it is not JSON."""
    template = f"$input.json('{path}') $util.escapeJavaScript($input.body)"
    with suppress(NotJson, TemplateError, BadPath):
        render(template, body=body, parameters={}, context={}, stage_variables={})


@QUICK
@given(
    st.text(alphabet="${}.[]requestbodyheadercontextx *@?()'", max_size=40), st.binary(max_size=60)
)
def test_any_parameter_resolves_or_is_400(expression: str, body: bytes) -> None:
    """What an HTTP API cannot resolve is the caller's mistake."""
    try:
        assert isinstance(parameters.resolve("MessageBody", expression, arrival(body)), str)
    except GatewayError as error:
        assert error.status == 400


@QUICK
@given(
    DOCUMENTS
    | st.fixed_dictionaries(
        {"statusCode": st.integers() | st.text(max_size=3)},
        optional={
            "headers": DOCUMENTS,
            "multiValueHeaders": DOCUMENTS,
            "body": DOCUMENTS,
            "cookies": DOCUMENTS,
            "isBase64Encoded": st.booleans(),
        },
    ),
    st.sampled_from(["1.0", "2.0"]),
)
def test_any_answer_of_a_function_is_an_answer_or_malformed(
    answer: Any, payload_format: str
) -> None:
    """A function may return anything; headers stay on one line."""
    try:
        response = answer_of(json.dumps(answer).encode(), payload_format)
    except GatewayError as error:
        assert error.status == 502
        return
    assert 100 <= response.status <= 599
    assert all("\n" not in value and "\r" not in value for value in response.headers.values())


@pytest.fixture(scope="module")
def api(cloud: str, client: Callable[..., Any]) -> Api:
    """A deployed API whose template reads all that a caller sends."""
    made = new_api(client, cloud)
    made.put(
        {"requestTemplates": {"application/json": "{\"statusCode\": 200} $input.json('$')"}},
        {
            "200": {
                "responseTemplates": {
                    "application/json": "$util.urlEncode($input.params('q')) "
                    "$input.params() $context.path $context.identity.userAgent"
                }
            }
        },
    )
    made.deploy()
    return made


@FEW
@given(
    st.binary(max_size=200),
    st.text(alphabet="/%.{}+~$_-aorders0123456789ABCDEF", max_size=40),
    st.text(alphabet="=&%+;?q[]{}aF0", max_size=40),
    st.text(alphabet=HEADER_CHARACTERS, max_size=40),
)
@pytest.mark.fidelity(
    "API Gateway",
    "Whatever a caller sends, API Gateway answers it as its own; nothing in the cloud fails.",
    source="API Gateway guide: supported-gateway-response-types",
)
def test_any_request_is_answered(api: Api, body: bytes, path: str, query: str, header: str) -> None:
    """200, or one of API Gateway's 4XX."""
    connection = http.client.HTTPConnection(urlsplit(api.endpoint).netloc, timeout=10)
    url = f"/_aws/execute-api/{api.id}/lab/orders{path}?{query}"
    headers = {"Content-Type": "application/json", "User-Agent": header.strip().encode("latin-1")}
    connection.request("POST", url, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status in (200, 400, 403), text
    assert answer.headers["x-amzn-RequestId"], text


@FEW
@given(TEMPLATES, DOCUMENTS.map(json.dumps))
def test_any_template_can_be_tested(api: Api, template: str, body: str) -> None:
    """The Test button shows what becomes of a template: its answer, 400 or 500, with the log."""
    where = {**api.where("GET")}
    if "GET" not in api.client.get_resource(restApiId=api.id, resourceId=api.resource).get(
        "resourceMethods", {}
    ):
        api.put({}, method="GET")
    api.client.put_integration(
        **where,
        type="MOCK",
        requestTemplates={
            "application/json": '{"statusCode": 200}' + template.encode("utf-8", "replace").decode()
        },
    )
    api.client.put_integration_response(**where, statusCode="200")
    tested = api.client.test_invoke_method(**where, body=body)
    assert tested["status"] in (200, 400, 500)
    assert f"Method completed with status: {tested['status']}" in tested["log"]
