"""What is known of a call once it is answered: metrics, the access log and the execution log.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labkit.cloud.functions.output import LogEvent
from labkit.cloud.gateway.access_log import Destination, stream
from labkit.cloud.gateway.trace import Trace
from labkit.cloud.messages import Response

if TYPE_CHECKING:
    from labkit.cloud.metrics import Metrics

EXECUTION_LOG = "API-Gateway-Execution-Logs_"  # what the names of such log groups begin with
NAMESPACE = "AWS/ApiGateway"


def conclude(context: dict[str, Any], response: Response, *, seconds: float) -> None:
    """Put into `$context` what access logs read of an answer."""
    context["status"] = response.status
    context["responseLength"] = len(response.body)
    context["responseLatency"] = round(seconds * 1000)


def count(
    metrics: Metrics,
    context: Mapping[str, Any],
    *,
    region: str,
    names: tuple[str, str, str] = ("4XXError", "5XXError", "ApiName"),
    owner: str,
    detailed: bool = False,
) -> None:
    """Record the metrics of one answered call, for its API and for its stage.

    The errors are 0 or 1, so that their average is the error rate. `names` are those of the two
    errors and of the API's dimension, which REST and HTTP APIs name differently.
    """
    client_error, server_error, api = names
    status = context["status"]
    values = [
        ("Count", 1, "Count"),
        (client_error, int(400 <= status < 500), "Count"),
        (server_error, int(status >= 500), "Count"),
        ("Latency", context["responseLatency"], "Milliseconds"),
    ]
    if context.get("integrationLatency") is not None:
        values.append(("IntegrationLatency", context["integrationLatency"], "Milliseconds"))
    stage = context["stage"]
    dimensions: list[dict[str, str]] = [{api: owner}, {api: owner, "Stage": stage}]
    if detailed:
        method, resource = context["httpMethod"], context["resourcePath"]
        dimensions.append({api: owner, "Method": method, "Resource": resource, "Stage": stage})
    for name, value, unit in values:
        for of in dimensions:
            metrics.record(NAMESPACE, name, value, unit=unit, region=region, **of)


def write_execution_log(
    trace: Trace, context: Mapping[str, Any], *, level: str, account: str, region: str, now: float
) -> None:
    """Write what a call left in its trace; at level ERROR only of one that failed.

    The group is `API-Gateway-Execution-Logs_{api}/{stage}`, each line begins with the request's id.
    """
    if level == "ERROR" and "error" not in context and context["status"] < 400:
        return
    name = f"{context['apiId']}/{context['stage']}"
    destination, request_id = (
        Destination(region, account, EXECUTION_LOG + name),
        context["requestId"],
    )
    events = [LogEvent(f"({request_id}) {text}", at) for at, text in trace.lines]
    stream(destination, name).write(events, now=now)
