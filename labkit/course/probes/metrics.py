"""What CloudWatch has counted of a function."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from labkit.lab import Lab

A_DAY = timedelta(days=1)


def total(lab: Lab, function: str, metric: str) -> float:
    """The sum of one of Lambda's metrics, since yesterday; the lab's clock may be ahead."""
    now = datetime.now(UTC)
    answer = lab.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        StartTime=now - A_DAY,
        EndTime=now + A_DAY,
        Period=int(A_DAY.total_seconds()),
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in answer["Datapoints"])
