"""Access logs."""

from __future__ import annotations

import json

import pytest

from labkit.cloud.gateway import access_log

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/api/orders"
CONTEXT = {
    "requestId": "r1",
    "identity": {"sourceIp": "127.0.0.1", "userAgent": "curl/8"},
    "httpMethod": "POST",
    "resourcePath": "/orders",
    "status": 200,
    "responseLatency": 12,
    "integration": {"status": 200, "latency": 9},
    "integrationLatency": 9,
}
JSON_FORMAT = json.dumps(
    {
        "requestId": "$context.requestId",
        "ip": "$context.identity.sourceIp",
        "caller": "$context.identity.caller",
        "status": "$context.status",
        "latency": "$context.integration.latency",
    }
)


@pytest.mark.parametrize(
    ("layout", "written"),
    [
        (
            "$context.identity.sourceIp $context.identity.caller [$context.requestTime] "
            '"$context.httpMethod $context.resourcePath" $context.status $context.requestId',
            '127.0.0.1 - [-] "POST /orders" 200 r1',
        ),
        ("$context.integrationLatency,$context.responseLatency", "9,12"),
        ("$context.requestId.", "r1."),
        ("$contextual $context", "$contextual $context"),
        ("$input.body $context.requestId", "$input.body r1"),
        ("$context.identity $context.requestId.more", "- -"),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "An access log has a line for each request: `$context` variables by value, `-` without one.",
    source="API Gateway guide: set-up-logging",
)
def test_line(layout: str, written: str) -> None:
    """Variables are replaced, all else stays."""
    assert access_log.line(layout, CONTEXT) == written


def test_a_format_in_json() -> None:
    """What the console proposes."""
    assert json.loads(access_log.line(JSON_FORMAT, CONTEXT)) == {
        "requestId": "r1",
        "ip": "127.0.0.1",
        "caller": "-",
        "status": "200",
        "latency": "9",
    }


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"destinationArn": GROUP, "format": "$context.requestId"}, None),
        ({"destinationArn": f"{GROUP}:*", "format": "$context.extendedRequestId"}, None),
        ({"format": "$context.requestId"}, "destination"),
        ({"destinationArn": "orders", "format": "$context.requestId"}, "Invalid ARN"),
        (
            {
                "destinationArn": "arn:aws:firehose:us-east-1:1:deliverystream/amazon-apigateway-x",
                "format": "$context.requestId",
            },
            "fidelity table",
        ),
        ({"destinationArn": GROUP, "format": "$context.status"}, "requestId"),
        ({"destinationArn": GROUP, "format": "$context.requestId\n$context.status"}, "line"),
        ({"destinationArn": GROUP, "format": "$context.requestId" + "x" * 4000}, "characters"),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "The format of an access log is one line and has the request's id.",
    source="API Gateway guide: set-up-logging",
)
def test_problem(settings: dict[str, str], message: str | None) -> None:
    """What AWS would not take is refused when it is set."""
    problem = access_log.problem(settings)
    assert problem is None if message is None else message in (problem or "")
