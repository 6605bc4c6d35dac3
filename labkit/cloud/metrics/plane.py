"""The metrics of a cloud: counted ones, gauges, and what AWS sums up over all resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from labkit.cloud.metrics.alarms import Alarms
from labkit.cloud.metrics.periods import BEGIN, Point
from labkit.cloud.metrics.store import Metric, Series, Store

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

    def points(self, metric: Metric, unit: str | None, first: int, end: int) -> list[Point]:
        """A metric's data from `first` until before `end`; without a unit, those of every unit."""
        units = self.units(metric)
        found = [
            point
            for each in (units if unit is None else units & {unit})
            for series in self._series(metric, each, first, end)
            for point in series.items()
            if first <= point[0] < end
        ]
        return sorted(found, key=BEGIN)

    def _series(self, metric: Metric, unit: str, first: int, end: int) -> Iterator[Series]:
        gauges = self._gauges.get(metric.namespace)
        if gauges is not None and gauges.unit(metric.name) is not None:
            yield gauges.series(metric, first, end)
        else:
            for part in self._parts(metric):
                yield self.store.series(part, unit)

    def _parts(self, metric: Metric) -> list[Metric]:
        if metric.namespace not in SUMMED_UP or metric.dimensions:
            return [metric]
        return [
            each
            for each in self.store.metrics()
            if (each.region, each.namespace, each.name)
            == (metric.region, metric.namespace, metric.name)
        ]
