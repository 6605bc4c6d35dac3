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
from labkit.show.tracing.ending import ending
from labkit.show.tracing.events import Event, not_after_effects, told
from labkit.show.tracing.evidence import Evidence, read
from labkit.show.tracing.intake import intake
from labkit.show.tracing.outlet import outlet
from labkit.show.tracing.rows import aliases_of, hops_of, once, rows_of
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
        return build_frame(COLUMNS, self._rows(once(self.events)), longest=LONGEST)

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
        return build_frame(HOP_COLUMNS, hops_of(self.events, self.places))

    def timeline(self, scale: Literal["order", "time"] = "order") -> Picture:
        """The journey as a picture: by cause and effect, or with `scale="time"` on a time axis.

        Raises `LabError` for another scale, and where no event has a time.
        """
        if scale == "order":
            draw, events = by_cause, once(self.events)
        elif scale == "time":
            draw, events = by_time, list(self.events)
        else:
            raise LabError(f"There is no scale {scale!r}. Choose 'order' or 'time'.")
        if scale == "time" and all(event.time is None for event in events):
            raise LabError(
                f"No event of order {self.order_id} has a time. Draw it with scale='order'."
            )
        svg = draw(events, self._names, self.places, summary=self.summary)
        return Picture(svg, self._description())

    def __repr__(self) -> str:
        """The sentence and the table, for a terminal and for who does not see the picture."""
        return f"{self.summary}\n{self.table!r}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """The picture and the table for a notebook, and both as text."""
        picture = self.timeline().html
        html = f"{picture}\n{self.table._repr_html_()}\n<p>{escape(self.summary)}</p>"
        return {"text/html": html, "text/plain": repr(self)}

    @property
    def _names(self) -> dict[str, str]:
        # What the table leaves out is numbered last.
        return aliases_of([*once(self.events), *self.events], ids=self.ids)

    def _rows(self, events: Sequence[Event]) -> list[dict[str, Any]]:
        return rows_of(events, self._names, self.places)

    def _description(self) -> str:
        told = (
            f"{self.places[event.stage]}: {event.what} {event.told_outcome}"
            for event in once(self.events)
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
