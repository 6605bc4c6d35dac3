"""Quotas of usage plans."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.cloud.gateway.quotas import LARGEST_OFFSETS, Quota, Quotas

DAY = 86_400.0
MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()


@pytest.mark.fidelity(
    "API Gateway",
    "A quota counts the requests of one key in one period; the next period starts anew.",
    source="API Gateway guide: api-gateway-api-usage-plans",
)
def test_a_quota_holds_for_its_period() -> None:
    """After `limit` requests the key is refused until the period ends; others are not."""
    quotas, quota = Quotas(), Quota(2, "DAY")
    admitted = [quotas.admit("p1", "k1", quota, now=MONDAY) for _ in range(3)]
    assert admitted == [True, True, False]
    assert quotas.admit("p1", "k2", quota, now=MONDAY)
    assert quotas.admit("p1", "k1", quota, now=MONDAY + DAY)


@pytest.mark.parametrize(
    ("quota", "day", "began"),
    [
        (Quota(1, "DAY"), date(2026, 11, 23), date(2026, 11, 23)),
        (Quota(1, "WEEK"), date(2026, 11, 22), date(2026, 11, 22)),
        (Quota(1, "WEEK"), date(2026, 11, 23), date(2026, 11, 22)),
        (Quota(1, "WEEK", 1), date(2026, 11, 23), date(2026, 11, 23)),
        (Quota(1, "WEEK", 1), date(2026, 11, 22), date(2026, 11, 16)),
        (Quota(1, "MONTH"), date(2026, 11, 23), date(2026, 11, 1)),
        (Quota(1, "MONTH", 14), date(2026, 11, 23), date(2026, 11, 15)),
        (Quota(1, "MONTH", 27), date(2026, 11, 23), date(2026, 10, 28)),
    ],
)
def test_when_a_period_began(quota: Quota, day: date, began: date) -> None:
    """A week starts on the day that the offset names, 0 is Sunday; a month likewise."""
    assert quota.began(day) == began


@given(
    st.sampled_from(sorted(LARGEST_OFFSETS)),
    st.integers(0, 27),
    st.dates(date(2000, 2, 1), date(2100, 1, 1)),
)
def test_every_day_is_in_one_period(period: str, offset: int, day: date) -> None:
    """A period begins on or before its days, and contains its first day."""
    quota = Quota(1, period, min(offset, LARGEST_OFFSETS[period]))
    began = quota.began(day)
    assert timedelta(0) <= day - began <= timedelta(days=31)
    assert quota.began(began) == began
