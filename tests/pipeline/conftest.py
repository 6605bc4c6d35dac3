"""A lab on the test's local cloud, and the whole pipeline built in it."""

from __future__ import annotations

import pytest

from labkit import pipeline
from labkit.lab import Lab


@pytest.fixture(scope="module")
def built(lab: Lab) -> Lab:
    """The same lab with all stages built."""
    pipeline.build(lab, progress=False)
    return lab
