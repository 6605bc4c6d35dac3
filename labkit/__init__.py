"""A hands-on lab for event-driven AWS that runs on a laptop, offline."""

from labkit.targets import connect

__all__ = ["connect"]
