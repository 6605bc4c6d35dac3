"""Token buckets, and the order of limits."""

from __future__ import annotations

import pytest

from labkit.cloud.gateway.throttle import Limit, Rule, Throttles

SOURCE = "API Gateway guide: api-gateway-request-throttling"


@pytest.mark.fidelity(
    "API Gateway",
    "A throttle is a token bucket: its burst at once, then its rate a second.",
    source=SOURCE,
)
def test_a_bucket_fills_at_its_rate() -> None:
    """A burst is admitted, then as many a second as the rate says, never more than the burst."""
    throttles, rules = Throttles(), [Rule("stage", Limit(2.0, 3))]

    def admitted(requests: int, now: float) -> int:
        return sum(throttles.admit(rules, now=now) is None for _ in range(requests))

    assert admitted(5, now=100.0) == 3
    assert admitted(5, now=100.5) == 1
    assert admitted(5, now=101.5) == 2
    assert admitted(9, now=900.0) == 3


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    """The lab's clock returns to the machine's time at a reset."""
    throttles, rules = Throttles(), [Rule("stage", Limit(1.0, 2))]
    assert throttles.admit(rules, now=100.0) is None
    assert throttles.admit(rules, now=50.0) is None
    assert throttles.admit(rules, now=51.0) is None


def test_a_limit_of_nothing_admits_nothing() -> None:
    """A burst of 0 closes a method."""
    assert Throttles().admit([Rule("stage", Limit(0.0, 0))], now=1e9) is not None


def test_the_first_rule_that_refuses_is_named_and_no_token_taken() -> None:
    """A request that the second rule refuses uses up nothing of the first."""
    throttles = Throttles()
    plan, stage = Rule("plan", Limit(1.0, 2), "p1"), Rule("stage", Limit(1.0, 1))
    assert throttles.admit([plan, stage], now=0.0) is None
    assert throttles.admit([plan, stage], now=0.0) is stage
    assert throttles.admit([plan], now=0.0) is None
    assert throttles.admit([plan, stage], now=0.0) is plan


def test_a_changed_limit_starts_full() -> None:
    """A new limit holds at once."""
    throttles = Throttles()
    assert throttles.admit([Rule("stage", Limit(1.0, 1))], now=0.0) is None
    assert throttles.admit([Rule("stage", Limit(1.0, 1))], now=0.0) is not None
    assert throttles.admit([Rule("stage", Limit(5.0, 5))], now=0.0) is None
