"""Quotas of usage plans: how many requests a key has made in the present day, week or month.

Only requests that a usage plan admits count. A period starts at midnight UTC: of every day, of the
day of the week that the offset names (0 is Sunday), or of the day of the month after it.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-usageplan-quotasettings.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

# https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html
LARGEST_OFFSETS = {"DAY": 0, "WEEK": 6, "MONTH": 27}


@dataclass(frozen=True)
class Quota:
    """So many requests a period."""

    limit: int
    period: str
    offset: int = 0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Quota | None:
        """The quota of a usage plan's settings, or None."""
        if not settings.get("period"):
            return None
        return cls(
            int(settings.get("limit") or 0), settings["period"], int(settings.get("offset") or 0)
        )

    def began(self, day: date) -> date:
        """The first day of the period that `day` is in.

        >>> Quota(10, "WEEK", 1).began(date(2026, 11, 26))
        datetime.date(2026, 11, 23)
        """
        if self.period == "WEEK":
            return day - timedelta(days=(day.isoweekday() - self.offset) % 7)
        if self.period == "MONTH":
            shifted = day - timedelta(days=self.offset)
            return shifted.replace(day=1) + timedelta(days=self.offset)
        return day


@dataclass
class _Use:
    """What one key has used of one plan: the present period, its extension, and day by day."""

    period: date | None = None
    used: int = 0
    extra: int = 0
    days: Counter[date] = field(default_factory=Counter)
    left: dict[date, int] = field(default_factory=dict)


class Quotas:
    """The use of every key of every plan."""

    def __init__(self) -> None:
        self._uses: dict[tuple[str, str], _Use] = {}

    def admit(self, plan: str, key: str, quota: Quota | None, *, now: float) -> bool:
        """Count a request of `key` under `plan`; False, and nothing counted, above the quota."""
        today, use = self._today(plan, key, quota, now)
        left = remaining(quota, use)
        if left is not None and left < 1:
            return False
        use.used += 1
        use.days[today] += 1
        use.left[today] = 0 if left is None else left - 1
        return True

    def extend(self, plan: str, key: str, quota: Quota, left: int, *, now: float) -> None:
        """Let `left` requests remain for the present period."""
        today, use = self._today(plan, key, quota, now)
        use.extra = left + use.used - quota.limit
        use.left[today] = left

    def log(
        self, plan: str, key: str, quota: Quota | None, start: date, end: date
    ) -> list[list[int]]:
        """`[used, remaining]` of each day from `start` to `end`."""
        use = self._uses.get((plan, key), _Use())
        log, left = [], quota.limit if quota else 0
        for number in range((end - start).days + 1):
            day = start + timedelta(days=number)
            if quota and quota.began(day) == day:
                left = quota.limit
            left = use.left.get(day, left)
            log.append([use.days[day], left])
        return log

    def forget(self) -> None:
        """Every key is unused again."""
        self._uses.clear()

    def _today(self, plan: str, key: str, quota: Quota | None, now: float) -> tuple[date, _Use]:
        today = datetime.fromtimestamp(now, UTC).date()
        use = self._uses.setdefault((plan, key), _Use())
        period = quota.began(today) if quota else None
        if use.period != period:
            use.period, use.used, use.extra = period, 0, 0
        return today, use


def remaining(quota: Quota | None, use: _Use) -> int | None:
    """How many requests of the present period are left; None without a quota."""
    return None if quota is None else quota.limit + use.extra - use.used
