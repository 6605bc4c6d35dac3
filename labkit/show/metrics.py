"""What CloudWatch has counted: the sum of one metric over all that it still has of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from labkit.lab import Lab

# The longest that CloudWatch keeps one-minute values, by which the whole lab is covered.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
KEPT = timedelta(days=15)
PERIOD = timedelta(hours=1)


def total(
    lab: Lab, namespace: str, metric: str, dimension: str, name: str, *, since: timedelta = KEPT
) -> float:
    """The sum of a metric of one thing; the local cloud's is there at once, AWS's minutes later."""
    now = lab.clock.now() if lab.is_local else datetime.now(UTC)
    query = {
        "Id": "total",
        "MetricStat": {
            "Metric": {
                "Namespace": namespace,
                "MetricName": metric,
                "Dimensions": [{"Name": dimension, "Value": name}],
            },
            "Period": int(PERIOD.total_seconds()),
            "Stat": "Sum",
        },
    }
    pages = (
        lab.client("cloudwatch")
        .get_paginator("get_metric_data")
        .paginate(MetricDataQueries=[query], StartTime=now - since, EndTime=now + PERIOD)
    )
    return sum(value for page in pages for value in page["MetricDataResults"][0]["Values"])
