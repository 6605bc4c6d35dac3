"""What CloudWatch has counted of a function."""

from __future__ import annotations

from datetime import timedelta

from labkit.lab import Lab
from labkit.show.metrics import KEPT
from labkit.show.metrics import total as total_of


def total(lab: Lab, function: str, metric: str, *, since: timedelta = KEPT) -> float:
    """The sum of one of Lambda's metrics over all that CloudWatch still has of it, or less."""
    return total_of(lab, "AWS/Lambda", metric, "FunctionName", function, since=since)
