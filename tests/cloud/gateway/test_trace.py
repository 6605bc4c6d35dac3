"""The lines of an execution log."""

from __future__ import annotations

import pytest

from labkit.cloud.gateway import trace
from labkit.cloud.gateway.errors import ErrorType, GatewayError, broken
from labkit.cloud.gateway.trace import Trace
from tests.cloud.gateway.test_mapping import call


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            GatewayError(ErrorType.BAD_REQUEST_BODY, validation="[object has missing ...]"),
            "Request body does not match model schema for content type application/json: "
            "[object has missing ...]",
        ),
        (GatewayError(ErrorType.INTEGRATION_TIMEOUT), "Execution failed due to a timeout error"),
        (broken("No match"), "Execution failed due to configuration error: No match"),
        (
            GatewayError(
                ErrorType.INTEGRATION_FAILURE,
                status=502,
                reason=f"{trace.FUNCTION_FAILED}boom. Lambda request id: r2",
            ),
            "Lambda execution failed with status 200 due to customer function error: boom. "
            "Lambda request id: r2",
        ),
        (
            GatewayError(ErrorType.UNSUPPORTED_MEDIA_TYPE),
            "Execution failed: Unsupported Media Type",
        ),
    ],
)
def test_why(error: GatewayError, line: str) -> None:
    """What the caller does not learn, in AWS's words."""
    assert trace.why(call("{}", Content_Type="application/json"), error) == line


@pytest.mark.fidelity(
    "API Gateway",
    "A line of an execution log ends with `[TRUNCATED]` after 1,024 characters.",
    source="API Gateway guide: set-up-logging",
)
def test_a_long_line_is_cut() -> None:
    """The whole payload is not in the log."""
    made = Trace()
    made.show("Method request body before transformations", b"x" * 5000)
    [(_, line)] = made.lines
    assert len(line) == 1024 and line.endswith("x [TRUNCATED]")


def test_data_is_only_shown_when_it_is_traced() -> None:
    """Payloads and headers are data; maps are shown as Java prints them."""
    quiet, full = Trace(data=False), Trace()
    for made in (quiet, full):
        made.note("Starting execution for request: r1")
        made.show("Method request headers", {"A": "1", "B": "2"})
    assert [line for _, line in quiet.lines] == ["Starting execution for request: r1"]
    assert full.lines[1][1] == "Method request headers: {A=1, B=2}"


@pytest.mark.fidelity(
    "API Gateway",
    "API keys and authorization headers are redacted in execution logs.",
    source="API Gateway guide: set-up-logging",
)
def test_secrets_are_redacted() -> None:
    """Of an API key only the end is shown."""
    made = Trace()
    made.show("Method request headers", {"X-Api-Key": "0123456789abcdef", "A": "1"})
    made.show("Method request headers", {"authorization": "Bearer secret-token"})
    assert [line for _, line in made.lines] == [
        "Method request headers: {X-Api-Key=**********abcdef, A=1}",
        "Method request headers: {authorization=*************-token}",
    ]
