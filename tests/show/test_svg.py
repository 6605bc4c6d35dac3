"""SVG as text: well-formed, escaped, readable."""

from __future__ import annotations

from itertools import product
from xml.etree import ElementTree

import pytest

from labkit.show.svg import PALETTE, document, element, fitted, text


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    lighter, darker = sorted([luminance(one), luminance(other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [1, 2], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(theme):
    """Text has a contrast of at least 4.5 to 1, the mark of WCAG's level AA, in both themes."""
    pairs = [*product(["ink", "soft"], ["page", "box", "lit", "bad"])]
    pairs += [("on-pill", "lit-pill"), ("on-pill", "bad-mark")]
    for ink, ground in pairs:
        assert contrast(PALETTE[ink][theme], PALETTE[ground][theme]) >= 4.5, (ink, ground)


@pytest.mark.parametrize("theme", [1, 2], ids=["light", "dark"])
def test_lines_can_be_seen(theme):
    """Lines and marks have a contrast of at least 3 to 1 to what they are drawn on."""
    for line, ground in [("edge", "page"), ("edge", "box"), ("bad-edge", "bad"), ("arrow", "page")]:
        assert contrast(PALETTE[line][theme], PALETTE[ground][theme]) >= 3, (line, ground)
    assert contrast(PALETTE["lit-edge"][theme], PALETTE["lit"][theme]) >= 3


def test_names_cannot_become_markup():
    """A resource may be called anything that XML has a meaning for."""
    picture = document(
        10, 10, text('<b> & "x"', 0, 0, look="ink"), title="a & b", description="<d>"
    )
    root = ElementTree.fromstring(picture)
    assert [part.text for part in root][:2] == ["a & b", "<d>"]
    assert root[-1].text == '<b> & "x"'


def test_colours_without_a_style_sheet():
    """Every look is an attribute as well, for viewers that strip styles."""
    assert element("rect", look="box edge", width=2) == (
        '<rect class="labkit-box labkit-edge" fill="#ffffff" stroke="#6e7781" width="2"/>'
    )


def test_fitted():
    """A long name is cut with an ellipsis, a short one is left alone."""
    assert fitted("orders", 120) == "orders"
    assert fitted("orders-of-the-whole-year", 60).endswith("…")
