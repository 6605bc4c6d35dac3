"""The watch over alarms: when it runs, and what it takes for granted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from moto.cloudwatch.models import cloudwatch_backends

from labkit.cloud.clock import Clock
from labkit.cloud.metrics.backend import LabCloudWatchBackend
from labkit.cloud.metrics.plane import Metrics
from labkit.cloud.tasks import Tasks

SETTINGS: dict[str, Any] = {
    "name": "errors",
    "namespace": "Shop",
    "metric_name": "Errors",
    "metric_data_queries": None,
    "comparison_operator": "GreaterThanThreshold",
    "evaluation_periods": 1,
    "datapoints_to_alarm": None,
    "period": 60,
    "threshold": 0.0,
    "statistic": "Sum",
    "extended_statistic": None,
    "description": None,
    "dimensions": [],
    "alarm_actions": [],
    "ok_actions": [],
    "insufficient_data_actions": [],
    "unit": None,
    "actions_enabled": True,
    "treat_missing_data": None,
    "evaluate_low_sample_count_percentile": None,
    "threshold_metric_id": None,
    "rule": None,
}


class SmallCloud:
    """As much of a cloud as alarms need."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.tasks = Tasks()
        self.metrics = Metrics(self)  # type: ignore[arg-type]


@pytest.fixture
def backends(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """CloudWatch's backends, none of which is there yet."""
    monkeypatch.setattr(cloudwatch_backends, "backend", LabCloudWatchBackend)
    monkeypatch.setattr(LabCloudWatchBackend, "cloud", SimpleNamespace(), raising=False)
    cloudwatch_backends.clear()
    yield cloudwatch_backends["123456789012"]
    cloudwatch_backends.clear()


def run(scenario: Any, backends: Any) -> None:
    """Run a scenario with a cloud, and stop that."""

    async def main() -> None:
        cloud = LabCloudWatchBackend.cloud = SmallCloud()  # type: ignore[assignment]
        try:
            await scenario(cloud, backends["us-east-1"])
        finally:
            cloud.clock.reset()
            await cloud.metrics.stop()
            await cloud.tasks.stop()

    asyncio.run(main())


def test_nothing_runs_without_an_alarm(backends: Any) -> None:
    """One task does while there are alarms, and it ends with the minute of the last one."""

    async def scenario(cloud: SmallCloud, backend: LabCloudWatchBackend) -> None:
        assert cloud.tasks.names() == []
        for name in ("one", "two"):
            backend.put_metric_alarm(**{**SETTINGS, "name": name})
        assert cloud.tasks.names() == ["alarms"]
        await asyncio.sleep(0)
        backend.delete_alarms(["one", "two"])
        watch = cloud.metrics.alarms._watch
        cloud.clock.advance(60)
        await asyncio.wait_for(watch, 5)
        assert cloud.tasks.names() == []
        backend.put_metric_alarm(**SETTINGS)
        assert cloud.tasks.names() == ["alarms"]

    run(scenario, backends)


def test_an_alarm_moves_without_being_asked(backends: Any) -> None:
    """At the end of the minute, by the clock."""

    async def scenario(cloud: SmallCloud, backend: LabCloudWatchBackend) -> None:
        alarm = backend.put_metric_alarm(**SETTINGS)
        await asyncio.sleep(0)
        cloud.metrics.record("Shop", "Errors", 1)
        cloud.clock.advance(60)
        for _ in range(5):
            await asyncio.sleep(0)
        assert alarm.state_value == "ALARM"

    run(scenario, backends)


def test_alarms_of_a_region_see_its_own_metrics(backends: Any) -> None:
    """An alarm in another region has no data."""

    async def scenario(cloud: SmallCloud, backend: LabCloudWatchBackend) -> None:
        here = backend.put_metric_alarm(**SETTINGS)
        there = backends["eu-west-1"].put_metric_alarm(**SETTINGS)
        cloud.metrics.record("Shop", "Errors", 1, region="eu-west-1")
        cloud.clock.advance(60)
        cloud.metrics.alarms.catch_up()
        assert (here.state_value, there.state_value) == ("INSUFFICIENT_DATA", "ALARM")

    run(scenario, backends)


def test_a_long_jump_is_not_evaluated_minute_by_minute(backends: Any) -> None:
    """A year has no more evaluations than two days, and ends in the present state."""

    async def scenario(cloud: SmallCloud, backend: LabCloudWatchBackend) -> None:
        alarm = backend.put_metric_alarm(**{**SETTINGS, "treat_missing_data": "notBreaching"})
        evaluated = 0
        assess = alarm.assess

        def counted(*args: Any) -> Any:
            nonlocal evaluated
            evaluated += 1
            return assess(*args)

        alarm.assess = counted  # type: ignore[method-assign]
        cloud.clock.advance(365 * 24 * 3600)
        cloud.metrics.alarms.catch_up()
        assert alarm.state_value == "OK"
        assert evaluated <= 2 * 24 * 60
        assert alarm.checked == int(cloud.clock.now()) // 60 * 60

    run(scenario, backends)
