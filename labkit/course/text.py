"""A text for the student to read: HTML in a notebook and on a page, plain in a terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

CODE = re.compile("`([^`]+)`")


@dataclass(frozen=True)
class Text:
    """A text that shows itself.

    >>> Text("Receiving does not `delete`.")
    Receiving does not `delete`.
    """

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return block(self.text)


@dataclass(frozen=True)
class Listing:
    """Code that shows itself, in the colours of the notebook."""

    code: str

    def __repr__(self) -> str:
        return f"```python\n{self.code}\n```"

    def _repr_markdown_(self) -> str:
        return repr(self)


def block(text: str, style: str = "") -> str:
    """A text as a block of a notebook's output.

    Spaces and line breaks stay, and a long word is broken. No formula is made of what stands
    between two dollars: the classes are those by which MathJax passes over an element.

    >>> block("No.  Try `a < b`.")[-37:]
    'No.  Try <code>a &lt; b</code>.</div>'
    """
    looks = f"white-space: pre-wrap; overflow-wrap: anywhere{style and '; '}{style}"
    return f'<div class="mathjax_ignore tex2jax_ignore" style="{looks}">{as_html(text)}</div>'


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
