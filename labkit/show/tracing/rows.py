"""The rows of a journey's tables, with aliases for ids and times as milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labkit.show.stable import Aliases
from labkit.show.tracing.events import Event, timed_cause


def aliases_of(events: Sequence[Event], *, ids: bool) -> dict[str, str]:
    """The alias of each event's id by the event's key, empty for those without an id."""
    kinds: dict[str, Aliases] = {}
    names = {}
    for event in events:
        aliases = kinds.setdefault(event.kind, Aliases(event.kind, ids=ids))
        names[event.key] = aliases[event.id] if event.id else ""
    return names


def rows_of(
    events: Sequence[Event], names: Mapping[str, str], places: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One row for each event, with all that any of the tables shows of it."""
    steps = {event.key: step for step, event in enumerate(events, start=1)}
    first = min((event.time for event in events if event.time is not None), default=0.0)
    rows = []
    for event in events:
        cause = timed_cause(event, events)
        rows.append(
            {
                "step": steps[event.key],
                "because of": steps.get(event.cause, ""),
                "stage": places[event.stage],
                "what": event.what,
                "outcome": event.told_outcome,
                "id": names[event.key],
                "detail": event.detail,
                "at (ms)": milliseconds(first, event.time),
                "after its cause (ms)": milliseconds(cause.time, event.time) if cause else "",
                "batch": "" if event.batch is None else event.batch,
            }
        )
    return rows


def hops_of(events: Sequence[Event], places: Mapping[str, str]) -> list[dict[str, Any]]:
    """One row for each cause and effect that have a time and went well, then the whole way."""
    rows: list[dict[str, Any]] = []
    for event in events:
        cause = timed_cause(event, events)
        if cause is not None and event.time is not None and not event.trouble:
            names = {"from": places[cause.stage], "to": places[event.stage]}
            rows.append({**names, "ms": milliseconds(cause.time, event.time)})
    times = [event.time for event in events if event.time is not None]
    if rows:
        whole = milliseconds(min(times), max(times))
        rows.append({"from": "first event", "to": "last event", "ms": whole})
    return rows


def once(events: Sequence[Event]) -> list[Event]:
    """The events, with one for all failed invocations of the notifier that say the same.

    Lambda tries a stream's record again, without end and ever more slowly, so how often it has
    done so by the time that somebody looks differs from run to run.
    """
    seen = set()
    kept = []
    for event in events:
        same = (event.cause, event.outcome, event.detail)
        if event.stage == "notifier" and event.trouble:
            if same in seen:
                continue
            seen.add(same)
        kept.append(event)
    return kept


def milliseconds(earlier: float | None, later: float | None) -> int | str:
    """The time between two instants in epoch seconds; empty when one of them is not known.

    >>> milliseconds(10.0, 10.25), milliseconds(None, 10.25)
    (250, '')
    """
    return "" if earlier is None or later is None else round((later - earlier) * 1000)
