"""The pipeline as a picture: where each stage stands and how its state looks.

The way of an order runs along the upper row, down through the table's stream, and back along the
lower row to the subscribers. State is never told by colour alone: what is not built is dashed and
says so, trouble has a warning triangle and a text, the stage in question a thick outline and a
label.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

from labkit.show.places import HEIGHT, PLACES, WAYS, WIDTH, Box
from labkit.show.svg import document, element, fitted, text


@dataclass(frozen=True)
class Stage:
    """What is shown of one stage: `count` and `unit` as its headline, `detail` below.

    `trouble` is why the stage needs a look; `role` whether its IAM role exists (None: needs none).
    """

    kind: str
    name: str
    built: bool
    count: str = ""
    unit: str = ""
    detail: str = ""
    trouble: str = ""
    role: bool | None = None

    def with_role(self, *, exists: bool) -> Stage:
        """The stage with what is known of its IAM role."""
        return replace(self, role=exists)

    def state(self) -> str:
        """What the picture shows of the stage, in words."""
        if not self.built:
            return "not built yet"
        return ", ".join(filter(None, [f"{self.count} {self.unit}".strip(), self.detail]))


LISTENERS = ("email", "webhook", "audit")  # in lower boxes than the others


def draw(stages: Mapping[str, Stage], lit: Set[str], *, title: str, description: str) -> str:
    """The SVG of the stages; those named in `lit` are emphasised, `roles` means the role tabs."""
    parts = [element("rect", look="page", width=WIDTH, height=HEIGHT, rx=10)]
    for start, end, corners in WAYS:
        parts.append(_way(corners, built=stages[start].built and stages[end].built))
    parts.append(_beside_the_ways(stages))
    for key, stage in stages.items():
        draw_box = _listener if key in LISTENERS else _stage
        parts.append(draw_box(PLACES[key], stage, lit=key in lit))
        if stage.role is not None:
            parts.append(_role(PLACES[key], exists=stage.role, lit="roles" in lit))
    first = next((key for key in stages if key in lit), None)
    if first is not None:
        parts.append(_here(PLACES[first]))
    return document(WIDTH, HEIGHT, *parts, title=title, description=description)


def _frame(box: Box, stage: Stage, *, lit: bool) -> str:
    fill = "lit" if lit else "bad" if stage.trouble else "box" if stage.built else "page"
    edge = "lit-edge" if lit else "bad-edge" if stage.trouble else "edge"
    outline = {} if stage.built else {"stroke_dasharray": "6 5"}
    frame = element(
        "rect",
        look=f"{fill} {edge}",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        rx=8,
        stroke_width=3 if lit or stage.trouble else 1.5,
        **outline,
    )
    stripe = element(
        "rect", x=box.x + 8, y=box.y + 12, width=5, height=box.height - 24, rx=2.5, fill=box.accent
    )
    parts = [frame, stripe if stage.built else ""]
    if stage.trouble:
        parts.append(_warning(box.x + box.width - 26, box.y + 25))  # above any number of digits
    return "".join(parts)


def _stage(box: Box, stage: Stage, *, lit: bool) -> str:
    x, room = box.x + 20, box.width - 26
    lines = [
        text(fitted(stage.kind, room), x, box.y + 28, look="soft", font_weight=600),
        text(fitted(stage.name, room, 14), x, box.y + 48, look="ink", size=14),
    ]
    if not stage.built:
        lines.append(text("not built yet", x, box.y + 66, look="soft", font_style="italic"))
    elif box.height < PLACES["queue"].height:  # the headline in one line, smaller
        headline = stage.trouble or f"{stage.count} {stage.unit}"
        lines[1:] = [text(headline, x, box.y + 54, look="ink", size=16, font_weight=700)]
    else:
        size = 24 if stage.count.isdigit() else 16
        headline = element(
            "text",
            element("tspan", stage.count, font_size=size, font_weight=700),
            element("tspan", f" {stage.unit}", font_size=13) if stage.unit else "",
            look="ink",
            x=x,
            y=box.y + 78,
        )
        lines += [headline, text(fitted(stage.detail, room), x, box.y + 97, look="soft")]
    return _frame(box, stage, lit=lit) + "".join(lines)


def _listener(box: Box, stage: Stage, *, lit: bool) -> str:
    left, right = box.x + 20, box.x + box.width - 12
    state = f"{stage.count} {stage.unit}" if stage.built else "not built yet"
    lines = [
        text(stage.kind, left, box.y + 20, look="soft", font_weight=600),
        text(fitted(stage.name, 190), left, box.y + 39, look="ink"),
        text(state, right, box.y + 20, look="ink", text_anchor="end", font_weight=700),
        text(stage.detail, right, box.y + 39, look="soft", text_anchor="end"),
    ]
    return _frame(box, stage, lit=lit) + "".join(lines)


def _way(corners: list[tuple[int, int]], *, built: bool) -> str:
    (before_x, before_y), (x, y) = corners[-2:]
    dx, dy = (x > before_x) - (x < before_x), (y > before_y) - (y < before_y)
    base_x, base_y = x - 10 * dx, y - 10 * dy
    path = [*corners[:-1], (base_x, base_y)]
    head = [(x, y), (base_x + 6 * dy, base_y + 6 * dx), (base_x - 6 * dy, base_y - 6 * dx)]
    dashes = {} if built else {"stroke_dasharray": "5 4"}
    line = element(
        "polyline", look="edge", points=_points(path), fill="none", stroke_width=2, **dashes
    )
    return line + element("polygon", look="arrow", points=_points(head))


def _beside_the_ways(stages: Mapping[str, Stage]) -> str:
    dead_letters = stages["dead_letters"]
    built, missing = {"stroke_width": 2}, {"stroke_width": 2, "stroke_dasharray": "5 4"}
    return "".join(
        [
            text(dead_letters.detail, 452, 170, look="soft") if dead_letters.built else "",
            text("every change", 786, 222, look="soft", text_anchor="end"),
            text("of an item", 786, 240, look="soft", text_anchor="end"),
            element("line", look="edge", x1=12, y1=208, x2=46, y2=208, **built),
            text("built", 56, 213, look="soft"),
            element("line", look="edge", x1=12, y1=232, x2=46, y2=232, **missing),
            text("not built yet", 56, 237, look="soft"),
        ]
    )


def _here(box: Box) -> str:
    label = {"look": "on-pill", "text_anchor": "middle", "font_weight": 700}
    pill = element(
        "rect", look="lit-pill", x=box.middle - 54, y=box.y - 13, width=108, height=23, rx=11.5
    )
    return pill + text("you are here", box.middle, box.y + 3, **label)


def _role(box: Box, *, exists: bool, lit: bool) -> str:
    x, y = box.x + box.width - 66, box.y + box.height - 7
    look = f"{'lit' if lit else 'box' if exists else 'page'} {'lit-edge' if lit else 'edge'}"
    outline = {} if exists else {"stroke_dasharray": "4 3"}
    tab = element(
        "rect",
        look=look,
        x=x,
        y=y,
        width=56,
        height=22,
        rx=11,
        stroke_width=3 if lit else 1.5,
        **outline,
    )
    return tab + text("role", x + 28, y + 15.5, look="ink", text_anchor="middle")


def _warning(x: int, y: int) -> str:
    triangle = element(
        "polygon",
        look="bad-mark",
        points=_points([(x, y - 13), (x + 14, y + 11), (x - 14, y + 11)]),
    )
    return triangle + text(
        "!", x, y + 8, look="on-pill", size=16, text_anchor="middle", font_weight=700
    )


def _points(corners: list[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in corners)
