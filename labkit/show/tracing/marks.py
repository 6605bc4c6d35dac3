"""The marks of a journey's events, each with a shape of its own, and the arrows between them."""

from __future__ import annotations

from labkit.show.places import PLACES
from labkit.show.svg import element, text
from labkit.show.tracing.events import Event

RADIUS = 8
NO_EFFECT = ("duplicate", "stored before", "passed over")  # rightly: there was nothing to do


def mark(event: Event, x: float, y: float) -> str:
    """The shape that tells how an event went, with its middle at x, y."""
    if event.trouble and event.certain:
        return _triangle(x, y)
    if event.trouble:
        return _triangle(
            x, y, look="page bad-edge", on="ink", stroke_width=2, stroke_dasharray="3 2"
        )
    colour = PLACES[event.stage].accent
    circle = {"cx": x, "cy": y, "r": RADIUS}
    if event.outcome in NO_EFFECT:
        return element("circle", look="page", **circle, stroke=colour, stroke_width=3)
    return element("circle", look="edge", **circle, fill=colour, stroke_width=1.5)


# One event of each shape, in the grey that is no service's colour, and what it means: the legend.
MARKS = {
    Event("", "client", "", "stored"): "went well",
    Event("", "client", "", "failed", trouble=True): "went wrong",
    Event("", "client", "", "duplicate"): "rightly did nothing",
    Event("", "client", "", "failed", trouble=True, certain=False): "perhaps went wrong",
}


def arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    """From a cause down its lane, then across to the effect's."""
    (x, y), (to_x, to_y) = start, end
    if x == to_x:
        tip = (to_x, to_y - RADIUS - 3)
        corners = [(x, y), (x, tip[1] - 8)]
        head = [tip, (tip[0] - 5, tip[1] - 9), (tip[0] + 5, tip[1] - 9)]
    else:
        side = 1 if to_x > x else -1
        tip = (to_x - side * (RADIUS + 3), to_y)
        corners = [(x, y), (x, to_y), (tip[0] - side * 8, to_y)]
        head = [tip, (tip[0] - side * 9, to_y - 5), (tip[0] - side * 9, to_y + 5)]
    line = element("polyline", look="edge", points=_points(corners), fill="none", stroke_width=2)
    return line + element("polygon", look="arrow", points=_points(head))


def _triangle(
    x: float, y: float, *, look: str = "bad-mark", on: str = "on-pill", **line: object
) -> str:
    corners = [(x, y - 11), (x + 12, y + 9), (x - 12, y + 9)]
    shape = element("polygon", look=look, points=_points(corners), stroke_linejoin="round", **line)
    return shape + text("!", x, y + 7, look=on, size=14, text_anchor="middle", font_weight=700)


def _points(corners: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in corners)
