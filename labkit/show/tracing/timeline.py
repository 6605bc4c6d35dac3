"""An order's journey as a picture: one row for each event, from top to bottom.

`by_cause` has a lane for each stage, and an arrow from each cause to its effect; it is the same in
every run. `by_time` has a time axis, and a bar from each cause to its effect. What went wrong is
told by a triangle and its words, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labkit.show.places import PLACES, WIDTH
from labkit.show.svg import document, element, fitted, text
from labkit.show.tracing.axis import Axis, length
from labkit.show.tracing.events import Event, timed_cause
from labkit.show.tracing.marks import MARKS, arrow, mark

# Stage -> the lane it stands in, and what is written above each lane.
LANES = ["API", "queue", "Lambda", "table", "stream", "Lambda", "topic", "subscribers"]
LANE_OF = {
    "api": 0,
    "queue": 1,
    "dead_letters": 1,
    "writer": 2,
    "table": 3,
    "stream": 4,
    "notifier": 5,
    "topic": 6,
    "email": 7,
    "webhook": 7,
    "audit": 7,
}
FIRST_LANE, LANE = 30, 42
ROW = 48  # pixels: a row's height
HEAD, TIME_HEAD = 126, 86  # what stands above the rows
CARD, RIGHT = 358, WIDTH - 12
PLOT, PLOT_END = 336, 776
TITLE = "The journey of one order"


def by_cause(
    events: Sequence[Event], names: Mapping[str, str], places: Mapping[str, str], *, summary: str
) -> str:
    """The SVG with lanes; `names` has the alias of each event's id by the event's key."""
    height = HEAD + ROW * len(events) + 12
    rows = {event.key: row for row, event in enumerate(events)}
    parts = [_page(height, summary)]
    parts += [_lane(number, name, height) for number, name in enumerate(LANES)]
    parts += [_legend(number, shape, words) for number, (shape, words) in enumerate(MARKS.items())]
    for row, event in enumerate(events):
        if event.cause in rows:
            cause = events[rows[event.cause]]
            start = (_lane_x(cause), _middle(rows[event.cause]))
            parts.append(arrow(start, (_lane_x(event), _middle(row))))
    for row, event in enumerate(events):
        parts.append(_card(row, event, names[event.key], places[event.stage]))
        parts.append(mark(event, _lane_x(event), _middle(row)))
    return document(WIDTH, height, *parts, title=TITLE, description=summary)


def by_time(
    events: Sequence[Event], names: Mapping[str, str], places: Mapping[str, str], *, summary: str
) -> str:
    """The SVG with a time axis; at least one of the events has a time."""
    height = TIME_HEAD + ROW * len(events) + 12
    times = [event.time for event in events if event.time is not None]
    axis = Axis(min(times), max(times), PLOT, PLOT_END)
    parts = [_page(height, summary)]
    for x, label in axis.ticks():
        line = {"x1": x, "x2": x, "y1": TIME_HEAD - 8, "y2": height - 12}
        parts.append(element("line", look="edge", **line, stroke_width=1, stroke_dasharray="2 4"))
        parts.append(text(label, x, TIME_HEAD - 16, look="soft", text_anchor="middle"))
    for row, event in enumerate(events):
        y = _middle(row, TIME_HEAD)
        parts.append(_labels(event, names[event.key], places[event.stage], 20, y, PLOT - 46))
        if event.time is None:
            parts.append(text("no time told", PLOT + 14, y + 5, look="soft", font_style="italic"))
            continue
        cause = timed_cause(event, events)
        start = event.time if cause is None or cause.time is None else cause.time
        x, end = axis.x(min(start, event.time)), axis.x(event.time)
        colour = PLACES[event.stage].accent
        bar = {"x": x, "y": y - 5, "width": max(0.0, round(end - x, 1)), "height": 10, "rx": 5}
        parts.append(element("rect", **bar, fill=colour))
        parts.append(mark(event, end, y))
        after = length(event.time - axis.first)
        parts.append(text(after, RIGHT, y + 5, look="ink", text_anchor="end", font_weight=700))
    return document(WIDTH, height, *parts, title=TITLE, description=summary)


def _page(height: int, summary: str) -> str:
    page = element("rect", look="page", width=WIDTH, height=height, rx=10)
    return page + text(
        fitted(summary, WIDTH - 40, 15), 20, 30, look="ink", size=14, font_weight=700
    )


def _lane(number: int, name: str, height: int) -> str:
    x = FIRST_LANE + LANE * number
    line = {"x1": x, "x2": x, "y1": HEAD - 4, "y2": height - 12}
    lane = element("line", look="edge", **line, stroke_width=1, stroke_dasharray="2 5")
    turned = f"rotate(-38 {x} {HEAD - 12})"
    return lane + text(name, x, HEAD - 12, look="soft", transform=turned)


def _legend(number: int, shape: Event, words: str) -> str:
    x, y = CARD + 120 + 190 * (number % 2), 62 + 28 * (number // 2)
    return mark(shape, x, y) + text(words, x + 20, y + 5, look="soft")


def _card(row: int, event: Event, name: str, place: str) -> str:
    y = HEAD + ROW * row
    looks = "bad bad-edge" if event.trouble else "box edge"
    size = {"x": CARD, "y": y + 3, "width": RIGHT - CARD, "height": ROW - 6, "rx": 7}
    card = element("rect", look=looks, **size, stroke_width=1)
    return card + _labels(event, name, place, CARD + 12, _middle(row), RIGHT - CARD - 24)


def _labels(event: Event, name: str, place: str, x: int, y: int, width: int) -> str:
    outcome = event.told_outcome
    what = "" if name.startswith(event.what) else event.what  # message-1 is a message
    below = " · ".join(filter(None, [what, name, event.detail]))
    room = width - 9 * len(outcome) - 10
    return (
        text(fitted(place, room), x, y - 4, look="ink", font_weight=600)
        + text(outcome, x + width, y - 4, look="ink", text_anchor="end", font_weight=700)
        + text(fitted(below, width), x, y + 14, look="soft")
    )


def _lane_x(event: Event) -> int:
    return FIRST_LANE + LANE * LANE_OF[event.stage]


def _middle(row: int, head: int = HEAD) -> int:
    return head + ROW * row + ROW // 2
