"""One alarm: moto's record of it, and what the data say about its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import Alarm

from labkit.cloud.metrics.evaluation import COMPARISONS, Rule, State, Treatment, judge
from labkit.cloud.metrics.periods import gather
from labkit.cloud.metrics.reasons import INITIAL, Datapoint, reason_data, threshold_crossed
from labkit.cloud.metrics.statistics import statistic
from labkit.cloud.metrics.store import MINUTE, Metric, Minutes


@dataclass(frozen=True)
class Finding:
    """What an alarm's state should be, and why."""

    state: State
    reason: str
    data: str


def moment(instant: float) -> datetime:
    """An instant as moto keeps it."""
    return datetime.fromtimestamp(instant, UTC).replace(tzinfo=None)


class LabAlarm(Alarm):
    """An alarm on one metric.

    `checked` is the minute (since the epoch) up to which it has been evaluated, `configured_at` the
    instant of its last change by a user (epoch seconds).
    """

    def __init__(self, *, now: float, **settings: Any) -> None:
        super().__init__(**settings)
        self.configured_at = now
        self.checked = int(now) // MINUTE
        self.state_value = State.INSUFFICIENT_DATA
        self.state_reason = INITIAL
        self.state_reason_data = None  # is not told until there is some
        self.metric_data_queries = None  # nor is that it is on no expression
        self.state_updated_timestamp = self.state_transitioned_timestamp = moment(now)

    def succeed(self, former: LabAlarm) -> None:
        """Take on the state of the alarm whose place this one takes: an update leaves it alone."""
        self.checked = former.checked
        self.state_value = former.state_value
        self.state_reason = former.state_reason
        self.state_reason_data = former.state_reason_data
        self.state_updated_timestamp = former.state_updated_timestamp
        self.state_transitioned_timestamp = former.state_transitioned_timestamp

    # moto writes an answer from attributes of these names.

    @property
    def alarm_name(self) -> str:
        """The alarm's name."""
        return self.name

    @property
    def alarm_description(self) -> str | None:
        """What the user says of it."""
        return self.description

    @property
    def alarm_configuration_updated_timestamp(self) -> datetime:
        """When the user changed it last."""
        return moment(self.configured_at)

    @property
    def metric(self) -> Metric:
        """What is watched."""
        dimensions = sorted((each.name, each.value) for each in self.dimensions)
        return Metric(self.region_name, self.namespace, self.metric_name, tuple(dimensions))

    @property
    def evaluation(self) -> Rule:
        """How the state follows from the data.

        Alarms on DynamoDB's metrics ignore missing data unless they say otherwise.
        """
        otherwise = "ignore" if self.namespace == "AWS/DynamoDB" else "missing"
        return Rule(
            self.evaluation_periods,
            self.datapoints_to_alarm or self.evaluation_periods,
            Treatment(self.treat_missing_data or otherwise),
        )

    @property
    def width(self) -> int:
        """Minutes of one period."""
        return self.period // MINUTE

    @property
    def reach(self) -> int:
        """Minutes that an evaluation looks back."""
        return self.width * self.evaluation.range

    def assess(self, minutes: Minutes, end: int) -> Finding:
        """What the data until before the minute `end` say."""
        rule = self.evaluation
        points = self._points(minutes, end)
        breaches = COMPARISONS[self.comparison_operator]
        verdict = judge(
            [
                None if point.value is None else breaches(point.value, self.threshold)
                for point in reversed(points)
            ],
            rule,
            State(self.state_value),
        )
        missing = [age for age, point in enumerate(points) if point.value is None]
        evaluated = [
            points[age] for age in sorted((*verdict.evaluated, *missing[: verdict.filled]))
        ]
        reason = threshold_crossed(
            evaluated,
            state=verdict.state,
            comparison=self.comparison_operator,
            threshold=self.threshold,
            periods=rule.periods,
            to_alarm=self.datapoints_to_alarm,
            treatment=rule.treatment,
        )
        data = reason_data(
            evaluated,
            asked=end * MINUTE,
            statistic=self.statistic or self.extended_statistic or "",
            period=self.period,
            threshold=self.threshold,
            unit=self.unit,
        )
        return Finding(verdict.state, reason, data)

    def _points(self, minutes: Minutes, end: int) -> list[Datapoint]:
        first = end - self.reach
        periods = gather(minutes, first=first, end=end, width=self.width)
        measure = statistic(self.statistic or self.extended_statistic or "")
        return [
            Datapoint(start * MINUTE, measure(periods[start]), periods[start].count)
            if start in periods
            else Datapoint(start * MINUTE)
            for start in range(end - self.width, first - 1, -self.width)
        ]
