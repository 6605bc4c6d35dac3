"""The tree of errors, and its drawing at the top of the file."""

from __future__ import annotations

import re

from labkit import errors
from labkit.errors import LabError


def test_the_drawing_shows_every_error():
    """Each class below LabError stands in the drawing, and nothing else does."""
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    assert drawn == {each.__name__ for each in LabError.__subclasses__()}
