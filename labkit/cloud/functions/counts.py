"""What CloudWatch is told of a function's invocations.

An invocation that succeeds counts as an error of 0 and a throttle of 0, so that both metrics have
data whenever the function is used. What is known at its end counts in the minute of its beginning.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from labkit.cloud.functions.naming import FunctionName
from labkit.cloud.functions.outcome import Outcome
from labkit.cloud.metrics import Metrics

NAMESPACE = "AWS/Lambda"


def began(metrics: Metrics, name: FunctionName, *, running: int) -> None:
    """An invocation begins, `running` of the function with it."""
    metrics.record(
        NAMESPACE, "ConcurrentExecutions", running, region=name.region, FunctionName=name.name
    )
    metrics.record(NAMESPACE, "Throttles", 0, region=name.region, FunctionName=name.name)


def ended(metrics: Metrics, name: FunctionName, outcome: Outcome, *, began_at: float) -> None:
    """An invocation that began at an instant (epoch seconds) has come to its end, good or bad."""
    error = 0 if outcome.function_error is None else 1
    of = {"FunctionName": name.name}
    metrics.record(NAMESPACE, "Invocations", 1, region=name.region, at=began_at, **of)
    metrics.record(NAMESPACE, "Errors", error, region=name.region, at=began_at, **of)
    metrics.record(
        NAMESPACE,
        "Duration",
        outcome.duration_ms,
        unit="Milliseconds",
        region=name.region,
        at=began_at,
        **of,
    )


def throttled(metrics: Metrics, name: FunctionName) -> None:
    """An invocation was refused; it counts neither as one nor as an error."""
    metrics.record(NAMESPACE, "Throttles", 1, region=name.region, FunctionName=name.name)


def lagged(metrics: Metrics, name: FunctionName, *, seconds: float) -> None:
    """A batch of a stream goes to the function, `seconds` after its last record was written."""
    metrics.record(
        NAMESPACE,
        "IteratorAge",
        max(0.0, seconds * 1000),
        unit="Milliseconds",
        region=name.region,
        FunctionName=name.name,
    )
