"""Every decision, counted: which principal used which action on which resource, and to what end.

One row for each combination, so that a long day costs no more memory than a short one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labkit.cloud.access.decide import Decision
from labkit.cloud.access.principals import Principal

ROWS_KEPT = 5_000
UNKNOWN = "*"  # where rows go that no longer fit


@dataclass
class Row:
    """One combination with its count; `first` and `last` are instants of the lab's clock."""

    principal: str
    action: str
    resource: str
    allowed: bool
    reason: str
    first: float
    count: int = 0
    last: float = 0.0

    def document(self) -> dict[str, Any]:
        """The row as JSON."""
        return dict(vars(self))


class Ledger:
    """The decisions of one cloud."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str, bool, str], Row] = {}

    def record(
        self, principal: Principal, action: str, resource: str, decision: Decision, *, now: float
    ) -> Row:
        """Count one decision; return its row."""
        who = principal.identity_arn
        key = (who, action, resource, decision.allowed, decision.reason)
        row = self._rows.get(key)
        if row is None:
            if len(self._rows) >= ROWS_KEPT:  # log streams and such: the resource is left out
                resource = UNKNOWN
                key = (who, action, resource, decision.allowed, decision.reason)
            row = self._rows.setdefault(
                key, Row(who, action, resource, decision.allowed, decision.reason, first=now)
            )
        row.count += 1
        row.last = now
        return row

    def rows(self, principal_arn: str | None = None) -> Iterator[Row]:
        """All rows, or those of a user, a role or a service, in the order of their first use."""
        for row in self._rows.values():
            if principal_arn in (None, row.principal):
                yield row

    def clear(self) -> None:
        """Forget everything."""
        self._rows.clear()
