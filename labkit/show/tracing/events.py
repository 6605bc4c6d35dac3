"""One event of an order's journey, and the order in which a journey's events are told.

A function's log is the evidence of its invocations: `Invocation` is one of them. The pipeline's
own functions log JSON lines with ids; a function that prints plain text is understood as far as
its lines name the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from labkit.show.log_events import Line

# What an invocation that failed writes, be it caught and printed, uncaught, or stopped by Lambda.
FAILURE = re.compile(r"\b(fail\w*|error|\w+error|\w*exception|timed out)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Event:
    """Something that happened to an order at one stage.

    `key` names it within its journey, `cause` the event that brought it about (empty for none that
    is known). `time` is in epoch seconds on the cloud's clock, None when no service tells it. `id`
    is AWS's, of the `kind` whose alias stands for it. `batch` is how many records were handed to
    the same invocation. An invocation that may have dealt with another order is not `certain`.
    """

    key: str
    stage: str
    what: str
    outcome: str
    cause: str = ""
    time: float | None = None
    kind: str = ""
    id: str = ""
    detail: str = ""
    batch: int | None = None
    trouble: bool = False
    certain: bool = True


@dataclass(frozen=True)
class Invocation:
    """One invocation of a function, as its log tells it."""

    request: str
    lines: tuple[Line, ...]

    @property
    def began(self) -> float:
        """When it began, in epoch seconds."""
        return self.lines[0].time

    def naming(self, order_id: str) -> list[Line]:
        """Its lines of plain text that name the order."""
        name = re.compile(rf"(?<![\w-]){re.escape(order_id)}(?![\w-])")
        return [line for line in self.plain() if name.search(line.message)]

    def plain(self) -> list[Line]:
        """What the function wrote that is not JSON."""
        return [line for line in self.lines if line.level != "PLATFORM" and not line.fields]

    def failure(self) -> str:
        """The first line of what looks like its failure; empty when nothing does."""
        found = (line.message for line in self.plain() if FAILURE.search(line.message))
        return next(found, "").split("\n")[0]


def invocations(lines: Iterable[Line]) -> list[Invocation]:
    """The invocations in a log whose lines stand request by request."""
    grouped = groupby(lines, key=lambda line: line.request)
    return [Invocation(request, tuple(found)) for request, found in grouped if request]


def not_after_effects(events: Iterable[Event]) -> list[Event]:
    """The events with no time after that of an effect.

    A function logs that it has stored or published when the call has returned; by then the next
    stage may have begun.

    >>> late = [Event("a", *3 * [""], time=2.0), Event("b", *3 * [""], cause="a", time=1.5)]
    >>> [event.time for event in not_after_effects(late)]
    [1.5, 1.5]
    """
    events = list(events)

    def earliest(event: Event) -> float | None:
        times = [earliest(effect) for effect in events if effect.cause == event.key]
        return min((time for time in [event.time, *times] if time is not None), default=None)

    return [
        event if event.time is None else replace(event, time=earliest(event)) for event in events
    ]


def told(events: Iterable[Event]) -> list[Event]:
    """The events as a story: each followed by its effects, before the next is begun.

    >>> causes = {"a": "", "b": "", "c": "a"}
    >>> events = [Event(key, *3 * [""], cause=cause) for key, cause in causes.items()]
    >>> [event.key for event in told(events)]
    ['a', 'c', 'b']
    """
    events = list(events)
    keys = {event.key for event in events}

    def with_effects(event: Event) -> Iterator[Event]:
        yield event
        for effect in events:
            if effect.cause == event.key:
                yield from with_effects(effect)

    roots = [event for event in events if event.cause not in keys]
    return [told for root in roots for told in with_effects(root)]
