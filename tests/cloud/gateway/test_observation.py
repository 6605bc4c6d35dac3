"""Metrics of calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from labkit.cloud.gateway import observation
from tests.cloud.gateway.apis import fetch, new_api


def counted(status: int, *, detailed: bool = False) -> dict[tuple[str, str], float]:
    """What one call with this status records: value by metric and dimensions."""
    recorded: dict[tuple[str, str], float] = {}

    def record(namespace: str, name: str, value: float, **options: str) -> None:
        assert namespace == "AWS/ApiGateway"
        unit, region = options.pop("unit"), options.pop("region")
        assert region == "us-east-1"
        assert unit == ("Milliseconds" if name.endswith("Latency") else "Count")
        recorded[name, ",".join(f"{k}={v}" for k, v in options.items())] = value

    context: dict[str, Any] = {
        "status": status,
        "stage": "lab",
        "httpMethod": "POST",
        "resourcePath": "/orders",
        "responseLatency": 12,
    }
    if status < 500:
        context["integrationLatency"] = 9
    metrics: Any = SimpleNamespace(record=record)
    observation.count(metrics, context, region="us-east-1", owner="orders", detailed=detailed)
    return recorded


@pytest.mark.parametrize(
    ("status", "client", "server"), [(200, 0, 0), (404, 1, 0), (429, 1, 0), (500, 0, 1)]
)
@pytest.mark.fidelity(
    "API Gateway",
    "Each call counts for its API and its stage; errors are 0 or 1, so their average is a rate.",
    source="API Gateway guide: api-gateway-metrics-and-dimensions",
)
def test_count(status: int, client: int, server: int) -> None:
    """Count, errors and latencies."""
    recorded = counted(status)
    for dimensions in ("ApiName=orders", "ApiName=orders,Stage=lab"):
        assert recorded["Count", dimensions] == 1
        assert recorded["4XXError", dimensions] == client
        assert recorded["5XXError", dimensions] == server
        assert recorded["Latency", dimensions] == 12
        assert recorded.get(("IntegrationLatency", dimensions)) == (None if server else 9)


def test_detailed_metrics() -> None:
    """With `metricsEnabled` each method counts by itself, too."""
    dimensions = "ApiName=orders,Method=POST,Resource=/orders,Stage=lab"
    assert ("Count", dimensions) not in counted(200)
    assert counted(200, detailed=True)["Count", dimensions] == 1


def test_metrics_of_a_deployed_api(cloud: str, client: Callable[..., Any]) -> None:
    """They are read as on AWS."""
    api = new_api(client, cloud)
    api.put({})
    api.deploy()
    name = api.client.get_rest_api(restApiId=api.id)["name"]
    statuses = [api.call("{}").status, api.call("{}", path="/nothing").status]
    assert statuses == [200, 403]
    now = datetime.fromtimestamp(fetch(f"{cloud}/_lab/clock", "GET", None, {}).json["now"], UTC)

    def total(metric: str) -> float:
        points = client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApiGateway",
            MetricName=metric,
            Dimensions=[{"Name": "ApiName", "Value": name}, {"Name": "Stage", "Value": "lab"}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=600,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(point["Sum"] for point in points)

    assert (total("Count"), total("4XXError"), total("5XXError")) == (2, 1, 0)
