"""Where each stage of the pipeline stands in the picture, and the lines between them.

Coordinates are pixels. The picture is as wide as a notebook's output in a window of 1,280 pixels,
so that its text of 13 pixels and more is not scaled down.
"""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 880, 462

# Accents of the palette of Okabe and Ito, which colour-blind readers can tell apart.
# https://jfly.uni-koeln.de/color/
GREY, BLUE, ORANGE, GREEN = "#999999", "#0072B2", "#E69F00", "#009E73"
SKY, PURPLE = "#56B4E9", "#CC79A7"


@dataclass(frozen=True)
class Box:
    """A place in the picture: upper left corner, size and accent colour."""

    x: int
    y: int
    width: int = 154
    height: int = 112
    accent: str = "#0072B2"

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


PLACES = {
    "client": Box(7, 34, accent=GREY),
    "api": Box(185, 34, accent=BLUE),
    "queue": Box(363, 34, accent=ORANGE),
    "writer": Box(541, 34, accent=GREEN),
    "table": Box(719, 34, accent=SKY),
    "dead_letters": Box(340, 186, 200, 74, accent=ORANGE),
    "stream": Box(719, 312, accent=SKY),
    "notifier": Box(541, 312, accent=GREEN),
    "topic": Box(363, 312, accent=PURPLE),
    "email": Box(7, 282, 318, 48, accent=PURPLE),
    "webhook": Box(7, 344, 318, 48, accent=PURPLE),
    "audit": Box(7, 406, 318, 48, accent=ORANGE),
}
# From, to, and the corners of the line between them.
WAYS = [
    ("client", "api", [(161, 90), (185, 90)]),
    ("api", "queue", [(339, 90), (363, 90)]),
    ("queue", "writer", [(517, 90), (541, 90)]),
    ("writer", "table", [(695, 90), (719, 90)]),
    ("queue", "dead_letters", [(440, 146), (440, 186)]),
    ("table", "stream", [(796, 146), (796, 312)]),
    ("stream", "notifier", [(719, 368), (695, 368)]),
    ("notifier", "topic", [(541, 368), (517, 368)]),
    ("topic", "email", [(363, 368), (344, 368), (344, 306), (325, 306)]),
    ("topic", "webhook", [(363, 368), (325, 368)]),
    ("topic", "audit", [(363, 368), (344, 368), (344, 430), (325, 430)]),
]
