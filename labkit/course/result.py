"""What a check answers: how it went, what was seen, and what to do next.

A check never raises in class. In a notebook its result shows as one line; beside it the output
carries the same as data, from which `labkit validate` and `labkit grade` count.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from labkit.course.text import block

MIME = "application/vnd.labkit.check+json"


class Status(StrEnum):
    """How a check went. Who has not tried yet is told so, and not that the answer is wrong."""

    PASSED = "passed"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not attempted"


# The mark and the words carry the meaning, so that the colour is not needed.
MARKS = {Status.PASSED: "✓", Status.WRONG: "✗", Status.NOT_ATTEMPTED: "○"}
COLOURS = {Status.PASSED: "#0072b2", Status.WRONG: "#d55e00", Status.NOT_ATTEMPTED: "#767676"}


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check; `points` are those of its exercise, 0 for a check of a stage.

    >>> CheckResult("queue", Status.PASSED, "Messages that fail three times reach 'orders-dead'.")
    ✓ queue: Messages that fail three times reach 'orders-dead'.
    """

    check: str
    status: Status
    message: str
    hint: str = ""
    points: int = 0

    @property
    def passed(self) -> bool:
        """Whether all is as it should be."""
        return self.status is Status.PASSED

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        line = f"{MARKS[self.status]} {self.check}: {self.message}"
        return f"{line}\n  Hint: {self.hint}" if self.hint and not self.passed else line

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        edge = f"border-left: 4px solid {COLOURS[self.status]}; padding-left: 8px"
        return {
            "text/plain": repr(self),
            "text/html": block(repr(self), edge),
            MIME: asdict(self),
        }


def from_data(data: dict[str, Any]) -> CheckResult:
    """The result that an output carries as data under `MIME`.

    Raises `ValueError` for data of another form.
    """
    try:
        return CheckResult(**{**data, "status": Status(data["status"])})
    except (TypeError, KeyError) as error:
        raise ValueError(f"This is not the result of a check: {error}") from None
