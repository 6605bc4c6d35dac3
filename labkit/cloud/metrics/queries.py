"""The answers to GetMetricData and GetMetricStatistics.

Both readers take periods from the requested start on, rounded down to the minute, or to the period
where that is shorter; a period's data count as soon as they are there.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.cloudwatch.exceptions import (
    InvalidParameterCombination,
    InvalidParameterValue,
    ValidationError,
)

from labkit.cloud.metrics.alarm import moment
from labkit.cloud.metrics.checks import check_period
from labkit.cloud.metrics.errors import refuse
from labkit.cloud.metrics.periods import gather
from labkit.cloud.metrics.plane import Metrics
from labkit.cloud.metrics.statistics import SIMPLE, statistic
from labkit.cloud.metrics.store import MINUTE, Metric

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
    _check_ids([query["Id"] for query in queries])
    for query in queries:
        if "${" in (query.get("Label") or ""):
            raise refuse(f"A dynamic label ({query['Label']})")
        check_period(query["MetricStat"]["Period"])
    labels = _labels([query["MetricStat"] for query in queries])
    return [
        _result(metrics, region, query, label, start, end, newest_first)
        for query, label in zip(queries, labels, strict=True)
        if query.get("ReturnData", True)
    ]


def page_of(results: list[dict[str, Any]], begin: int, most: int) -> str | None:
    """Leave `most` data points of the results, from the `begin`th on; return the next page's token.

    The points are counted in the order of the results.
    """
    end, before = begin + most, 0
    for result in results:
        kept = slice(max(0, begin - before), max(0, end - before))
        before += len(result["Values"])
        result["StatusCode"] = "Complete" if before <= end else "PartialData"
        for name in ("Timestamps", "Values"):
            result[name] = result[name][kept]
    return str(end) if before > end else None


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
    if start >= end:
        raise InvalidParameterValue(
            "The parameter StartTime must be less than the parameter EndTime."
        )
    check_period(period)
    first, last = _span(start, end, period)
    for name in names:
        if name not in SIMPLE:
            raise InvalidParameterValue(
                f"The value {name} for parameter Statistics is not supported."
            )
    asked = math.ceil((end - start) / timedelta(seconds=period))
    if asked > MOST_STATISTICS:
        raise InvalidParameterCombination(
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of "
            f"{MOST_STATISTICS:,}. You may reduce the datapoints requested by increasing Period, "
            "or decreasing the time range."
        )
    points = []
    for each in sorted(metrics.units(metric)) if unit is None else [unit]:
        known = metrics.points(metric, each, first, last)
        for begin, aggregate in gather(known, first=first, end=last, width=period).items():
            point = {"Timestamp": moment(begin), "Unit": each}
            point |= {name: statistic(name)(aggregate) for name in names}
            spread = {name: statistic(name)(aggregate) for name in percentiles}
            if any(value is not None for value in spread.values()):
                point["ExtendedStatistics"] = spread
            points.append(point)
    return sorted(points, key=lambda point: point["Timestamp"])


def epoch(instant: datetime) -> float:
    """Seconds since the epoch; an instant without a zone is in UTC, as moto's are."""
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def _result(
    metrics: Metrics,
    region: str,
    query: dict[str, Any],
    label: str,
    start: datetime,
    end: datetime,
    newest_first: bool,
) -> dict[str, Any]:
    asked = query["MetricStat"]
    metric, period = metric_of(region, asked["Metric"]), asked["Period"]
    measure = statistic(asked["Stat"])
    first, last = _span(start, end, period)
    units = sorted(metrics.units(metric)) if asked.get("Unit") is None else [asked["Unit"]]
    known = {unit: metrics.points(metric, unit, first, last) for unit in units}
    reported = [unit for unit in units if known[unit]]
    periods = gather(known[reported[0]] if reported else [], first=first, end=last, width=period)
    values = {begin: measure(periods[begin]) for begin in periods}
    points = [(moment(begin), value) for begin, value in values.items() if value is not None]
    if newest_first:
        points.reverse()
    result = {
        "Id": query["Id"],
        "Label": query.get("Label") or label,
        "Timestamps": [at for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }
    if len(reported) > 1:  # CloudWatch takes the first and says so
        text = f"Multiple units returned: '[{', '.join(reported)}]'"
        result["Messages"] = [{"Code": "MultipleUnits", "Value": text}]
    return result


def _span(start: datetime, end: datetime, period: int) -> tuple[int, int]:
    grain = min(period, MINUTE)
    return int(epoch(start)) // grain * grain, math.ceil(epoch(end))


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


def _labels(asked: Sequence[dict[str, Any]]) -> list[str]:
    # "CloudWatch generates a default": the metric's name, and what tells it from the others.
    labels = [each["Metric"]["MetricName"] for each in asked]
    if len(set(labels)) == len(labels):
        return labels
    for name in ("Stat", "Period"):
        if len({each[name] for each in asked}) > 1:
            labels = [f"{label} {each[name]}" for label, each in zip(labels, asked, strict=True)]
    return labels
