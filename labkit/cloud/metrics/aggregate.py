"""What CloudWatch keeps of many values: their count, sum, smallest and largest, and their spread.

Percentiles come from the spread, which counts values in buckets of equal relative width; that is
how CloudWatch's own agent sums values up too, and it bounds what a minute can take in memory.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
"""

from __future__ import annotations

import math
from collections.abc import Iterable

# Buckets 1 % wide: a percentile is within 0.5 % of the value that it stands for.
BUCKETS_PER_E = 100.0
ZERO = -1_000_000  # the bucket of what has no logarithm


class Aggregate:
    """Values of one metric in one span of time."""

    __slots__ = ("count", "maximum", "minimum", "spread", "total")

    def __init__(self) -> None:
        self.count = 0.0
        self.total = 0.0
        self.minimum = math.inf
        self.maximum = -math.inf
        self.spread: dict[int, float] | None = {}

    def add(self, value: float, count: float = 1.0) -> None:
        """Take in `value`, `count` times."""
        self.count += count
        self.total += value * count
        if value < self.minimum:
            self.minimum = value
        if value > self.maximum:
            self.maximum = value
        spread = self.spread
        if spread is not None:
            bucket = math.floor(math.log(value) * BUCKETS_PER_E) if value > 0 else ZERO
            spread[bucket] = spread.get(bucket, 0.0) + count

    def add_statistics(self, *, count: float, total: float, minimum: float, maximum: float) -> None:
        """Take in a statistic set, of whose values nobody knows the spread."""
        if count <= 0:
            return
        if count == 1 or minimum == maximum:
            self.add(minimum, count)
            return
        self.count += count
        self.total += total
        self.minimum = min(self.minimum, minimum)
        self.maximum = max(self.maximum, maximum)
        self.spread = None

    def percentile(self, percent: float) -> float | None:
        """The value below which `percent` of the values lie, None when the spread is unknown.

        Percentiles need raw values: of statistic sets there are none unless their values are all
        the same.
        """
        if self.spread is None or not self.count:
            return None
        if percent in (0, 100):
            return self.maximum if percent else self.minimum
        rank = self.count * percent / 100
        passed = 0.0
        for bucket in sorted(self.spread):
            passed += self.spread[bucket]
            if passed >= rank:
                middle = 0.0 if bucket == ZERO else math.exp((bucket + 0.5) / BUCKETS_PER_E)
                return min(max(middle, self.minimum), self.maximum)
        return self.maximum


def merged(aggregates: Iterable[Aggregate]) -> Aggregate:
    """All values of `aggregates` together."""
    whole = Aggregate()
    for part in aggregates:
        whole.count += part.count
        whole.total += part.total
        whole.minimum = min(whole.minimum, part.minimum)
        whole.maximum = max(whole.maximum, part.maximum)
        if part.spread is None:
            whole.spread = None
        if whole.spread is not None and part.spread is not None:
            for bucket, count in part.spread.items():
                whole.spread[bucket] = whole.spread.get(bucket, 0.0) + count
    return whole
