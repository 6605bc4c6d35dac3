"""The platform's log lines."""

from __future__ import annotations

import json
import re

import pytest

from labkit.cloud.functions.configuration import Configuration
from labkit.cloud.functions.loglines import Report, platform_lines

NOW = 1_795_424_400.25
REPORT = Report("id-1", duration_ms=15.744, memory_size_mb=128, max_memory_used_mb=56)


def lines(log_format: str):  # type: ignore[no-untyped-def]
    configuration = Configuration(
        account_id="123456789012",
        region="us-east-1",
        name="orders",
        version="7",
        runtime="python3.13",
        handler="app.handler",
        role="role",
        logging={"LogFormat": log_format},
    )
    return platform_lines(configuration)


@pytest.mark.fidelity(
    "Lambda",
    "Platform lines are as recorded, tabs and all.",
    source="LocalStack's recording: lambda_/test_lambda",
)
def test_text_lines_are_as_recorded() -> None:
    """Tabs and all."""
    text = lines("Text")
    assert re.fullmatch(
        r"INIT_START Runtime Version: python:3\.13\.v\d+\tRuntime Version ARN: "
        r"arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}\n",
        text.init_start(NOW),
    )
    assert text.start(NOW, "id-1") == "START RequestId: id-1 Version: 7\n"
    assert text.end(NOW, "id-1") == "END RequestId: id-1\n"
    assert text.report(NOW, REPORT) == (
        "REPORT RequestId: id-1\tDuration: 15.74 ms\tBilled Duration: 16 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 56 MB\t\n"
    )


@pytest.mark.fidelity(
    "Lambda",
    "REPORT has an Init Duration on cold starts only, which is billed.",
    source="AWS blog: compute/aws-lambda-standardizes-billing-for-init-phase",
)
def test_a_cold_start_reports_its_init_duration() -> None:
    """Only then; that it fails in the end makes no difference."""
    cold = Report("id-1", 3000.0, 128, 35, init_ms=66.12, status="timeout")
    assert lines("Text").report(NOW, cold) == (
        "REPORT RequestId: id-1\tDuration: 3000.00 ms\tBilled Duration: 3067 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 35 MB\tInit Duration: 66.12 ms\tStatus: timeout\t\n"
    )


def test_a_failure_of_the_sandbox_is_in_the_report() -> None:
    """Status, and the type of an error."""
    text = lines("Text")
    timeout = Report("id-1", 1.0, 128, 56, status="timeout", error_type="Sandbox.Timedout")
    crash = Report("id-1", 1.0, 128, 56, status="error", error_type="Runtime.ExitError")
    assert text.report(NOW, timeout).endswith("\tStatus: timeout\t\n")
    assert text.report(NOW, crash).endswith("\tStatus: error\tError Type: Runtime.ExitError\t\n")


@pytest.mark.fidelity(
    "Lambda",
    "JSON platform lines are telemetry events with metrics in milliseconds.",
    source="Lambda guide: telemetry-schema-reference",
)
def test_json_lines_are_telemetry_events() -> None:
    """One document a line, no END, metrics in milliseconds."""
    platform = lines("JSON")
    assert json.loads(platform.start(NOW, "id-1")) == {
        "time": "2026-11-23T09:00:00.250Z",
        "type": "platform.start",
        "record": {"requestId": "id-1", "version": "7"},
    }
    assert platform.end(NOW, "id-1") is None
    assert json.loads(platform.report(NOW, REPORT)) == {
        "time": "2026-11-23T09:00:00.250Z",
        "type": "platform.report",
        "record": {
            "requestId": "id-1",
            "metrics": {
                "durationMs": 15.744,
                "billedDurationMs": 16,
                "memorySizeMB": 128,
                "maxMemoryUsedMB": 56,
            },
            "status": "success",
        },
    }
    assert json.loads(platform.init_start(NOW))["record"]["initializationType"] == "on-demand"


def test_a_failed_start_is_reported() -> None:
    """INIT_REPORT says how the start ended."""
    assert lines("Text").init_failed(NOW, "init", 12.0, "error", "Runtime.ImportModuleError") == (
        "INIT_REPORT Init Duration: 12.00 ms\tPhase: init\tStatus: error\t"
        "Error Type: Runtime.ImportModuleError\n"
    )
    failed = json.loads(
        lines("JSON").init_failed(NOW, "invoke", 12.0, "timeout", "Sandbox.Timedout")
    )
    assert (failed["record"]["phase"], failed["record"]["status"]) == ("invoke", "timeout")
