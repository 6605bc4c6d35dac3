"""What tests of the cloud's parts share: a clock that stands still, and recordings of AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.recordings.normalise import Comparison

START = 1_790_000_000.0


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time, from a fixed instant on; `clock.shift(seconds)` moves it."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def recorded(request: pytest.FixtureRequest) -> Comparison:
    """The recording that bears the test's name, out of its module's `RECORDINGS`."""
    return Comparison(request.module.RECORDINGS[request.node.name])
