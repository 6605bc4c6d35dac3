"""A text for the student to read: Markdown in a notebook, plain in a terminal, HTML on a page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

CODE = re.compile("`([^`]+)`")


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


def as_html(text: str) -> Markup:
    """A text as HTML: what stands between backticks is code, all else is as it was written.

    >>> as_html("Set `a < b`, and mind the ` alone.")
    Markup('Set <code>a &lt; b</code>, and mind the ` alone.')
    """
    parts = CODE.split(text)  # every second one was between backticks
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if odd % 2 else part
        for odd, part in enumerate(parts)
    )
