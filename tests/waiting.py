"""Waiting at the outermost edge of a test, for what has no event to wait on."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(reached: Callable[[], object], *, timeout: float) -> None:
    """Return as soon as `reached()` is true; fail after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not reached():
        assert time.monotonic() < deadline, f"not reached within {timeout} s"
        time.sleep(0.02)
