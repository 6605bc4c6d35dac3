"""How much work one rendering may do, so that no template can hold up the cloud.

API Gateway bounds a rendering by the integration's time-out and by the 10 MB payload limit. The
cloud has one event loop, so it counts instead: steps of the template engine, and characters that
the engine reads or writes.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

# About a second of work. A mapping that loops over a thousand order lines takes 20,000 steps.
STEPS = 250_000
# A 10 MB body is read once, and written as up to three characters for each when URL-encoded.
CHARACTERS = 128 * 1024 * 1024
LARGEST_NUMBER_BITS = 1024
LARGEST_LIST = 100_000
PATTERN_SECONDS = 0.25


class TooMuchWork(Exception):
    """A template did more than one rendering may."""


class Budget:
    """What is left for the rendering at hand."""

    def __init__(self) -> None:
        self.steps = STEPS
        self.characters = CHARACTERS


_current = Budget()


@contextmanager
def fresh() -> Iterator[None]:
    """A new budget for one parse or one rendering.

    Rendering never awaits, so one module-level budget is enough for the event loop.
    """
    global _current
    before, _current = _current, Budget()
    try:
        yield
    finally:
        _current = before


def spend(steps: int = 0, *, characters: int = 0) -> None:
    """Take from the present budget.

    Raises:
        TooMuchWork: when it is used up.
    """
    _current.steps -= steps
    _current.characters -= characters
    if _current.steps < 0 or _current.characters < 0:
        raise TooMuchWork("The template does more work than one request may cause.")
