"""The tables that every helper of `labkit.show` returns: pandas frames made for reading.

A `Frame` is a pandas DataFrame with the columns that its helper documents, in that order, also
when it has no rows. Only its display differs: no row numbers, text on the left and numbers on the
right, long text cut, and HTML without classes or ids of its own, so that the same content is the
same output in every run. What is picked from it, `frame[["queue", "visible"]]` or
`frame[frame.visible > 0]`, is a Frame; what pandas computes from it is a plain DataFrame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from numbers import Number
from typing import Any

import pandas as pd

LONGEST_CELL = 100  # characters of a cell that are displayed; the cell itself keeps all of them
MOST_ROWS = 60  # rows that are displayed, as pandas' own display.max_rows
ENDS = 10  # rows displayed from each end of a longer table

# Sanitisers keep `text-align` and drop classes, so that both alignments survive on GitHub and in
# a notebook that JupyterLab does not trust.
CELL = '<{tag} style="text-align: {side}; white-space: {wrap}">{text}</{tag}>'
SHORT = 32  # characters of a cell that are kept on one line, however narrow the window


class Frame(pd.DataFrame):
    """A DataFrame that displays itself for reading rather than for computing."""

    def __getitem__(self, key: Any) -> Any:
        """As in pandas; some of the columns, or of the rows, are still for reading."""
        found = super().__getitem__(key)
        if not isinstance(found, pd.DataFrame):
            return found
        picked = Frame(found)
        picked.attrs = self.attrs
        return picked

    def _repr_html_(self) -> str:
        """The table as HTML, for a notebook."""
        sides = [_side(self[column]) for column in self.columns]
        lines = ["<table>", "<thead>", _row("th", self.columns, sides), "</thead>", "<tbody>"]
        lines += [_row("td", cells, sides) for cells in _displayed(self)]
        lines += ["</tbody>", "</table>", *(f"<p>{note}</p>" for note in _notes(self))]
        return "\n".join(lines)

    def __repr__(self) -> str:
        """The table as text, for a terminal and for viewers that show no HTML."""
        sides = [_side(self[column]) for column in self.columns]
        lines = [[str(column) for column in self.columns], *_displayed(self)]
        widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
        return "\n".join([*(_line(cells, widths, sides) for cells in lines), *_notes(self)])


def build_frame(
    columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, longest: int = LONGEST_CELL
) -> Frame:
    """A frame of `rows` with exactly these columns; what a row lacks is empty text.

    Columns of whole numbers become integers, of truth values booleans; all others stay objects.
    `longest` is how many characters of a cell are displayed.

    >>> build_frame(["queue", "visible"], [{"queue": "orders", "visible": 3}])
    queue   visible
    orders        3
    """
    cells = [[row.get(column, "") for column in columns] for row in rows]
    frame = Frame(cells, columns=list(columns), dtype=object)
    for column in frame.columns:
        kinds = {type(value) for value in frame[column]}
        if kinds in ({int}, {bool}):
            frame[column] = frame[column].astype(kinds.pop())
    frame.attrs["longest"] = longest
    return frame


def _displayed(frame: pd.DataFrame) -> list[list[str]]:
    longest = frame.attrs.get("longest", LONGEST_CELL)
    cells = frame.itertuples(index=False, name=None)
    rows = [[_text(value, longest) for value in row] for row in cells]
    if len(rows) <= MOST_ROWS:
        return rows
    return [*rows[:ENDS], ["⋮"] * len(frame.columns), *rows[-ENDS:]]


def _text(value: Any, longest: int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if len(text) <= longest:
        return text
    return " ".join(text.split())[: longest - 1] + "…"


def _side(column: pd.Series) -> str:
    given = [value for value in column if value != ""]
    numbers = all(isinstance(value, Number) and not isinstance(value, bool) for value in given)
    return "right" if given and numbers else "left"


def _row(tag: str, cells: Iterable[str], sides: Sequence[str]) -> str:
    marked = []
    for cell, side in zip(cells, sides, strict=True):
        # What heads a column may break in a narrow window, so that the table still fits.
        wrap = "pre" if tag == "td" and len(cell) <= SHORT else "pre-wrap"
        marked.append(CELL.format(tag=tag, side=side, wrap=wrap, text=escape(cell)))
    return f"<tr>{''.join(marked)}</tr>"


def _line(cells: Sequence[str], widths: Sequence[int], sides: Sequence[str]) -> str:
    padded = (
        cell.rjust(width) if side == "right" else cell.ljust(width)
        for cell, width, side in zip(cells, widths, sides, strict=True)
    )
    return "  ".join(padded).rstrip().replace("\n", " ")


def _notes(frame: pd.DataFrame) -> list[str]:
    if not len(frame):
        return ["nothing here"]
    if len(frame) > MOST_ROWS:
        return [f"{len(frame)} rows, of which {2 * ENDS} are shown"]
    return []
