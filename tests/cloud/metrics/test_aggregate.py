"""Counts, sums, extremes and percentiles of many values."""

from __future__ import annotations

import random

import pytest

from labkit.cloud.metrics.aggregate import Aggregate, merged


def of(*values: float) -> Aggregate:
    """An aggregate of some values."""
    aggregate = Aggregate()
    for value in values:
        aggregate.add(value)
    return aggregate


def test_keeps_count_sum_smallest_and_largest() -> None:
    """Zero and negative values too."""
    aggregate = of(3, -1, 0, 2)
    assert (aggregate.count, aggregate.total) == (4, 4)
    assert (aggregate.minimum, aggregate.maximum) == (-1, 3)


@pytest.mark.fidelity(
    "CloudWatch",
    "A percentile is within one per cent of the value that it stands for.",
    differs="Single values are not kept: a minute of many stays as small as a minute of few.",
)
def test_a_percentile_is_near_the_value() -> None:
    """Whatever the spread."""
    values = sorted(random.Random(7).lognormvariate(3, 2) for _ in range(5000))
    aggregate = of(*values)
    for percent in (1, 10, 50, 90, 99, 99.9):
        exact = values[int(len(values) * percent / 100) - 1]
        assert aggregate.percentile(percent) == pytest.approx(exact, rel=0.011)
    assert len(aggregate.spread or {}) < 1700


def test_a_percentile_of_equal_values_is_exact() -> None:
    """As a queue's message sizes often are."""
    assert of(42, 42, 42).percentile(99) == 42
    assert of(0, 0).percentile(50) == 0
    assert of(0, 0, 0, 8).percentile(50) == 0


@pytest.mark.fidelity(
    "CloudWatch",
    "Statistic sets have percentiles only when all their values are the same.",
    source="CloudWatch guide: cloudwatch_concepts",
)
def test_a_statistic_set_has_no_percentile() -> None:
    """Unless its smallest value is its largest, as AWS says."""
    unknown, same = of(1), of(5)
    unknown.add_statistics(count=3, total=9, minimum=2, maximum=5)
    same.add_statistics(count=4, total=20, minimum=5, maximum=5)
    assert unknown.percentile(50) is None
    assert (unknown.count, unknown.total, unknown.maximum) == (4, 10, 5)
    assert (same.percentile(90), same.count) == (5, 5)


def test_merged_is_what_one_aggregate_would_have_been() -> None:
    """Percentiles included; an unknown spread stays unknown."""
    whole, parts = of(1, 2, 3, 400), merged([of(1, 400), of(2), of(3)])
    assert (parts.count, parts.total, parts.minimum, parts.maximum) == (4, 406, 1, 400)
    assert parts.spread == whole.spread
    unknown = of(1)
    unknown.add_statistics(count=2, total=3, minimum=1, maximum=2)
    assert merged([whole, unknown]).percentile(50) is None
