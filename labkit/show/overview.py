"""The pipeline at a glance: one picture with what every stage holds now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.show.images import Picture
from labkit.show.picture import Stage, draw
from labkit.show.stages import read_stages_of

TITLE = "The order pipeline"


@dataclass(frozen=True)
class Overview:
    """The pipeline at one moment: displays itself as a picture, prints itself as text."""

    stages: dict[str, Stage]
    lit: frozenset[str]

    def __repr__(self) -> str:
        """One line for each stage."""
        lines = [
            ("*" if key in self.lit else " ", stage.kind, stage.name, stage.state())
            for key, stage in self.stages.items()
        ]
        widths = [max(len(line[column]) for line in lines) for column in range(4)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )

    @property
    def svg(self) -> str:
        """The picture as an SVG document, to save in a file."""
        return draw(self.stages, self.lit, title=TITLE, description=self.description())

    def description(self) -> str:
        """What the picture shows, in words, for those who do not see it."""
        lit = [
            f"{stage.kind} {stage.name}" for key, stage in self.stages.items() if key in self.lit
        ]
        told = [f"{stage.kind} {stage.name}: {stage.state()}" for stage in self.stages.values()]
        here = f" You are here: {', '.join(lit)}." if lit else ""
        return f"{TITLE}. {'; '.join(told)}.{here}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """The picture for a notebook, as an image in HTML, as SVG and as text."""
        picture = Picture(self.svg, self.description())
        return {"text/html": picture.html, "image/svg+xml": self.svg, "text/plain": repr(self)}


def pipeline(lab: Lab, highlight: str | Iterable[str] | None = None) -> Overview:
    """The whole pipeline as a picture, with a count at each stage.

    What is not built yet is dashed; dead letters get a warning sign. `highlight` lights one stage
    or several: client, api, queue, dead_letters, writer, table, stream, notifier, topic, email,
    webhook, audit, or roles. The object that comes back has the picture as `svg` and its values as
    `stages`; it has no columns. Raises `LabError` for a stage that does not exist.

    >>> show.pipeline(lab, highlight="queue")
           HTTP POST    /orders     JSON order
           API Gateway  orders-api  1 method, stage lab
        *  SQS queue    orders      0 waiting, 0 in flight
    ...
    """
    stages = read_stages_of(lab)
    lit = frozenset([highlight] if isinstance(highlight, str) else highlight or [])
    known = [*stages, "roles"]
    if unknown := sorted(lit - set(known)):
        raise LabError(
            f"The pipeline has no stage '{unknown[0]}' to highlight. "
            f"Choose from {', '.join(known)}."
        )
    return Overview(stages, lit)
