"""The lines that the Lambda platform itself writes to a function's log, as text or as JSON.

Text is the default; a function with `LoggingConfig.LogFormat=JSON` gets one document for each
line. The platform's lines end in a newline, REPORT in a tab and a newline, as on AWS.

Sources: recordings of AWS;
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

from labkit.cloud.functions.configuration import Configuration
from labkit.cloud.instants import iso_time


@dataclass(frozen=True)
class Report:
    """The figures of a REPORT line; durations in milliseconds, memory in MB."""

    request_id: str
    duration_ms: float
    memory_size_mb: int
    max_memory_used_mb: int
    init_ms: float | None = None
    status: str | None = None
    error_type: str | None = None

    @property
    def billed_ms(self) -> int:
        """What is paid for: the invocation, and the start before it.

        https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
        """
        return math.ceil(self.duration_ms + (self.init_ms or 0))


class TextLines:
    """`LogFormat=Text`."""

    def __init__(self, of: Configuration) -> None:
        self._of = of

    def init_start(self, now: float) -> str:
        """A worker begins to start."""
        version, arn = runtime_version(self._of.runtime, self._of.region)
        return f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n"

    def init_failed(self, now: float, phase: str, init_ms: float, status: str, error: str) -> str:
        """A worker did not get as far as its first invocation."""
        kind = f"\tError Type: {error}" if status == "error" else ""
        duration = f"INIT_REPORT Init Duration: {init_ms:.2f} ms"
        return f"{duration}\tPhase: {phase}\tStatus: {status}{kind}\n"

    def start(self, now: float, request_id: str) -> str:
        """An invocation begins."""
        return f"START RequestId: {request_id} Version: {self._of.version}\n"

    def end(self, now: float, request_id: str) -> str:
        """An invocation has ended."""
        return f"END RequestId: {request_id}\n"

    def report(self, now: float, report: Report) -> str:
        """What the invocation took."""
        parts = [
            f"REPORT RequestId: {report.request_id}",
            f"Duration: {report.duration_ms:.2f} ms",
            f"Billed Duration: {report.billed_ms} ms",
            f"Memory Size: {report.memory_size_mb} MB",
            f"Max Memory Used: {report.max_memory_used_mb} MB",
        ]
        if report.init_ms is not None:
            parts.append(f"Init Duration: {report.init_ms:.2f} ms")
        if report.status is not None:
            parts.append(f"Status: {report.status}")
        if report.status == "error":
            parts.append(f"Error Type: {report.error_type}")
        return "\t".join(parts) + "\t\n"


class JsonLines:
    """`LogFormat=JSON` at the default system log level, INFO."""

    def __init__(self, of: Configuration) -> None:
        self._of = of

    def init_start(self, now: float) -> str:
        """A worker begins to start."""
        version, arn = runtime_version(self._of.runtime, self._of.region)
        record = {
            "initializationType": "on-demand",
            "phase": "init",
            "runtimeVersion": version,
            "runtimeVersionArn": arn,
            "functionName": self._of.name,
            "functionVersion": self._of.version,
        }
        return _event(now, "platform.initStart", record)

    def init_failed(self, now: float, phase: str, init_ms: float, status: str, error: str) -> str:
        """A worker did not get as far as its first invocation."""
        record: dict[str, Any] = {
            "initializationType": "on-demand",
            "phase": phase,
            "status": status,
            "metrics": {"durationMs": round(init_ms, 3)},
        }
        if status == "error":
            record["errorType"] = error
        return _event(now, "platform.initReport", record)

    def start(self, now: float, request_id: str) -> str:
        """An invocation begins."""
        record = {"requestId": request_id, "version": self._of.version}
        return _event(now, "platform.start", record)

    def end(self, now: float, request_id: str) -> None:
        """JSON logs have no END line."""

    def report(self, now: float, report: Report) -> str:
        """What the invocation took."""
        metrics: dict[str, Any] = {
            "durationMs": round(report.duration_ms, 3),
            "billedDurationMs": report.billed_ms,
            "memorySizeMB": report.memory_size_mb,
            "maxMemoryUsedMB": report.max_memory_used_mb,
        }
        if report.init_ms is not None:
            metrics["initDurationMs"] = round(report.init_ms, 3)
        record: dict[str, Any] = {
            "requestId": report.request_id,
            "metrics": metrics,
            "status": report.status or "success",
        }
        if report.status == "error":
            record["errorType"] = report.error_type
        return _event(now, "platform.report", record)


def platform_lines(of: Configuration) -> TextLines | JsonLines:
    """The format that a function's LoggingConfig names."""
    return JsonLines(of) if of.log_format == "JSON" else TextLines(of)


def runtime_version(runtime: str, region: str) -> tuple[str, str]:
    """The runtime's version and its ARN, in AWS's form and the same in every lab."""
    language = runtime.rstrip("0123456789.")
    digest = hashlib.sha256(runtime.encode()).hexdigest()
    version = f"{language}:{runtime[len(language) :]}.v{int(digest[:2], 16) % 90 + 10}"
    return version, f"arn:aws:lambda:{region}::runtime:{digest}"


def _event(now: float, kind: str, record: dict[str, Any]) -> str:
    document = {"time": iso_time(now), "type": kind, "record": record}
    return json.dumps(document, separators=(",", ":")) + "\n"
