"""What a check answers: passed or not, what was seen, and what to do next.

A check never raises in class. In a notebook its result shows as one line; beside it the output
carries the same as data, from which `labkit run` counts.
"""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass
from typing import Any

MIME = "application/vnd.labkit.check+json"


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    >>> CheckResult("queue", True, "Messages that fail three times reach 'orders-dead'.")
    ✓ queue: Messages that fail three times reach 'orders-dead'.
    """

    check: str
    passed: bool
    message: str
    hint: str = ""

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        line = f"{'✓' if self.passed else '✗'} {self.check}: {self.message}"
        return f"{line}\n  Hint: {self.hint}" if self.hint and not self.passed else line

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        # The mark and the words carry the meaning, so that the colour is not needed.
        colour = "#0072b2" if self.passed else "#d55e00"
        lines = "<br>".join(html.escape(line) for line in repr(self).splitlines())
        return {
            "text/plain": repr(self),
            "text/html": f'<div style="border-left: 4px solid {colour}; padding-left: 8px">'
            f"{lines}</div>",
            MIME: asdict(self),
        }
