"""Metrics that a log event carries."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from labkit.cloud.metrics import embedded
from tests.cloud.metrics.conftest import Watch

SPECIFICATION = "CloudWatch guide: CloudWatch_Embedded_Metric_Format_Specification"


def message(at: float, dimensions: list[list[str]], *metrics: dict[str, Any], **root: Any) -> str:
    """A log line in the embedded metric format, for the namespace Orders."""
    directive = {"Namespace": "Orders", "Dimensions": dimensions, "Metrics": list(metrics)}
    metadata = {"Timestamp": int(at * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": metadata, **root})


STORED = {"Name": "Stored", "Unit": "Count"}
TOO_MANY = {f"d{number}": "x" for number in range(31)}


@pytest.mark.fidelity(
    "CloudWatch",
    "A log line in the embedded metric format is a metric, in each of its sets of dimensions.",
    source=SPECIFICATION,
)
def test_what_a_function_prints_is_a_metric(watch: Watch, client: Callable[..., Any]) -> None:
    """One value for each set; a list has many; no permission of CloudWatch's is needed."""
    logs = client("logs")
    group = watch.aws.name("/aws/lambda/embeds")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    now = watch.now().timestamp()
    lines = [
        message(now, [["shop"], ["shop", "country"]], STORED, shop=group, country="UK", Stored=2),
        message(now, [["shop"]], STORED, shop=group, Stored=[3, 5.5]),
        "INFO not a metric",
        message(now, [["shop"]], STORED, shop=group, Stored="many"),
    ]
    events = [{"timestamp": int(now * 1000), "message": line} for line in lines]
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)
    assert sum(watch.values("Orders:Stored", shop=group)) == 10.5
    assert sum(watch.values("Orders:Stored", "SampleCount", shop=group)) == 3
    assert sum(watch.values("Orders:Stored", shop=group, country="UK")) == 2
    kept = logs.get_log_events(logGroupName=group, logStreamName="one")["events"]
    assert [event["message"] for event in kept] == lines


def test_high_resolution_is_kept_by_the_second(watch: Watch, client: Callable[..., Any]) -> None:
    """As the metric's StorageResolution says."""
    logs, group = client("logs"), watch.aws.name("/fine")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    minute = watch.begin_minute().timestamp()
    fine = {**STORED, "StorageResolution": 1}
    events = [
        {
            "timestamp": int(minute * 1000),
            "message": message(minute + second, [["shop"]], fine, shop=group, Stored=second),
        }
        for second in (1, 2)
    ]
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)
    assert watch.values("Orders:Stored", shop=group, period=1) == [1, 2]


@pytest.mark.parametrize(
    "line",
    [
        '{"_aws": ',
        '{"_aws": null}',
        '{"_aws": {"Timestamp": "now", "CloudWatchMetrics": []}}',
        '{"_aws": {"Timestamp": 1e300, "CloudWatchMetrics": []}}',
        message(0, [["shop"]], STORED, Stored=1),  # no such dimension
        message(0, [["shop"]], STORED, shop=7, Stored=1),
        message(0, [[]], STORED),
        message(0, [[]], STORED, Stored=True),
        message(0, [[]], STORED, Stored=[1] * 101),
        message(0, [[]], {"Name": "Stored", "Unit": "Orders"}, Stored=1),
        message(0, [list(TOO_MANY)], STORED, Stored=1, **TOO_MANY),
    ],
)
def test_what_breaks_the_format_is_a_log_event_like_any_other(line: str) -> None:
    """No part of it is a metric."""
    assert embedded.read(line) == []
