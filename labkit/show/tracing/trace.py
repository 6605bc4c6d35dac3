"""An order's journey to look at: as a table, with its times, as hops, and as a picture.

The table and the picture by cause and effect are the same in every run of the same steps: aliases
stand for ids, events stand in the order of cause and effect rather than of time, and a record that
is tried again and again has one row, however often. What is measured is in `timed`, `hops` and
`timeline(scale="time")`; a notebook's cell that shows those is marked `# NBVAL_IGNORE_OUTPUT`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from labkit.errors import LabError, NotSeen
from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.images import Picture
from labkit.show.stable import Aliases
from labkit.show.tracing.ending import ending
from labkit.show.tracing.events import Event, not_after_effects, told
from labkit.show.tracing.evidence import Evidence, read
from labkit.show.tracing.intake import intake
from labkit.show.tracing.outlet import outlet
from labkit.show.tracing.timeline import by_cause, by_time

COLUMNS = ["step", "because of", "stage", "what", "outcome", "id", "detail"]
MEASURED = ["at (ms)", "after its cause (ms)", "batch"]
HOP_COLUMNS = ["from", "to", "ms"]
LONGEST = 160  # characters of a reason that are displayed


@dataclass(frozen=True)
class Trace:
    """One order's journey: shows itself as a picture and a table.

    `events` are its events as `labkit.show.tracing.events` describes them, `places` the name of
    each stage, `summary` where the journey ended, in a sentence.
    """

    order_id: str
    events: tuple[Event, ...]
    places: dict[str, str]
    ids: bool = False

    @property
    def summary(self) -> str:
        """Where the journey ended, or where the order was last seen."""
        return ending(self.order_id, self.events)

    @property
    def table(self) -> Frame:
        """One row for each event, causes before effects.

        Columns: step (a number), because of (the step of its cause; empty when none is known),
        stage, what, outcome, id (an alias), detail (for instance a reason).
        """
        return build_frame(COLUMNS, self._rows(_once(self.events)), longest=LONGEST)

    @property
    def timed(self) -> Frame:
        """The table with every retry and with what was measured.

        Columns: those of `table`, then at (ms after the first event), after its cause (ms; of the
        nearest cause that has a time) and batch (records that the same invocation was given).
        Empty where no service tells the time.
        """
        return build_frame([*COLUMNS, *MEASURED], self._rows(self.events), longest=LONGEST)

    @property
    def hops(self) -> Frame:
        """How long each hop took that ended well, in the order of cause and effect.

        Columns: from (a stage), to (a stage), ms. The last row is the whole journey.
        """
        by_key = {event.key: event for event in self.events}
        rows: list[dict[str, Any]] = []
        for event in self.events:
            cause = _timed_cause(event, by_key)
            if cause is not None and event.time is not None and not event.trouble:
                names = {"from": self.places[cause.stage], "to": self.places[event.stage]}
                rows.append({**names, "ms": _ms(cause.time, event.time)})
        times = [event.time for event in self.events if event.time is not None]
        if rows:
            rows.append(
                {"from": "first event", "to": "last event", "ms": _ms(min(times), max(times))}
            )
        return build_frame(HOP_COLUMNS, rows)

    def timeline(self, scale: Literal["order", "time"] = "order") -> Picture:
        """The journey as a picture: by cause and effect, or with `scale="time"` on a time axis.

        Raises `LabError` for another scale, and where no event has a time.
        """
        if scale == "order":
            events = _once(self.events)
            svg = by_cause(events, self._named(events), self.places, summary=self.summary)
        elif scale == "time":
            if all(event.time is None for event in self.events):
                raise LabError(
                    f"No event of order {self.order_id} has a time. Draw it with scale='order'."
                )
            svg = by_time(self.events, self._named(self.events), self.places, summary=self.summary)
        else:
            raise LabError(f"There is no scale {scale!r}. Choose 'order' or 'time'.")
        return Picture(svg, self._description())

    def __repr__(self) -> str:
        """The sentence and the table, for a terminal and for who does not see the picture."""
        return f"{self.summary}\n{self.table!r}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """The picture and the table for a notebook, and both as text."""
        picture = self.timeline().html
        html = f"{picture}\n{self.table._repr_html_()}\n<p>{escape(self.summary)}</p>"
        return {"text/html": html, "text/plain": repr(self)}

    def _named(self, events: Sequence[Event]) -> list[str]:
        """The alias of each event's id, empty for those that have none."""
        kinds: dict[str, Aliases] = {}
        for event in [*_once(self.events), *self.events]:  # what is left out comes last
            if event.id:
                kinds.setdefault(event.kind, Aliases(event.kind, ids=self.ids))[event.id]
        return [kinds[event.kind][event.id] if event.id else "" for event in events]

    def _rows(self, events: Sequence[Event]) -> list[dict[str, Any]]:
        steps = {event.key: step for step, event in enumerate(events, start=1)}
        by_key = {event.key: event for event in events}
        first = min((event.time for event in events if event.time is not None), default=0.0)
        rows = []
        for event, name in zip(events, self._named(events), strict=True):
            cause = _timed_cause(event, by_key)
            rows.append(
                {
                    "step": steps[event.key],
                    "because of": steps.get(event.cause, ""),
                    "stage": self.places[event.stage],
                    "what": event.what,
                    "outcome": outcome_of(event),
                    "id": name,
                    "detail": event.detail,
                    "at (ms)": "" if event.time is None else _ms(first, event.time),
                    "after its cause (ms)": _ms(cause.time, event.time)
                    if cause is not None and event.time is not None
                    else "",
                    "batch": "" if event.batch is None else event.batch,
                }
            )
        return rows

    def _description(self) -> str:
        told = (
            f"{self.places[event.stage]}: {event.what} {outcome_of(event)}"
            for event in _once(self.events)
        )
        return f"{self.summary} {'; '.join(told)}."


def trace(lab: Lab, order_id: str, *, ids: bool = False) -> Trace:
    """Follow one order; raises `NotSeen` when no stage knows of it. See `Lab.trace`."""
    events = events_of(read(lab, order_id))
    if not any(event.certain for event in events):
        raise NotSeen(
            f"Order '{order_id}' has not been seen at any stage: this lab did not post it, and "
            "neither the queues, the logs, the table nor the subscribers know of it. Post it with "
            "lab.post_order(order), or look at show.table(lab) for those that have arrived."
        )
    return Trace(order_id, tuple(events), _places(lab), ids)


def events_of(evidence: Evidence) -> list[Event]:
    """The whole journey that the evidence tells, causes before effects."""
    before = intake(evidence)
    item = next((event for event in before if event.key == "item"), None)
    return told(not_after_effects([*before, *outlet(evidence, item)]))


def outcome_of(event: Event) -> str:
    """An event's outcome; `perhaps` before one that may be another order's."""
    return event.outcome if event.certain else f"perhaps {event.outcome}"


def _places(lab: Lab) -> dict[str, str]:
    names = lab.names
    return {
        "api": f"API {names.api}",
        "queue": f"queue {names.queue}",
        "writer": f"Lambda {names.writer}",
        "dead_letters": f"queue {names.dead_letter_queue}",
        "table": f"table {names.table}",
        "stream": f"stream {names.table}",
        "notifier": f"Lambda {names.notifier}",
        "topic": f"topic {names.topic}",
        "email": "inbox",
        "webhook": f"webhook {names.webhook}",
        "audit": f"queue {names.audit_queue}",
    }


def _once(events: Sequence[Event]) -> list[Event]:
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


def _timed_cause(event: Event, by_key: dict[str, Event]) -> Event | None:
    """The nearest cause of an event that has a time."""
    cause = by_key.get(event.cause)
    while cause is not None and cause.time is None:
        cause = by_key.get(cause.cause)
    return cause


def _ms(earlier: float | None, later: float) -> int:
    return round((later - (earlier or 0.0)) * 1000)
