"""The trace as table, hops and pictures: what is shown, and that it is the same in every run."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from labkit.errors import LabError, NotSeen
from labkit.show.tracing.axis import Axis
from labkit.show.tracing.evidence import Evidence
from labkit.show.tracing.timeline import LANE_OF
from labkit.show.tracing.trace import COLUMNS, HOP_COLUMNS, MEASURED, Trace, events_of
from tests.show.tracing.journeys import (
    ORDER,
    healthy,
    invocation,
    post,
    published,
    record,
    request,
)

SVG = "{http://www.w3.org/2000/svg}"
PLACES = {stage: f"the {stage}" for stage in LANE_OF}


def trace_of(evidence: Evidence, *, ids: bool = False) -> Trace:
    return Trace(ORDER, tuple(events_of(evidence)), PLACES, ids)


def blocked(attempts: int) -> Evidence:
    """An order whose record fails so many times and is then published."""
    failed = {"outcome": "failed", "sequenceNumber": record()["SequenceNumber"], "reason": "denied"}
    lines = [
        line for n in range(attempts) for line in invocation(f"p{n}", 11.5 + n, failed)
    ] + invocation("last", 11.5 + attempts, published())
    return healthy(notifier=lines, mails=[], requests=[request(received=12.0 + attempts)])


def test_the_table():
    """Causes stand before effects and are named by their step; aliases stand for ids."""
    table = trace_of(healthy()).table
    assert list(table.columns) == COLUMNS
    assert list(table["because of"]) == ["", 1, 2, 3, 4, 5, 6, 7, 7]
    assert list(table["id"]) == [
        "request-1",
        "message-1",
        "invocation-1",
        "",
        "record-1",
        "invocation-2",
        "notification-1",
        "",
        "notification-1",
    ]
    assert trace_of(healthy(), ids=True).table.loc[:2, "id"].to_list() == ["r1", "m1", "w1"]


def test_times_and_batches_are_in_a_table_of_their_own():
    """Milliseconds count from the first event; what no service tells is empty."""
    timed = trace_of(healthy()).timed
    assert list(timed.columns) == [*COLUMNS, *MEASURED]
    assert list(timed["at (ms)"]) == [0, 500, 1000, 1001, "", 1500, 1501, 2000, 2000]
    assert list(timed["after its cause (ms)"]) == ["", 500, 500, 1, "", 499, 1, 499, 499]
    assert list(timed["batch"]) == ["", "", 1, "", "", 1, "", "", ""]


def test_hops():
    """Each hop that ended well, past the record that has no time, and the whole way."""
    hops = trace_of(healthy(requests=[request(500), request(received=32.0, number=2)])).hops
    assert list(hops.columns) == HOP_COLUMNS
    assert hops.values.tolist() == [
        ["the api", "the queue", 500],
        ["the queue", "the writer", 500],
        ["the writer", "the table", 1],
        ["the table", "the notifier", 499],
        ["the notifier", "the topic", 1],
        ["the topic", "the email", 499],
        ["the topic", "the webhook", 20499],
        ["first event", "last event", 22000],
    ]


def test_the_same_however_often_a_record_is_tried():
    """Lambda's retries of a record are one row, and neither picture nor aliases count them."""
    once, often = trace_of(blocked(1)), trace_of(blocked(7))
    assert repr(once) == repr(often)
    assert once._repr_mimebundle_() == often._repr_mimebundle_()
    assert len(often.timed) == len(once.timed) + 6


def test_the_same_at_any_time():
    """What a notebook stores holds no time: a slower run gives the same bytes."""
    slower = healthy(notifier=invocation("p1", 13.5, published()), requests=[request(received=19)])
    fast = trace_of(healthy())._repr_mimebundle_()
    assert trace_of(slower)._repr_mimebundle_() == fast
    assert trace_of(slower).timeline("time").svg != trace_of(healthy()).timeline("time").svg


@pytest.mark.parametrize("scale", ["order", "time"])
def test_a_picture_has_words(scale):
    """Who does not see it is told the end and every event; no text has less than 13 pixels."""
    trace = trace_of(healthy(requests=[request(500)]))
    picture = trace.timeline(scale)
    root = ElementTree.fromstring(picture.svg)
    assert root.find(f"{SVG}desc").text == trace.summary
    assert "the webhook: call 1 answered 500" in picture.description
    assert f'alt="{picture.description}"' in picture.html
    assert list(picture._repr_mimebundle_()) == ["text/html", "image/svg+xml", "text/plain"]
    sizes = re.findall(r'font-size="([\d.]+)"', picture.svg)
    assert min(map(float, sizes)) >= 13


@pytest.mark.parametrize("scale", ["order", "time"])
def test_trouble_has_a_sign_of_its_own(scale):
    """What went wrong is told by a shape: one triangle more than where all went well."""

    def triangles(evidence: Evidence) -> int:
        return trace_of(evidence).timeline(scale).svg.count(">!</text>")

    assert triangles(healthy(requests=[request(500)])) == triangles(healthy()) + 1


def test_bars_begin_at_the_cause():
    """On the time axis a bar spans from the cause to its effect."""
    svg = trace_of(healthy()).timeline("time").svg
    bars = re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', svg)
    axis = Axis(10.0, 12.0, 336, 776)
    assert (float(bars[1][0]), float(bars[1][1])) == (axis.x(10.0), axis.x(10.5) - axis.x(10.0))


def test_scales():
    """Another scale, or a time axis without any time, is an error that says what to do."""
    with pytest.raises(LabError, match="Choose 'order' or 'time'"):
        trace_of(healthy()).timeline("lines")
    timeless = Trace(ORDER, tuple(events_of(Evidence(ORDER, records=[record()]))), PLACES)
    with pytest.raises(LabError, match="Draw it with scale='order'"):
        timeless.timeline("time")


def test_one_event_alone():
    """An axis of no length has the one mark at its beginning."""
    assert Axis(10.0, 10.0, 100, 200).ticks() == [(100.0, "0 ms")]
    assert ">0 ms<" in trace_of(Evidence(ORDER, posts=[post(status=400)])).timeline("time").svg


def test_an_order_that_nobody_knows(aws_lab):
    """Where nothing is built, on AWS too, the error says so and what to do."""
    with pytest.raises(NotSeen, match=r"'536365' has not been seen at any stage.*lab\.post_order"):
        aws_lab.trace(ORDER)
