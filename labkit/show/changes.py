"""What an action changed: how much there is at every stage, before and after."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from types import TracebackType

from labkit.lab import Lab
from labkit.show.counts import Counts, read_counts
from labkit.show.frames import Frame, build_frame
from labkit.show.settling import invocations_of, until_settled

COLUMNS = ["stage", "what", "before", "after", "change"]


@dataclass
class Changes:
    """What changed inside a `with` block: shows itself as a table of the stages that changed.

    `settled` is whether the pipeline had come to rest when the block ended; true as well when
    nobody asked for that.
    """

    lab: Lab = field(repr=False)
    wait: float = 0
    settled: bool = True
    _before: Counts = field(default_factory=dict, repr=False)
    _after: Counts | None = field(default=None, repr=False)
    _ended: int = field(default=0, repr=False)

    @property
    def table(self) -> Frame:
        """What changed. Columns: stage, what (is counted there), before, after, change."""
        return build_frame(COLUMNS, [row for row in self._rows() if row["change"]])

    @property
    def all(self) -> Frame:
        """Everything that was counted, with an empty change where there is none."""
        return build_frame(COLUMNS, self._rows())

    def __enter__(self) -> Changes:
        _, self._ended = invocations_of(self.lab, self.lab.names.writer)
        self._before = read_counts(self.lab)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None or not self.wait:
            self._after = read_counts(self.lab)
            return
        self._after, self.settled = until_settled(
            self.lab, self._before, self._ended, patience=self.wait
        )

    def __repr__(self) -> str:
        return "\n".join(filter(None, [repr(self.table), self._note()]))

    def _repr_html_(self) -> str:
        """The table for a notebook."""
        note = f"\n<p>{escape(self._note())}</p>" if self._note() else ""
        return self.table._repr_html_() + note

    def _note(self) -> str:
        if self.settled:
            return ""
        return (
            f"The pipeline has not come to rest within {self.wait:g} s: what is missing is still "
            "on its way, or stuck. lab.trace(order_id) shows where."
        )

    def _rows(self) -> list[dict[str, object]]:
        after = read_counts(self.lab) if self._after is None else self._after
        rows = []
        for stage, what in dict.fromkeys([*after, *self._before]):
            was, now = self._before.get((stage, what)), after.get((stage, what))
            change = (now or 0) - (was or 0)
            rows.append(
                {
                    "stage": stage,
                    "what": what,
                    "before": "not there" if was is None else was,
                    "after": "not there" if now is None else now,
                    "change": f"{change:+d}" if change else "",
                }
            )
        return rows


def changes(lab: Lab, *, wait: float = 0) -> Changes:
    """What the statements in a `with` block change at every stage.

    With `wait`, the block ends when the pipeline has come to rest, or after that many seconds.
    What comes back shows the stages that changed, as its `table` does; `all` has the others, too.
    Columns: stage, what (is counted there), before, after, change. Mails and requests are those
    with news, as in the picture of `pipeline`; confirmations have a row of their own.
    On AWS there are no rows for the inbox, the webhook and for what went through queue and topic.

    >>> with show.changes(lab, wait=20) as seen:
    ...     answer = lab.post_order(labkit.orders.load()[1])
    >>> seen
    stage               what                before  after  change
    queue orders        messages sent            1      2  +1
    table Orders        items                    1      2  +1
    stream Orders       records                  1      2  +1
    topic order-events  messages published       1      2  +1
    inbox               mails                    1      2  +1
    webhook orders      requests                 1      2  +1
    """
    return Changes(lab, wait)
