"""CloudWatch as a moto backend: metrics of the cloud's own store, alarms that are evaluated.

moto's response class calls the methods below, or the lab's own does (`responses`). Dashboards and
tags stay moto's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from moto.cloudwatch.exceptions import (
    InvalidFormat,
    InvalidParameterValue,
    ResourceNotFound,
    ResourceNotFoundException,
    ValidationError,
)
from moto.cloudwatch.models import CloudWatchBackend

from labkit.cloud.constraints import not_one_of
from labkit.cloud.metrics.alarm import Finding, LabAlarm
from labkit.cloud.metrics.checks import check_datum
from labkit.cloud.metrics.evaluation import State
from labkit.cloud.metrics.queries import data, epoch, metric_of
from labkit.cloud.metrics.store import MINUTE

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class LabCloudWatchBackend(CloudWatchBackend):
    """The alarms of one account and region, and the way to its metrics."""

    cloud: ClassVar[Cloud]
    alarms: dict[str, LabAlarm]  # type: ignore[assignment]

    # Data in.

    def put_metric_data(self, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        """Take in values that a user reports, each in its own minute or second."""
        now = self.cloud.clock.now()
        if namespace.startswith("AWS/"):
            raise InvalidParameterValue(
                f"The value {namespace} for parameter Namespace is invalid."
            )
        for number, datum in enumerate(metric_data, 1):
            check_datum(datum, number, at=_time_of(datum, now), now=now)
            self._validate_parameters_put_metric_data(datum, number)
        store = self.cloud.metrics.store
        for datum in metric_data:
            metric = metric_of(self.region_name, {"Namespace": namespace, **datum})
            grain = datum.get("StorageResolution") or MINUTE
            begin = int(_time_of(datum, now)) // grain * grain
            aggregate = store.at(metric, datum.get("Unit") or "None", begin)
            if statistics := datum.get("StatisticValues"):
                aggregate.add_statistics(
                    count=float(statistics["SampleCount"]),
                    total=float(statistics["Sum"]),
                    minimum=float(statistics["Minimum"]),
                    maximum=float(statistics["Maximum"]),
                )
            elif values := datum.get("Values"):
                counts = datum.get("Counts") or [1.0] * len(values)
                for value, count in zip(values, counts, strict=True):
                    aggregate.add(float(value), float(count))
            else:
                aggregate.add(float(datum.get("Value", 0.0)))

    # Data out.

    def get_metric_data(
        self,
        queries: list[dict[str, Any]],
        start_time: datetime,
        end_time: datetime,
        scan_by: str = "TimestampAscending",
    ) -> list[dict[str, Any]]:
        """The results of several queries."""
        return data(
            self.cloud.metrics,
            self.region_name,
            queries,
            start=start_time,
            end=end_time,
            newest_first=scan_by == "TimestampDescending",
        )

    # Alarms.

    def put_metric_alarm(  # type: ignore[override]
        self, *, tags: list[dict[str, str]] | None = None, **settings: Any
    ) -> LabAlarm:
        """Create an alarm, or change it and leave its state as it is."""
        now = self.cloud.clock.now()
        alarm = LabAlarm(
            now=now, account_id=self.account_id, region_name=self.region_name, **settings
        )
        alarms = self.cloud.metrics.alarms
        alarms.catch_up()
        former = self.alarms.get(alarm.name)
        if former is not None:
            alarm.succeed(former)
        self.alarms[alarm.name] = alarm
        if tags and former is None:
            self.tagger.tag_resource(alarm.alarm_arn, tags)
        alarms.history.configuration(alarm, "Create" if former is None else "Update", now)
        alarms.watch()
        return alarm

    def describe_alarms(self) -> Iterable[LabAlarm]:  # type: ignore[override]
        """Every alarm, by name, as of now."""
        self.cloud.metrics.alarms.catch_up()
        return [self.alarms[name] for name in sorted(self.alarms)]

    def list_tags_for_resource(self, arn: str) -> dict[str, str]:
        """The tags of an alarm."""
        self._check_alarm(arn)
        return super().list_tags_for_resource(arn)

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """Take tags from an alarm, whether it has any or not."""
        self._check_alarm(arn)
        self.tagger.untag_resource_using_names(arn, tag_keys)

    def _check_alarm(self, arn: str) -> None:
        if arn not in [alarm.alarm_arn for alarm in self.alarms.values()]:
            raise ResourceNotFoundException

    def delete_alarms(self, alarm_names: list[str]) -> None:
        """Delete alarms; names that there are not do no harm."""
        alarms = self.cloud.metrics.alarms
        alarms.catch_up()
        for name in alarm_names:
            if name in self.alarms:
                alarms.history.configuration(self.alarms[name], "Delete", self.cloud.clock.now())
        super().delete_alarms(alarm_names)

    def enable_alarm_actions(self, alarm_names: list[str]) -> None:
        """Let alarms notify from now on."""
        self.cloud.metrics.alarms.catch_up()
        super().enable_alarm_actions(alarm_names)

    def disable_alarm_actions(self, alarm_names: list[str]) -> None:
        """Let alarms change their states in silence from now on."""
        self.cloud.metrics.alarms.catch_up()
        super().disable_alarm_actions(alarm_names)

    def set_alarm_state(
        self, alarm_name: str, reason: str, reason_data: str, state_value: str
    ) -> None:
        """Put an alarm in a state until its next evaluation, with all that it does then."""
        alarms = self.cloud.metrics.alarms
        alarms.catch_up()
        alarm = self.alarms.get(alarm_name)
        if alarm is None:
            raise ResourceNotFound(f"There is no alarm {alarm_name}.")
        if state_value not in set(State):
            states = ("INSUFFICIENT_DATA", "ALARM", "OK")
            raise ValidationError(not_one_of("stateValue", state_value, states))
        try:
            json.loads(reason_data or "{}")
        except (ValueError, RecursionError) as error:
            raise InvalidFormat(f"StateReasonData is not JSON: {error}") from error
        finding = Finding(State(state_value), reason, reason_data or "")
        alarms.move(alarm, finding, self.cloud.clock.now())


def _time_of(datum: dict[str, Any], now: float) -> float:
    timestamp = datum.get("Timestamp")
    return now if timestamp is None else epoch(timestamp)
