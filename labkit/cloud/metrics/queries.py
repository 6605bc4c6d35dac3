"""The answers to GetMetricData, GetMetricStatistics and ListMetrics.

Both readers take periods from the requested start on, rounded down to the minute; a period's data
count as soon as they are there.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import ValidationError

from labkit.cloud.metrics.checks import check_period
from labkit.cloud.metrics.errors import at_odds, invalid, refuse
from labkit.cloud.metrics.periods import gather
from labkit.cloud.metrics.plane import Metrics
from labkit.cloud.metrics.statistics import SIMPLE, statistic
from labkit.cloud.metrics.store import MINUTE, RETENTION_MINUTES, Metric

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
QUERY_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
MOST_STATISTICS = 1_440  # of GetMetricStatistics


def metric_of(region: str, asked: dict[str, Any]) -> Metric:
    """The metric that a request names by Namespace, MetricName and Dimensions."""
    dimensions = sorted((each["Name"], each["Value"]) for each in asked.get("Dimensions") or ())
    return Metric(region, asked["Namespace"], asked["MetricName"], tuple(dimensions))


def data(
    metrics: Metrics,
    region: str,
    queries: Sequence[dict[str, Any]],
    *,
    start: datetime,
    end: datetime,
    newest_first: bool,
) -> list[dict[str, Any]]:
    """The results of GetMetricData's queries."""
    if start > end:
        raise ValidationError("The parameter EndTime must be greater than StartTime.")
    if start == end:
        raise ValidationError("The parameter StartTime must not equal parameter EndTime.")
    first, last = minutes_between(start, end)
    _check_ids([query["Id"] for query in queries])
    for query in queries:
        _check_query(query)
    labels = _labels(queries)
    results = []
    for query, label in zip(queries, labels, strict=True):
        asked = query["MetricStat"]
        measure = statistic(asked["Stat"])
        known = metrics.minutes(metric_of(region, asked["Metric"]), asked.get("Unit"), first, last)
        periods = gather(known, first=first, end=last, width=asked["Period"] // MINUTE)
        points = [(begin, measure(periods[begin])) for begin in periods]
        points = [point for point in points if point[1] is not None]
        if newest_first:
            points.reverse()
        if query.get("ReturnData", True):
            results.append(
                {
                    "Id": query["Id"],
                    "Label": query.get("Label") or label,
                    "Timestamps": [begin_of(begin) for begin, _ in points],
                    "Values": [value for _, value in points],
                    "StatusCode": "Complete",
                }
            )
    return results


def statistics(
    metrics: Metrics,
    metric: Metric,
    *,
    start: datetime,
    end: datetime,
    period: int,
    names: Sequence[str],
    percentiles: Sequence[str],
    unit: str | None,
) -> list[dict[str, Any]]:
    """The data points of GetMetricStatistics, oldest first, those of each unit apart."""
    first, last = minutes_between(start, end)
    check_period(period)
    for name in names:
        if name not in SIMPLE:
            raise invalid(f"The value {name} for parameter Statistics is not supported.")
    width = period // MINUTE
    asked = math.ceil((last - first) / width)
    if asked > MOST_STATISTICS:
        raise at_odds(
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of "
            f"{MOST_STATISTICS:,}. You may reduce the datapoints requested by increasing Period, "
            "or decreasing the time range."
        )
    points = []
    for each in sorted(metrics.units(metric)) if unit is None else [unit]:
        known = metrics.minutes(metric, each, first, last)
        for begin, aggregate in gather(known, first=first, end=last, width=width).items():
            point = {"Timestamp": begin_of(begin), "Unit": each}
            point |= {name: statistic(name)(aggregate) for name in names}
            spread = {name: statistic(name)(aggregate) for name in percentiles}
            if any(value is not None for value in spread.values()):
                point["ExtendedStatistics"] = spread
            points.append(point)
    return sorted(points, key=lambda point: point["Timestamp"])


def listed(
    metrics: Metrics,
    region: str,
    *,
    namespace: str | None,
    name: str | None,
    dimensions: Sequence[dict[str, str]],
    since: int | None,
) -> list[dict[str, Any]]:
    """ListMetrics: what has data, `since` a minute if that is given."""
    found = []
    for metric in metrics.metrics(region):
        if (namespace or metric.namespace) != metric.namespace or (
            name or metric.name
        ) != metric.name:
            continue
        have = dict(metric.dimensions)
        if any(
            have.get(each["Name"], "") != each.get("Value", have.get(each["Name"]))
            for each in dimensions
        ):
            continue
        if since is None or metrics.minutes(metric, None, since, since + RETENTION_MINUTES):
            found.append(
                {
                    "Namespace": metric.namespace,
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in have.items()],
                }
            )
    return sorted(found, key=lambda each: (each["Namespace"], each["MetricName"], str(each)))


def minutes_between(start: datetime, end: datetime) -> tuple[int, int]:
    """The minute of `start`, and that before which data are of `end`."""
    if start >= end:
        raise invalid("The parameter StartTime must be less than the parameter EndTime.")
    return int(epoch(start)) // MINUTE, math.ceil(epoch(end) / MINUTE)


def epoch(instant: datetime) -> float:
    """Seconds since the epoch; an instant without a zone is in UTC, as moto's are."""
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def begin_of(minute: int) -> datetime:
    """When a minute since the epoch began."""
    return datetime.fromtimestamp(minute * MINUTE, UTC).replace(tzinfo=None)


def _check_ids(ids: Sequence[str]) -> None:
    wrong = "".join(
        f"The value {given} for parameter MetricDataQueries.member.{number}.Id is not matching "
        f"the expected pattern ^{QUERY_ID.pattern}$.\n"
        for number, given in enumerate(ids, 1)
        if not QUERY_ID.fullmatch(given)
    )
    if wrong:
        raise ValidationError(wrong)
    if len(set(ids)) < len(ids):
        raise ValidationError("The values for parameter id in MetricDataQueries are not unique.")


def _check_query(query: dict[str, Any]) -> None:
    if "Expression" in query:
        raise refuse(f"Metric math and Metrics Insights (Expression of {query['Id']})")
    if "MetricStat" not in query:
        raise ValidationError("The parameter MetricDataQueries.member.1.MetricStat is required.\n")
    if query.get("AccountId"):
        raise refuse("Another account's metrics (AccountId)")
    if "${" in (query.get("Label") or ""):
        raise refuse(f"A dynamic label ({query['Label']})")
    check_period(query["MetricStat"]["Period"])


def _labels(queries: Sequence[dict[str, Any]]) -> list[str]:
    # "CloudWatch generates a default": the metric's name, and what tells it from the others.
    names = [query["MetricStat"]["Metric"]["MetricName"] for query in queries]
    if len(set(names)) == len(names):
        return names
    return [
        f"{name} {query['MetricStat']['Stat']}" for name, query in zip(names, queries, strict=True)
    ]
