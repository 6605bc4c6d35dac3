"""What a request needs to be allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """One action on one resource; `context` gives the context keys that belong to it alone."""

    action: str
    resource: str
    context: Callable[[], dict[str, str | list[str]]] = dict
