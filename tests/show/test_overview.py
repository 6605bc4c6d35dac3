"""The pipeline as a picture: what it says, in every form in which it is shown."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from labkit.errors import LabError
from labkit.show import pipeline
from labkit.show.overview import Overview
from labkit.show.picture import Stage
from labkit.show.places import PLACES, WAYS

SVG = "{http://www.w3.org/2000/svg}"


def overview(*, dead_letters: int = 0, built: bool = True, lit: frozenset[str] = frozenset()):
    trouble = f"{dead_letters} dead letters" if dead_letters else ""
    stages = {key: Stage(f"kind of {key}", key, built, "3", "things") for key in PLACES}
    stages["writer"] = replace(stages["writer"], role=True)
    stages["dead_letters"] = replace(stages["dead_letters"], trouble=trouble)
    return Overview(stages, lit)


def test_every_form():
    """A notebook gets HTML, SVG and text; all say the same and are the same every time."""
    bundle = overview()._repr_mimebundle_()
    assert list(bundle) == ["text/html", "image/svg+xml", "text/plain"]
    data = re.search(r'base64,([^"]+)"', bundle["text/html"])[1]
    assert base64.b64decode(data).decode() == bundle["image/svg+xml"]
    assert bundle == overview()._repr_mimebundle_()


def test_alternative_text():
    """Who does not see the picture is told each stage, its state, and where they are."""
    shown = overview(lit=frozenset({"queue"}))
    root = ElementTree.fromstring(shown.svg)
    assert root.find(f"{SVG}title").text == "The order pipeline"
    assert root.find(f"{SVG}desc").text == shown.description()
    assert "kind of queue queue: 3 things" in shown.description()
    assert shown.description().endswith("You are here: kind of queue queue.")
    assert f'alt="{shown.description()}"' in shown._repr_mimebundle_()["text/html"]


def test_no_text_is_small():
    """No text has less than 13 pixels."""
    sizes = re.findall(r'font-size="([\d.]+)"', overview(dead_letters=2).svg)
    assert sizes
    assert min(map(float, sizes)) >= 13


def test_dead_letters_have_a_sign_and_a_text():
    """Trouble is told by shape and words, not by colour alone."""
    assert "2 dead letters" in overview(dead_letters=2).svg
    assert "bad-mark" in overview(dead_letters=2).svg.split("</style>")[1]
    assert "bad-mark" not in overview().svg.split("</style>")[1]


def test_what_is_not_built_is_dashed_and_says_so():
    """A stage that is missing is drawn, with a dashed outline."""
    assert overview(built=False).svg.count("not built yet") > overview().svg.count("not built yet")
    assert overview(built=False).svg.count("dasharray") > len(PLACES)
    assert "not built yet" in repr(overview(built=False))


def test_highlight_is_more_than_a_colour():
    """A lit stage has a thick outline and a label, and a star in the text."""
    shown = overview(lit=frozenset({"queue"}))
    assert shown.svg.count("you are here") == 1
    assert 'stroke-width="3"' in shown.svg
    starred = [line.split() for line in repr(shown).splitlines() if line.startswith("*")]
    assert [line[4] for line in starred] == ["queue"]


def test_roles_can_be_lit():
    """The role tabs are lit on their own, for the notebook about roles."""
    shown = overview(lit=frozenset({"roles"}))
    assert "labkit-lit " in shown.svg
    assert "you are here" not in shown.svg


def test_every_line_ends_at_its_boxes():
    """Lines start at the border of one box and end at that of the next."""

    def touches(key: str, x: int, y: int) -> bool:
        box = PLACES[key]
        across = box.x <= x <= box.x + box.width and y in (box.y, box.y + box.height)
        down = box.y <= y <= box.y + box.height and x in (box.x, box.x + box.width)
        return across or down

    for start, end, corners in WAYS:
        assert touches(start, *corners[0]), (start, end)
        assert touches(end, *corners[-1]), (start, end)


def test_nothing_built_yet(aws_lab):
    """Before the first notebook the picture shows the whole plan, all of it dashed."""
    shown = pipeline(aws_lab, highlight="roles")
    assert shown.stages.keys() == PLACES.keys()
    assert not any(stage.built for stage in shown.stages.values())
    assert [stage.role for stage in shown.stages.values() if stage.role is not None] == [False] * 3


def test_half_built(aws_lab):
    """What exists is shown with its state, the rest as not built."""
    url = aws_lab.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    aws_lab.client("sqs").send_message(QueueUrl=url, MessageBody="order")
    aws_lab.client("sns").create_topic(Name="order-events")
    stages = pipeline(aws_lab, highlight=["queue", "topic"]).stages
    assert [key for key, stage in stages.items() if stage.built] == ["queue", "topic"]
    assert stages["queue"].state() == "1 waiting, 0 in flight"
    assert stages["topic"].state() == "0 subscribers"


def test_unknown_highlight(aws_lab):
    """A stage that does not exist is an error that lists those that do."""
    with pytest.raises(LabError, match=r"no stage 'ququ' to highlight\. Choose from client, api"):
        pipeline(aws_lab, highlight="ququ")
