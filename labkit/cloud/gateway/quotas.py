"""Quotas of usage plans: how many requests a key has made in the present day, week or month.

Only requests that a usage plan admits count. A period starts at midnight UTC: of every day, of the
day of the week that the offset names (0 is Sunday), or of the day of the month after it.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-usageplan-quotasettings.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


class Quotas:
    """How much every key of every plan has used in its present period."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, str], tuple[date, int]] = {}

    def admit(self, plan: str, key: str, quota: Quota, *, now: float) -> bool:
        """Count a request of `key` under `plan`; False, and nothing counted, above the quota."""
        period = quota.began(datetime.fromtimestamp(now, UTC).date())
        counted, used = self._used.get((plan, key), (period, 0))
        used = used if counted == period else 0
        if used < quota.limit:
            self._used[plan, key] = period, used + 1
        return used < quota.limit

    def forget(self) -> None:
        """Every key is unused again."""
        self._used.clear()
