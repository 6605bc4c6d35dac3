"""A picture as a notebook shows it: an image in HTML, the SVG itself, and its words."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from html import escape

WIDTH = re.compile(r'<svg[^>]* width="(\d+)"')


@dataclass(frozen=True)
class Picture:
    """An SVG document and what it shows, in words for those who do not see it."""

    svg: str
    description: str

    @property
    def html(self) -> str:
        """The picture as an image in HTML.

        As an image in HTML it is seen everywhere. GitHub's viewer sanitises `image/svg+xml` as if
        it were HTML, which turns shapes black (jupyter/nbviewer issue 1037), and JupyterLab shows
        it only in a notebook that it trusts; both prefer `text/html` and leave an image alone.
        """
        data = base64.b64encode(self.svg.encode()).decode()
        width = WIDTH.search(self.svg)
        wide = f'width="{width[1]}" ' if width else ""
        alt = escape(self.description)
        return f'<img {wide}alt="{alt}" src="data:image/svg+xml;base64,{data}">'

    def __repr__(self) -> str:
        """What it shows, in words."""
        return self.description

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """The picture for a notebook; the SVG is for viewers that take no HTML."""
        return {"text/html": self.html, "image/svg+xml": self.svg, "text/plain": repr(self)}
