"""Data, gathered into the periods that a request or an alarm looks at.

A period begins where the request begins, and goes by the time of its beginning.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from operator import itemgetter

from labkit.cloud.metrics.aggregate import Aggregate, merged

Point = tuple[int, Aggregate]  # what begins at an instant (epoch seconds)
BEGIN = itemgetter(0)


def gather(points: list[Point], *, first: int, end: int, width: int) -> dict[int, Aggregate]:
    """The periods of `width` seconds from `first` that have data before `end`, oldest first.

    `points` are oldest first, too; there may be several of one instant.

    >>> value = Aggregate()
    >>> value.add(5)
    >>> list(gather([(70, value), (80, value), (990, value)], first=20, end=200, width=50))
    [70]
    """
    wanted = slice(*(bisect_left(points, instant, key=BEGIN) for instant in (first, end)))
    periods: dict[int, list[Aggregate]] = defaultdict(list)
    for begin, aggregate in points[wanted]:
        periods[first + (begin - first) // width * width].append(aggregate)
    return {begin: merged(parts) for begin, parts in periods.items()}
