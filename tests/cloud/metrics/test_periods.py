"""Data, gathered into periods."""

from __future__ import annotations

from labkit.cloud.metrics.periods import gather
from tests.cloud.metrics.test_aggregate import of


def test_periods_begin_where_the_request_begins() -> None:
    """And go by their beginning; periods without data are left out."""
    points = [(10, of(1)), (11, of(2)), (14, of(3)), (24, of(4))]
    periods = gather(points, first=10, end=30, width=5)
    assert {start: aggregate.total for start, aggregate in periods.items()} == {10: 6, 20: 4}
    assert list(gather(points, first=11, end=30, width=5)) == [11, 21]


def test_the_end_is_not_part_of_it() -> None:
    """Neither in a period that it cuts, nor in the data."""
    points = [(10, of(1)), (12, of(2)), (13, of(4))]
    assert gather(points, first=10, end=13, width=5)[10].total == 3


def test_several_metrics_are_joined() -> None:
    """As Lambda's metrics across all functions are."""
    points = [(1, of(1)), (1, of(2)), (2, of(5))]
    periods = gather(points, first=1, end=3, width=1)
    assert {start: aggregate.total for start, aggregate in periods.items()} == {1: 3, 2: 5}
