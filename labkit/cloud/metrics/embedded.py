"""Metrics that a log event carries in CloudWatch's embedded metric format.

A function prints them as one line of JSON, as AWS's Powertools for Lambda do, and needs no
permission of CloudWatch's. What is not in the format is a log event like any other.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.model import Shape

from labkit.cloud.constraints import problem_of
from labkit.cloud.protocols import service_model

MARK = '"_aws"'  # what every such event holds
MOST_METRICS = MOST_VALUES = 100


def read(message: str) -> list[dict[str, Any]]:
    """The metrics in the message of a log event, each as PutMetricData takes them.

    There are none when any part of it breaks the format.

    >>> directive = {"Namespace": "Orders", "Dimensions": [[]], "Metrics": [{"Name": "Stored"}]}
    >>> metadata = {"Timestamp": 1795703383037, "CloudWatchMetrics": [directive]}
    >>> [metrics] = read(json.dumps({"_aws": metadata, "Stored": 3}))
    >>> metrics["MetricData"][0]["Values"]
    [3]
    """
    if MARK not in message:
        return []
    try:
        root = json.loads(message)
        metadata = root["_aws"]
        time = datetime.fromtimestamp(metadata["Timestamp"] / 1000, UTC)
        requests = [
            {"Namespace": directive["Namespace"], "MetricData": list(_data(directive, root))}
            for directive in metadata["CloudWatchMetrics"]
        ]
        if any(problem_of(_request(), request) for request in requests):
            return []
    except (KeyError, TypeError, ValueError, OverflowError, OSError, RecursionError):
        return []
    for datum in (datum for request in requests for datum in request["MetricData"]):
        datum["Timestamp"] = time
    return requests


def _data(directive: dict[str, Any], root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One datum for each metric and set of dimensions."""
    metrics = directive["Metrics"]
    if len(metrics) > MOST_METRICS:
        raise ValueError(metrics)
    for names in directive["Dimensions"]:
        dimensions = [{"Name": name, "Value": root[name]} for name in names]
        for metric in metrics:
            value = root[metric["Name"]]
            values = value if isinstance(value, list) else [value]
            if len(values) > MOST_VALUES or not all(type(each) in (int, float) for each in values):
                raise ValueError(value)
            yield {
                "MetricName": metric["Name"],
                "Dimensions": dimensions,
                "Unit": metric.get("Unit", "None"),
                "Values": values,
                "StorageResolution": 1 if metric.get("StorageResolution") == 1 else 60,
            }


@cache
def _request() -> Shape:
    model = service_model("cloudwatch")
    assert model is not None
    return model.operation_model("PutMetricData").input_shape
