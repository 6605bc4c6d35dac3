"""What libraries import if it happens to be installed, at a price, and labkit never uses.

jsonschema checks IRIs with a grammar that takes more than a second to build, and durations with a
calendar.
"""

from __future__ import annotations

import sys

NAMES = ("rfc3987_syntax", "isoduration")


def leave_out(*more: str) -> None:
    """Let this process go on as if these libraries, and `more`, were not installed."""
    for name in (*NAMES, *more):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
