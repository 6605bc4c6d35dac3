"""Metrics that are looked up when somebody asks, instead of being counted as things happen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from labkit.cloud.metrics.store import Metric, Minutes


class Gauges(Protocol):
    """The gauges of one namespace."""

    namespace: str

    def metrics(self, region: str) -> Iterator[Metric]:
        """Every metric that there is."""

    def unit(self, name: str) -> str | None:
        """The unit of the metrics of this name; None for a name that is no gauge."""

    def minutes(self, metric: Metric, first: int, end: int) -> Minutes:
        """One value for each minute from `first` until before `end`, up to the present one."""
