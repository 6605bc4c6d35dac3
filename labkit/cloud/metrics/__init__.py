"""CloudWatch metrics and alarms: what the planes count, and what is decided on it."""

from labkit.cloud.metrics.store import Store as Metrics

__all__ = ["Metrics"]
