"""All metrics of the cloud, as one aggregate for each minute and metric.

A metric is its region, namespace, name and dimensions; data of different units are kept apart. An
aggregate goes by the instant at which its minute begins, or its second when a user reports high
resolution. What AWS's services report arrives through `record`, on hot paths, so it costs a few
dictionary look-ups; what users report arrives through `at`. All of it is forgotten after 15 days,
as AWS keeps data points of one minute for 15 days.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.cloud.metrics.aggregate import Aggregate

MINUTE = 60
RETENTION = 15 * 24 * 3600  # seconds
SWEEP = 24 * 3600

Dimensions = tuple[tuple[str, str], ...]
Series = dict[int, Aggregate]  # by the instants (epoch seconds) at which they begin


@dataclass(frozen=True)
class Metric:
    """What names a metric; `dimensions` are sorted by name."""

    region: str
    namespace: str
    name: str
    dimensions: Dimensions = ()


class Store:
    """The data of all metrics that are counted as they happen."""

    def __init__(self) -> None:
        self._series: dict[tuple[object, ...], Series] = {}
        self._metrics: dict[Metric, set[str]] = {}
        self._swept = 0

    def record(
        self,
        namespace: str,
        name: str,
        value: float,
        *,
        unit: str = "Count",
        region: str = "us-east-1",
        at: float | None = None,
        **dimensions: str,
    ) -> None:
        """Count one value of a metric, now or in the minute of the instant `at` (epoch seconds).

        Dimensions are named as AWS names them; the order in which they are given is of no
        importance. `unit` is one of CloudWatch's units.

            cloud.metrics.record("AWS/Lambda", "Invocations", 1, FunctionName="order-writer")
        """
        items = dimensions.items()
        key = (region, namespace, name, unit, *(items if len(items) < 2 else sorted(items)))
        begin = minute_of(time.time() if at is None else at)
        series = self._series.get(key)
        if series is None:
            series = self._open(key)
        aggregate = series.get(begin)
        if aggregate is None:
            aggregate = _begin(series, begin)
        aggregate.add(value)

    def at(self, metric: Metric, unit: str, begin: int) -> Aggregate:
        """The aggregate that begins at an instant, to put values into."""
        key = _key_of(metric, unit)
        series = self._series.get(key) or self._open(key)
        return series.get(begin) or _begin(series, begin)

    def metrics(self) -> Iterator[Metric]:
        """Every metric that has data."""
        return iter(self._metrics)

    def units(self, metric: Metric) -> set[str]:
        """The units in which a metric was reported."""
        return self._metrics.get(metric, set())

    def series(self, metric: Metric, unit: str) -> Series:
        """A metric's data in one unit; not to be changed."""
        return self._series.get(_key_of(metric, unit), {})

    def clear(self) -> None:
        """Forget everything."""
        self._series.clear()
        self._metrics.clear()
        self._swept = 0

    def _open(self, key: tuple[object, ...]) -> Series:
        self._sweep(minute_of(time.time()))
        self._metrics.setdefault(_metric_of(key), set()).add(str(key[3]))
        return self._series.setdefault(key, {})

    def _sweep(self, present: int) -> None:
        # Metrics of what has long been deleted get no more data, and must not stay for ever.
        if present - self._swept < SWEEP:
            return
        self._swept = present
        horizon = present - RETENTION
        for key in [key for key, series in self._series.items() if max(series) < horizon]:
            del self._series[key]
            units = self._metrics[_metric_of(key)]
            units.remove(str(key[3]))
            if not units:
                del self._metrics[_metric_of(key)]


def minute_of(instant: float) -> int:
    """When the minute of an instant began."""
    return int(instant) // MINUTE * MINUTE


def _metric_of(key: tuple[object, ...]) -> Metric:
    region, namespace, name, _, *dimensions = key
    return Metric(region, namespace, name, tuple(dimensions))  # type: ignore[arg-type]


def _key_of(metric: Metric, unit: str) -> tuple[object, ...]:
    return (metric.region, metric.namespace, metric.name, unit, *metric.dimensions)


def _begin(series: Series, begin: int) -> Aggregate:
    horizon = max(begin, minute_of(time.time())) - RETENTION
    for old in [past for past in series if past < horizon]:
        del series[old]
    aggregate = series[begin] = Aggregate()
    return aggregate
