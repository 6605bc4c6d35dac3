"""Metrics that a log event carries in CloudWatch's embedded metric format.

A function prints them as one line of JSON, as AWS's Powertools for Lambda do, and needs no
permission of CloudWatch's. What is not in the format is a log event like any other.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from labkit.cloud.protocols import service_model

MARK = '"_aws"'  # what every such event holds
MOST_METRICS = MOST_VALUES = 100
MOST_DIMENSIONS = 30


@dataclass(frozen=True)
class Embedded:
    """Data of one namespace, each as PutMetricData takes it."""

    namespace: str
    data: list[dict[str, Any]]


def read(message: str) -> list[Embedded]:
    """The metrics in the message of a log event; none when any part of it breaks the format.

    >>> directive = {"Namespace": "Orders", "Dimensions": [[]], "Metrics": [{"Name": "Stored"}]}
    >>> metadata = {"Timestamp": 1795703383037, "CloudWatchMetrics": [directive]}
    >>> [metrics] = read(json.dumps({"_aws": metadata, "Stored": 3}))
    >>> metrics.data[0]["Values"]
    [3.0]
    """
    if MARK not in message:
        return []
    try:
        root = json.loads(message)
        metadata = root["_aws"]
        time = datetime.fromtimestamp(metadata["Timestamp"] / 1000, UTC)
        return [
            Embedded(_text(directive["Namespace"], 1024), list(_data(directive, root, time)))
            for directive in metadata["CloudWatchMetrics"]
        ]
    except (KeyError, TypeError, ValueError, OverflowError, OSError, RecursionError):
        return []


def _data(directive: dict[str, Any], root: dict[str, Any], time: datetime) -> Iterator[dict]:
    """One datum for each metric and set of dimensions."""
    metrics = directive["Metrics"]
    if len(metrics) > MOST_METRICS:
        raise ValueError(metrics)
    for names in directive["Dimensions"]:
        if len(names) > MOST_DIMENSIONS:
            raise ValueError(names)
        dimensions = [{"Name": name, "Value": _text(root[name], 1024)} for name in names]
        for metric in metrics:
            unit = metric.get("Unit", "None")
            if unit not in _units():
                raise ValueError(unit)
            yield {
                "MetricName": _text(metric["Name"], 1024),
                "Dimensions": dimensions,
                "Timestamp": time,
                "Unit": unit,
                "Values": _numbers(root[metric["Name"]]),
                "StorageResolution": 1 if metric.get("StorageResolution") == 1 else 60,
            }


def _numbers(value: Any) -> list[float]:
    values = value if isinstance(value, list) else [value]
    if len(values) > MOST_VALUES or any(type(each) not in (int, float) for each in values):
        raise ValueError(value)
    return [float(each) for each in values]


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise ValueError(value)
    return value


@cache
def _units() -> frozenset[str]:
    model = service_model("cloudwatch")
    assert model is not None
    return frozenset(model.shape_for("StandardUnit").enum)  # type: ignore[attr-defined]
