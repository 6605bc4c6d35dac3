"""Minutes, gathered into periods."""

from __future__ import annotations

from labkit.cloud.metrics.periods import gather, joined, within
from tests.cloud.metrics.test_aggregate import of


def test_periods_begin_where_the_request_begins() -> None:
    """And go by their beginning; periods without data are left out."""
    minutes = {10: of(1), 11: of(2), 14: of(3), 24: of(4)}
    periods = gather(minutes, first=10, end=30, width=5)
    assert {start: aggregate.total for start, aggregate in periods.items()} == {10: 6, 20: 4}
    assert list(gather(minutes, first=11, end=30, width=5)) == [11, 21]


def test_the_end_is_not_part_of_it() -> None:
    """Neither in a period that it cuts, nor in the data."""
    minutes = {10: of(1), 12: of(2), 13: of(4)}
    assert gather(minutes, first=10, end=13, width=5)[10].total == 3
    assert list(within(minutes, 11, 13)) == [12]
    assert list(within(minutes, 0, 10_000)) == [10, 12, 13]


def test_several_metrics_are_joined_minute_by_minute() -> None:
    """As Lambda's metrics across all functions are."""
    assert joined([{1: of(1)}, {1: of(2), 2: of(5)}])[1].total == 3
    assert joined([]) == {}
