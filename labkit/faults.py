"""Faults that a lesson injects: the local cloud refuses, or a webhook fails, now and then.

On AWS throttling comes when it likes; here it comes when a lesson wants it, and as often as it
wants. `lab.faults(...)` sets faults for as long as its `with` block runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Faults:
    """Faults that are in force inside a `with` block, and what came of them.

    A fault is a dict: `service` and `operation`; `every` (each n-th call) or `share` (of the calls,
    drawn with `seed`), at most `times` often; and what happens: `error` (the code that the
    service answers), `status` (of the service "webhook", whose operation is a webhook's name) or
    `delay` (seconds of the lab's clock).

        throttled = {"service": "dynamodb", "operation": "PutItem", "every": 20,
                     "error": "ProvisionedThroughputExceededException"}
        with lab.faults(throttled) as faults:
            ...
        faults.counts()   # [{..., "calls": 143, "hits": 7}]
    """

    def __init__(self, call: Callable[..., Any], faults: tuple[dict[str, Any], ...]) -> None:
        self._call = call
        self._faults = faults
        self._counts: list[dict[str, Any]] | None = None

    def counts(self) -> list[dict[str, Any]]:
        """Each fault with how many `calls` it saw and how many it hit (`hits`)."""
        return self._call("GET", "/_lab/faults") if self._counts is None else self._counts

    def __enter__(self) -> Faults:
        self._call("PUT", "/_lab/faults", list(self._faults))
        return self

    def __exit__(self, *raised: object) -> None:
        try:
            self._counts = self._call("GET", "/_lab/faults")
        finally:
            self._call("DELETE", "/_lab/faults")
