"""A text for the student to read: Markdown in a notebook, plain in a terminal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A text that shows itself.

    >>> Text("Receiving does not *delete*.")
    Receiving does not *delete*.
    """

    markdown: str

    def __repr__(self) -> str:
        return self.markdown

    def _repr_markdown_(self) -> str:
        return self.markdown
