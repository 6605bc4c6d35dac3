"""HTTP requests and responses as plain records, for code that needs no socket."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from multidict import CIMultiDict

FORM = "application/x-www-form-urlencoded"


class NotUsable(ValueError):
    """A request that a page of the lab's cannot use; its sender is told why."""


@dataclass(frozen=True)
class Request:
    """One HTTP request as it arrived.

    `path` is the raw (still percent-encoded) path and `query` the raw query string without its
    question mark; header names compare without regard to case. `from_function` says that it came by
    the door that only the lab's functions are told of.
    """

    method: str
    path: str
    query: str = ""
    headers: CIMultiDict[str] = field(default_factory=CIMultiDict)
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    from_function: bool = False
    # By service, what it has read of this request: see readings.py.
    readings: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def is_form(self) -> bool:
        """Whether the body is a form, as the query protocol's are."""
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        return kind.strip().lower() == FORM


@dataclass(frozen=True)
class Response:
    """One HTTP response to be sent, or as a service gave it."""

    status: int = 200
    headers: CIMultiDict[str] = field(default_factory=CIMultiDict)
    body: bytes = b""

    @classmethod
    def of_json(cls, document: Any, status: int = 200, **headers: str) -> Response:
        """A JSON answer; keyword names become header names (`x_amzn_ErrorType`)."""
        named = CIMultiDict({"Content-Type": "application/json"})
        named.update({name.replace("_", "-"): value for name, value in headers.items()})
        return cls(status, named, json.dumps(document).encode())
