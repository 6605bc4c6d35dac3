"""An invocation of a function as an event: as its JSON lines, its prints or its failure tell it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from labkit.show.log_events import Line
from labkit.show.tracing.events import Event

# What an invocation that failed writes, be it caught and printed, uncaught, or stopped by Lambda.
FAILURE = re.compile(r"\b(fail\w*|error|\w+error|\w*exception|timed out)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Invocation:
    """One invocation of the function at a `stage`; `called` is what it is for the order."""

    stage: str
    called: str
    request: str
    lines: tuple[Line, ...]

    @property
    def began(self) -> float:
        """When it began, in epoch seconds."""
        return self.lines[0].time

    @property
    def logged(self) -> list[Line]:
        """Its lines of JSON."""
        return [line for line in self.lines if line.fields]

    def naming(self, order_id: str) -> list[Line]:
        """Its lines of plain text that name the order."""
        name = re.compile(rf"(?<![\w-]){re.escape(order_id)}(?![\w-])")
        return [line for line in self._plain() if name.search(line.message)]

    def failure(self) -> str:
        """The first line of what looks like its failure; empty when nothing does."""
        found = (line.message for line in self._plain() if FAILURE.search(line.message))
        return next(found, "").split("\n")[0]

    def as_logged(self, line: Line, identifier: str, *, cause: str) -> Event:
        """What one of its JSON lines tells, of the message or record of that id."""
        fields = line.fields
        outcome = str(fields.get("outcome", ""))
        count = fields.get("receiveCount")
        return Event(
            f"{self.called} {self.request} {identifier}",
            self.stage,
            self.called if count is None else f"{self.called} {count}",
            outcome,
            cause=cause,
            time=self.began,
            kind="invocation",
            id=self.request,
            detail=str(fields.get("reason", fields.get("eventName", ""))),
            batch=fields.get("batchSize"),
            trouble=outcome in ("refused", "failed"),
        )

    def as_printed(self, order_id: str, *, cause: str) -> Event:
        """What the last of its lines that names the order says."""
        said = self.naming(order_id)[-1].message.split("\n")[0]
        if FAILURE.search(said):
            return self._event("failed", cause=cause, detail=said, trouble=True)
        outcome = said.replace(order_id, "").strip(" :,.")
        return self._event(outcome or "named the order", cause=cause)

    def as_suspected(self, outcome: str, reason: str, *, cause: str) -> Event:
        """It failed and names no order: perhaps it was this one."""
        return self._event(outcome, cause=cause, detail=reason, trouble=True, certain=False)

    def _event(
        self,
        outcome: str,
        *,
        cause: str,
        detail: str = "",
        trouble: bool = False,
        certain: bool = True,
    ) -> Event:
        return Event(
            f"{self.called} {self.request}",
            self.stage,
            self.called,
            outcome,
            cause=cause,
            time=self.began,
            kind="invocation",
            id=self.request,
            detail=detail,
            trouble=trouble,
            certain=certain,
        )

    def _plain(self) -> list[Line]:
        return [line for line in self.lines if line.level != "PLATFORM" and not line.fields]


def invocations(lines: Iterable[Line], stage: str, called: str) -> list[Invocation]:
    """The invocations in a log whose lines stand request by request."""
    grouped = groupby(lines, key=lambda line: line.request)
    return [
        Invocation(stage, called, request, tuple(found)) for request, found in grouped if request
    ]
