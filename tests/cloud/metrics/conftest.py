"""A real cloud with a clock to turn, and short ways to ask its CloudWatch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cloud.mappings.conftest import Aws, aws

__all__ = ["Watch", "aws", "watch"]


class Watch:
    """CloudWatch and the clock of one cloud."""

    def __init__(self, aws: Aws, client: Callable[..., Any]) -> None:
        self.aws = aws
        self.cloudwatch = client("cloudwatch")

    def now(self) -> datetime:
        """The lab's time."""
        return datetime.fromtimestamp(self.aws.page("GET", "/_lab/clock")["now"], UTC)

    def begin_minute(self) -> datetime:
        """Go to the first second of the next minute, so that a test stays in one."""
        now = self.now()
        self.aws.advance(61 - now.second - now.microsecond / 1e6)
        return self.now().replace(second=0, microsecond=0)

    def values(
        self,
        metric: str,
        stat: str = "Sum",
        *,
        hours: float = 1,
        period: int = 60,
        **dimensions: str,
    ) -> list[float]:
        """The values of the last hour of `AWS/Lambda:Errors` and the like, oldest first."""
        end = self.now() + timedelta(minutes=1)
        namespace, _, name = metric.partition(":")
        query = {
            "Id": "asked",
            "MetricStat": {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": name,
                    "Dimensions": named(dimensions),
                },
                "Period": period,
                "Stat": stat,
            },
        }
        answer = self.cloudwatch.get_metric_data(
            MetricDataQueries=[query],
            StartTime=end - timedelta(hours=hours),
            EndTime=end,
            ScanBy="TimestampAscending",
        )
        return answer["MetricDataResults"][0]["Values"]

    def alarm(self, metric: str, *, dimensions: dict[str, str], **settings: Any) -> str:
        """A new alarm for every period of a minute with a sum above 0; its name."""
        namespace, _, name = metric.partition(":")
        alarm = self.aws.name("alarm")
        defaults = {
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
        }
        self.cloudwatch.put_metric_alarm(
            AlarmName=alarm,
            Namespace=namespace,
            MetricName=name,
            Dimensions=named(dimensions),
            **{**defaults, **settings},
        )
        return alarm

    def described(self, alarm: str) -> dict[str, Any]:
        """What DescribeAlarms says of an alarm."""
        (found,) = self.cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
        return found

    def state(self, alarm: str) -> str:
        """The state of an alarm."""
        return self.described(alarm)["StateValue"]

    def history(self, alarm: str, **options: Any) -> list[str]:
        """What happened to an alarm, oldest first."""
        items = self.cloudwatch.describe_alarm_history(
            AlarmName=alarm, ScanBy="TimestampAscending", **options
        )["AlarmHistoryItems"]
        return [item["HistorySummary"] for item in items]


def named(dimensions: dict[str, str]) -> list[dict[str, str]]:
    """Dimensions as requests have them."""
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


@pytest.fixture(scope="module")
def watch(aws: Aws, client: Callable[..., Any]) -> Watch:
    """CloudWatch of a cloud that holds nothing yet."""
    return Watch(aws, client)
