"""The answer to ListMetrics: which metrics have data.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from labkit.cloud.metrics.plane import Metrics


def listed(
    metrics: Metrics,
    region: str,
    *,
    namespace: str | None,
    name: str | None,
    dimensions: Sequence[dict[str, str]],
    since: int | None,
) -> list[dict[str, Any]]:
    """ListMetrics: what has data, `since` an instant (epoch seconds) if that is given."""
    found = [
        metric
        for metric in metrics.metrics(region)
        if namespace in (None, metric.namespace)
        and name in (None, metric.name)
        and all(_has(dict(metric.dimensions), **each) for each in dimensions)
        and (since is None or metrics.points(metric, None, since, sys.maxsize))
    ]
    return [
        {
            "Namespace": metric.namespace,
            "MetricName": metric.name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in metric.dimensions],
        }
        for metric in sorted(found, key=astuple)
    ]


def _has(dimensions: dict[str, str], Name: str, Value: str | None = None) -> bool:  # noqa: N803
    return Name in dimensions and Value in (None, dimensions[Name])
