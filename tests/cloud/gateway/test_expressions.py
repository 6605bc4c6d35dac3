"""Checks of parameter mappings."""

from __future__ import annotations

import pytest

from labkit.cloud.gateway.expressions import problem_in_request, problem_in_response

TARGET = "integration.request.header.X"
DECLARED = {"method.request.header.A", "method.request.querystring.b"}


@pytest.mark.parametrize(
    "source",
    [
        "'application/x-www-form-urlencoded'",
        "''",
        "context.identity.sourceIp",
        "stageVariables.queue",
        "method.request.header.A",
        "method.request.multivalueheader.A",
        "method.request.querystring.b",
        "method.request.body",
        "method.request.body.lines[0].sku",
    ],
)
def test_good_sources(source: str) -> None:
    """What AWS accepts."""
    assert problem_in_request({TARGET: source}, DECLARED) is None


@pytest.mark.parametrize(
    ("mappings", "problem"),
    [
        ({TARGET: "application/json"}, "expression specified: application/json]"),
        ({TARGET: "method.request.header.Z"}, "parameter specified: method.request.header.Z]"),
        ({"header.X": "'a'"}, "expression specified: header.X]"),
        ({TARGET: "integration.response.body"}, "expression specified: integration.response.body]"),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "A parameter mapping that cannot be is refused, and named.",
    source="LocalStack's recording: apigateway/test_apigateway_common",
)
def test_bad_mappings(mappings: dict[str, str], problem: str) -> None:
    """The expression is named, as AWS names it."""
    assert str(problem_in_request(mappings, DECLARED)).endswith(problem)


@pytest.mark.fidelity(
    "API Gateway",
    "A response header is mapped only if the method response declares it.",
    source="API Gateway guide: request-response-data-mappings",
)
def test_responses() -> None:
    """A header must be declared by the method response, once there is one."""
    target = "method.response.header.X"
    assert problem_in_response({target: "'a'"}, {target}) is None
    assert problem_in_response({target: "integration.response.body.id"}, None) is None
    assert "parameter specified" in str(problem_in_response({target: "'a'"}, set()))
    assert "expression specified" in str(problem_in_response({target: "a"}, None))
    assert problem_in_response(None, None) is None
