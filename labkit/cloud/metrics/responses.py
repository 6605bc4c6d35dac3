"""Requests and answers of CloudWatch where moto's differ from AWS's, or are missing."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterCombination, InvalidParameterValue
from moto.core.responses import ActionResult

from labkit.cloud.metrics import queries
from labkit.cloud.metrics.alarm import LabAlarm
from labkit.cloud.metrics.checked import CheckedResponse
from labkit.cloud.metrics.checks import check_alarm
from labkit.cloud.metrics.listing import listed

PAGE = 500  # metrics
MOST_DATAPOINTS = 100_800
MOST_RECORDS = 100  # alarms or items of history, unless fewer are asked for
RECENTLY = 3 * 3600  # seconds; PT3H is the only value of RecentlyActive


class MetricsResponse(CheckedResponse):
    """The operations of CloudWatch, as moto dispatches them by name."""

    def put_metric_alarm(self) -> ActionResult:
        """PutMetricAlarm, of a metric and with SNS topics."""
        check_alarm(self._get_params(), self.region)
        return super().put_metric_alarm()

    def get_metric_data(self) -> ActionResult:
        """GetMetricData, in pages of data points."""
        begin = _place_of(self._get_param("NextToken"))
        most = int(self._get_param("MaxDatapoints") or MOST_DATAPOINTS)
        answer = super().get_metric_data().result
        token = queries.page_of(answer["MetricDataResults"], begin, most)
        return ActionResult({**answer, "Messages": [], "NextToken": token})

    def get_metric_statistics(self) -> ActionResult:
        """GetMetricStatistics."""
        names = self._get_param("Statistics", [])
        percentiles = self._get_param("ExtendedStatistics", [])
        if not names and not percentiles:
            raise InvalidParameterCombination(
                "Must specify either Statistics or ExtendedStatistics"
            )
        asked = self._get_params()
        points = queries.statistics(
            self._metrics,
            queries.metric_of(self.region, asked),
            start=asked["StartTime"],
            end=asked["EndTime"],
            period=int(asked["Period"]),
            names=names,
            percentiles=percentiles,
            unit=asked.get("Unit"),
        )
        return ActionResult({"Label": asked["MetricName"], "Datapoints": points})

    def list_metrics(self) -> ActionResult:
        """ListMetrics, 500 at a time."""
        asked = self._get_params()
        since = None
        if asked.get("RecentlyActive"):
            since = int(self.cloudwatch_backend.cloud.clock.now()) - RECENTLY
        found = listed(
            self._metrics,
            self.region,
            namespace=asked.get("Namespace"),
            name=asked.get("MetricName"),
            dimensions=asked.get("Dimensions") or [],
            since=since,
        )
        page, token = _page(found, asked.get("NextToken"), PAGE)
        return ActionResult({"Metrics": page, "NextToken": token})

    def describe_alarms(self) -> ActionResult:
        """DescribeAlarms, by everything that it may be asked by."""
        asked = self._get_params()
        found = self.cloudwatch_backend.describe_alarms()
        types = asked.get("AlarmTypes") or ["MetricAlarm"]
        kept = [alarm for alarm in found if "MetricAlarm" in types and _is_asked(alarm, asked)]
        size = int(asked.get("MaxRecords") or MOST_RECORDS)
        page, token = _page(kept, asked.get("NextToken"), size)
        return ActionResult({"MetricAlarms": page, "CompositeAlarms": [], "NextToken": token})

    def describe_alarms_for_metric(self) -> ActionResult:
        """DescribeAlarmsForMetric: those on exactly this metric."""
        asked = self._get_params()
        metric = queries.metric_of(self.region, asked)
        wanted = {
            "statistic": asked.get("Statistic"),
            "extended_statistic": asked.get("ExtendedStatistic"),
            "period": asked.get("Period"),
            "unit": asked.get("Unit"),
        }
        found = [
            alarm
            for alarm in self.cloudwatch_backend.describe_alarms()
            if alarm.metric == metric
            and all(getattr(alarm, name) == value for name, value in wanted.items() if value)
        ]
        return ActionResult({"MetricAlarms": found})

    def describe_alarm_history(self) -> ActionResult:
        """DescribeAlarmHistory, newest first unless asked otherwise."""
        asked = self._get_params()
        self._metrics.alarms.catch_up()
        own = f":{self.region}:{self.current_account}:"
        found = [
            item
            for arn, item in self._metrics.alarms.history.items
            if own in arn and _is_of(item, asked)
        ]
        if asked.get("ScanBy") != "TimestampAscending":
            found.reverse()
        size = int(asked.get("MaxRecords") or MOST_RECORDS)
        page, token = _page(found, asked.get("NextToken"), size)
        return ActionResult({"AlarmHistoryItems": page, "NextToken": token})

    @property
    def _metrics(self) -> Any:
        return self.cloudwatch_backend.cloud.metrics


def _is_asked(alarm: LabAlarm, asked: dict[str, Any]) -> bool:
    names, prefix = asked.get("AlarmNames"), asked.get("ActionPrefix")
    actions = (*alarm.alarm_actions, *alarm.ok_actions, *alarm.insufficient_data_actions)
    return (
        (not names or alarm.name in names)
        and alarm.name.startswith(asked.get("AlarmNamePrefix") or "")
        and alarm.state_value == (asked.get("StateValue") or alarm.state_value)
        and (not prefix or any(action.startswith(prefix) for action in actions))
    )


def _is_of(item: dict[str, Any], asked: dict[str, Any]) -> bool:
    at, start, end = item["Timestamp"], asked.get("StartDate"), asked.get("EndDate")
    return (
        item["AlarmType"] in (asked.get("AlarmTypes") or ["MetricAlarm"])
        and item["AlarmName"] == (asked.get("AlarmName") or item["AlarmName"])
        and item["HistoryItemType"] == (asked.get("HistoryItemType") or item["HistoryItemType"])
        and (start is None or queries.epoch(start) <= queries.epoch(at))
        and (end is None or queries.epoch(at) <= queries.epoch(end))
    )


def _page(found: list[Any], token: str | None, size: int) -> tuple[list[Any], str | None]:
    """One page of a list, and what to ask for the next with: how many there were before it."""
    begin = _place_of(token)
    end = begin + size
    return found[begin:end], str(end) if end < len(found) else None


def _place_of(token: str | None) -> int:
    if token is not None and not token.isdecimal():
        raise InvalidParameterValue("Request parameter NextToken is invalid")
    return int(token or 0)
