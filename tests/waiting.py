"""Waiting for what a cloud does in the background: look, and look again when it has done something.

There is nothing to sleep for: a cloud counts how often a part of it has come to rest, and its page
about that is a long poll.
"""

from __future__ import annotations

import json
import os
import time
import urllib.request
from collections.abc import Callable

from labkit.cloud.long_polls import LONGEST_WAIT

# The endpoint of the cloud that the tests share; a lab that is open has its own.
shared = ""
PATIENCE = 60  # seconds; only a failure waits so long


def until(reached: Callable[[], object]) -> None:
    """Return as soon as `reached()` is true; fail when it is not, however slow the machine."""
    deadline = time.monotonic() + PATIENCE
    seen = activity()
    while not reached():
        left = deadline - time.monotonic()
        assert left > 0, f"not reached within {PATIENCE} s"
        seen = activity(after=seen, wait=left)


def activity(*, after: int = 0, wait: float = 0) -> int:
    """How often a part of the cloud has come to rest, when that is more often than `after`."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", shared)
    page = f"{endpoint}/_lab/activity?after={after}&wait={min(wait, LONGEST_WAIT)}"
    with urllib.request.urlopen(page) as answer:
        return json.load(answer)["count"]
