"""The metrics of a cloud: counted ones, gauges, and what AWS sums up over all resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from labkit.cloud.metrics.alarms import Alarms
from labkit.cloud.metrics.periods import joined, within
from labkit.cloud.metrics.store import Metric, Minutes, Store

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud
    from labkit.cloud.queues.gauges import QueueGauges

# "Lambda metrics are also available across all functions", without a dimension.
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
SUMMED_UP = {"AWS/Lambda"}


class Metrics:
    """Takes values in with `record`, and has them ready for whoever reads."""

    def __init__(self, cloud: Cloud, gauges: Iterable[QueueGauges] = ()) -> None:
        self.store = Store()
        self.record = self.store.record
        self.alarms = Alarms(cloud)
        self._gauges = {each.namespace: each for each in gauges}

    async def reset(self) -> None:
        """Forget every value; alarms are gone with moto's state."""
        await self.alarms.stop()
        self.store.clear()

    async def stop(self) -> None:
        """Stop watching alarms."""
        await self.alarms.stop()

    def metrics(self, region: str) -> Iterator[Metric]:
        """Every metric of a region that there are data of."""
        across = set()
        for metric in self.store.metrics():
            if metric.region == region:
                yield metric
                if metric.namespace in SUMMED_UP and metric.dimensions:
                    across.add(Metric(region, metric.namespace, metric.name))
        yield from across
        for gauges in self._gauges.values():
            yield from gauges.metrics(region)

    def units(self, metric: Metric) -> set[str]:
        """The units in which a metric was reported."""
        gauges = self._gauges.get(metric.namespace)
        if gauges is not None and (unit := gauges.unit(metric.name)) is not None:
            return {unit}
        return set().union(*(self.store.units(each) for each in self._parts(metric)))

    def minutes(self, metric: Metric, unit: str | None, first: int, end: int) -> Minutes:
        """A metric's data by minutes since the epoch; without a unit, those of every unit."""
        gauges = self._gauges.get(metric.namespace)
        if gauges is not None and (known := gauges.unit(metric.name)) is not None:
            return gauges.minutes(metric, first, end) if unit in (None, known) else {}
        units = self.units(metric) if unit is None else {unit}
        parts = [
            within(self.store.minutes(each, each_unit), first, end)
            for each in self._parts(metric)
            for each_unit in units
        ]
        return joined(parts)

    def _parts(self, metric: Metric) -> list[Metric]:
        if metric.namespace not in SUMMED_UP or metric.dimensions:
            return [metric]
        return [
            each
            for each in self.store.metrics()
            if (each.region, each.namespace, each.name)
            == (metric.region, metric.namespace, metric.name)
        ]
