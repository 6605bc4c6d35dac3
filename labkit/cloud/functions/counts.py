"""What CloudWatch is told of a function's invocations.

An invocation that succeeds counts as an error of 0 and a throttle of 0, so that both metrics have
data whenever the function is used. What is known at its end counts in the minute of its beginning.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from typing import Any

from labkit.cloud.functions.naming import FunctionName
from labkit.cloud.functions.outcome import Outcome
from labkit.cloud.metrics import Metrics

NAMESPACE = "AWS/Lambda"


def began(metrics: Metrics, name: FunctionName, *, running: int) -> None:
    """An invocation begins, `running` of the function with it."""
    _record(metrics, name, "ConcurrentExecutions", running)
    _record(metrics, name, "Throttles", 0)


def ended(metrics: Metrics, name: FunctionName, outcome: Outcome, *, began_at: float) -> None:
    """An invocation that began at an instant (epoch seconds) has come to its end, good or bad."""
    _record(metrics, name, "Invocations", 1, at=began_at)
    _record(metrics, name, "Errors", 0 if outcome.function_error is None else 1, at=began_at)
    _record(metrics, name, "Duration", outcome.duration_ms, unit="Milliseconds", at=began_at)


def throttled(metrics: Metrics, name: FunctionName) -> None:
    """An invocation was refused; it counts neither as one nor as an error."""
    _record(metrics, name, "Throttles", 1)


def lagged(metrics: Metrics, name: FunctionName, *, seconds: float) -> None:
    """A batch of a stream goes to the function, `seconds` after its last record was written."""
    _record(metrics, name, "IteratorAge", max(0.0, seconds * 1000), unit="Milliseconds")


def _record(metrics: Metrics, name: FunctionName, metric: str, value: float, **more: Any) -> None:
    metrics.record(NAMESPACE, metric, value, region=name.region, FunctionName=name.name, **more)
