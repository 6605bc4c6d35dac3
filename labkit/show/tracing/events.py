"""One event of an order's journey, and the order in which a journey's events are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


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

    @property
    def told_outcome(self) -> str:
        """The outcome; `perhaps` before one that may be another order's."""
        return self.outcome if self.certain else f"perhaps {self.outcome}"


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


def timed_cause(event: Event, events: Iterable[Event]) -> Event | None:
    """The nearest cause of an event that has a time."""
    by_key = {event.key: event for event in events}
    cause = by_key.get(event.cause)
    while cause is not None and cause.time is None:
        cause = by_key.get(cause.cause)
    return cause
