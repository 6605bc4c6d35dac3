"""One alarm: moto's record of it, and what the data say about its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import Alarm

from labkit.cloud.metrics.evaluation import COMPARISONS, Rule, State, Treatment, judge
from labkit.cloud.metrics.periods import Point, gather
from labkit.cloud.metrics.reasons import INITIAL, Datapoint, reason_data, threshold_crossed
from labkit.cloud.metrics.statistics import statistic
from labkit.cloud.metrics.store import MINUTE, Metric


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

    `checked` is the instant up to which it has been evaluated, `configured_at` that of its last
    change by a user (epoch seconds).
    """

    def __init__(self, *, now: float, **settings: Any) -> None:
        super().__init__(**settings)
        self.configured_at = now
        self.checked = self.due_before(now)
        self.state_value = State.INSUFFICIENT_DATA
        self.state_reason = INITIAL
        self.state_reason_data = None  # is not told until there is some
        self.metric_data_queries = None  # nor is that it is on no expression
        self.state_updated_timestamp = self.state_transitioned_timestamp = moment(now)

    def succeed(self, former: LabAlarm) -> None:
        """Take on the state of the alarm whose place this one takes: an update leaves it alone."""
        for name, value in vars(former).items():
            if name == "checked" or name.startswith("state_"):
                setattr(self, name, value)

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
    def pace(self) -> int:
        """Seconds from one evaluation to the next: a minute, or a shorter period."""
        return min(int(self.period), MINUTE)

    @property
    def reach(self) -> int:
        """Seconds that an evaluation looks back."""
        return int(self.period) * self.evaluation.range

    def due_before(self, now: float) -> int:
        """The last instant until now at which an evaluation is due."""
        return int(now) // self.pace * self.pace

    def assess(self, known: list[Point], end: int) -> Finding:
        """What the data until before the instant `end` say."""
        rule = self.evaluation
        points = self._datapoints(known, end)
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
            asked=end,
            statistic=self.statistic or self.extended_statistic or "",
            period=self.period,
            threshold=self.threshold,
            unit=self.unit,
        )
        return Finding(verdict.state, reason, data)

    def _datapoints(self, known: list[Point], end: int) -> list[Datapoint]:
        first, width = end - self.reach, int(self.period)
        periods = gather(known, first=first, end=end, width=width)
        measure = statistic(self.statistic or self.extended_statistic or "")
        return [
            Datapoint(begin, measure(periods[begin]), periods[begin].count)
            if begin in periods
            else Datapoint(begin)
            for begin in range(end - width, first - 1, -width)
        ]
