"""Instants of the clock as AWS writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def iso_time(instant: float, precision: str = "milliseconds") -> str:
    """Seconds since the epoch in ISO 8601, in UTC.

    >>> iso_time(1335473104.751), iso_time(0, "seconds")
    ('2012-04-26T20:45:04.751Z', '1970-01-01T00:00:00Z')
    """
    moment = datetime.fromtimestamp(instant, UTC)
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")
