"""Minutes of data, gathered into the periods that a request or an alarm looks at.

All times are minutes since the epoch. A period begins where the request begins, and goes by the
time of its beginning.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
"""

from __future__ import annotations

from collections import defaultdict

from labkit.cloud.metrics.aggregate import Aggregate, merged
from labkit.cloud.metrics.store import Minutes


def gather(minutes: Minutes, *, first: int, end: int, width: int) -> dict[int, Aggregate]:
    """The periods of `width` minutes from `first` that have data before `end`, oldest first.

    >>> value = Aggregate()
    >>> value.add(5)
    >>> sorted(gather({7: value, 8: value, 99: value}, first=2, end=20, width=5))
    [7]
    """
    periods: dict[int, list[Aggregate]] = defaultdict(list)
    for minute, aggregate in within(minutes, first, end).items():
        periods[first + (minute - first) // width * width].append(aggregate)
    return {start: merged(periods[start]) for start in sorted(periods)}


def within(minutes: Minutes, first: int, end: int) -> Minutes:
    """The data from `first` until before `end`."""
    if end - first < len(minutes):
        wanted = (minute for minute in range(first, end) if minute in minutes)
    else:
        wanted = (minute for minute in minutes if first <= minute < end)
    return {minute: minutes[minute] for minute in wanted}


def joined(parts: list[Minutes]) -> Minutes:
    """Several metrics' data as one."""
    if len(parts) == 1:
        return parts[0]
    every: dict[int, list[Aggregate]] = defaultdict(list)
    for part in parts:
        for minute, aggregate in part.items():
            every[minute].append(aggregate)
    return {minute: merged(aggregates) for minute, aggregates in every.items()}
