"""The steps of a notebook that is graded: its code cells, in the order in which they run."""

from __future__ import annotations

from dataclasses import dataclass

CONNECT = "connect"


@dataclass(frozen=True)
class Step:
    """A code cell to run; `exercise` is the one that it checks, `role` may be CONNECT."""

    source: str
    exercise: str = ""
    role: str = ""
