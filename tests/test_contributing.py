"""What CONTRIBUTING.md says of the code is so."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
AFTERNOON = 5_500  # lines, docstrings and blank ones among them


def test_the_way_of_an_order_is_read_in_an_afternoon():
    """Every module that it names is there, once; all of them together stay readable."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text()
    section = text.partition("## The way of one order")[2].partition("\n## ")[0]
    named = re.findall(r"`(cloud/[\w/]+\.py)`", section)
    assert len(named) == len(set(named)) > 20
    lines = [len((REPOSITORY / "labkit" / name).read_text().splitlines()) for name in named]
    assert sum(lines) <= AFTERNOON
    assert max(lines) <= 260


def test_every_folder_of_the_code_has_a_row():
    """The table of folders has every package of labkit, and nothing that is gone."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text()
    table = text.partition("| folder | what it holds |")[2].partition("\n\n")[0]
    named = {name.strip("/") for name in re.findall(r"`(labkit/[\w/]*)`", table)}
    packages = {
        str(path.parent.relative_to(REPOSITORY))
        for path in REPOSITORY.glob("labkit/**/__init__.py")
    }
    assert named - packages == set()
    assert {path for path in packages if path.count("/") < 3} - named == set()
