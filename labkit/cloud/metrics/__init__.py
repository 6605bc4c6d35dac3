"""CloudWatch metrics and alarms: what the planes count, and what is decided on it."""

from labkit.cloud.metrics.plane import Metrics

__all__ = ["Metrics"]
