"""The store of all metrics: what tells metrics apart, what is forgotten, what a value costs."""

from __future__ import annotations

import time

import pytest
import time_machine

from labkit.cloud.metrics.store import RETENTION, Metric, Store

NOW = 1_790_000_010.0
MINUTE = int(NOW) // 60 * 60
INVOCATIONS = Metric("us-east-1", "AWS/Lambda", "Invocations", (("FunctionName", "writer"),))


def test_values_of_a_minute_are_one_aggregate() -> None:
    """And those of the next minute another."""
    store = Store()
    with time_machine.travel(NOW, tick=False) as clock:
        store.record("AWS/Lambda", "Invocations", 1, FunctionName="writer")
        store.record("AWS/Lambda", "Invocations", 1, FunctionName="writer")
        clock.shift(60)
        store.record("AWS/Lambda", "Invocations", 1, FunctionName="writer")
    series = store.series(INVOCATIONS, "Count")
    assert {begin: aggregate.total for begin, aggregate in series.items()} == {
        MINUTE: 2,
        MINUTE + 60: 1,
    }


def test_a_value_counts_in_the_minute_of_its_instant() -> None:
    """As an invocation does, which began a minute ago."""
    store = Store()
    with time_machine.travel(NOW, tick=False):
        store.record("AWS/Lambda", "Invocations", 1, at=NOW - 60, FunctionName="writer")
    assert list(store.series(INVOCATIONS, "Count")) == [MINUTE - 60]


def test_dimensions_region_and_unit_tell_metrics_apart() -> None:
    """The order of dimensions does not."""
    store = Store()
    store.record("Shop", "Orders", 1, Store="a", Till="1")
    store.record("Shop", "Orders", 1, Till="1", Store="a")
    store.record("Shop", "Orders", 1, Store="a")
    store.record("Shop", "Orders", 1, Store="a", region="eu-west-1")
    store.record("Shop", "Orders", 1, Store="a", unit="Bytes")
    both = Metric("us-east-1", "Shop", "Orders", (("Store", "a"), ("Till", "1")))
    one = Metric("us-east-1", "Shop", "Orders", (("Store", "a"),))
    assert set(store.metrics()) == {both, one, Metric("eu-west-1", *_rest(one))}
    assert store.units(one) == {"Count", "Bytes"}
    assert [aggregate.count for aggregate in store.series(both, "Count").values()] == [2]


@pytest.mark.fidelity(
    "CloudWatch",
    "Data of one minute are there for 15 days, and nothing is after.",
    differs="AWS keeps coarser data for 15 months; no lab lasts that long.",
)
def test_a_minute_is_forgotten_after_fifteen_days() -> None:
    """When the metric begins another."""
    store = Store()
    with time_machine.travel(NOW, tick=False) as clock:
        store.record("AWS/Lambda", "Invocations", 1, FunctionName="writer")
        clock.shift(RETENTION)
        store.record("AWS/Lambda", "Invocations", 1, FunctionName="writer")
        assert len(store.series(INVOCATIONS, "Count")) == 2
        clock.shift(60)
        store.record("AWS/Lambda", "Invocations", 1, FunctionName="writer")
    assert MINUTE not in store.series(INVOCATIONS, "Count")
    assert len(store.series(INVOCATIONS, "Count")) == 2


def test_a_metric_without_data_is_forgotten() -> None:
    """When others begin, at most once a day."""
    store = Store()
    with time_machine.travel(NOW, tick=False) as clock:
        store.record("AWS/Lambda", "Invocations", 1, FunctionName="writer")
        clock.shift(RETENTION)
        store.record("AWS/Lambda", "Invocations", 1, FunctionName="second")
        assert INVOCATIONS in set(store.metrics())
        clock.shift(24 * 3600)
        store.record("AWS/Lambda", "Invocations", 1, FunctionName="third")
    assert {dict(metric.dimensions)["FunctionName"] for metric in store.metrics()} == {
        "second",
        "third",
    }
    assert not store.series(INVOCATIONS, "Count")


def test_a_value_costs_microseconds() -> None:
    """About two on a laptop; the best of many rounds is below ten on any machine."""
    store = Store()
    best = float("inf")
    for _ in range(50):
        began = time.perf_counter()
        for _ in range(100):
            store.record("AWS/Lambda", "Duration", 12.5, unit="Milliseconds", FunctionName="f")
        best = min(best, (time.perf_counter() - began) / 100)
    assert best < 10e-6


def _rest(metric: Metric) -> tuple[object, ...]:
    return metric.namespace, metric.name, metric.dimensions
