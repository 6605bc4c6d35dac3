"""What stands in a table in place of the parts that differ from run to run.

Ids become aliases in the order in which they are first seen (`message-1`), instants become
offsets from the first one shown (`+0.4 s`), ARNs become the name at their end, and the lab's own
endpoint, whose port is chosen anew by every local cloud, becomes `lab`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

# arn:partition:service:region:account:resource; "Amazon Resource Names" in the IAM user guide.
STREAM_ARN = re.compile(r"table/(?P<table>[^/]+)/stream/")


class Aliases:
    """Short names for ids, numbered in the order in which they are asked for.

    >>> aliases = Aliases("message")
    >>> aliases["9b1c"], aliases["07fe"], aliases["9b1c"]
    ('message-1', 'message-2', 'message-1')
    """

    def __init__(self, kind: str, *, ids: bool = False) -> None:
        self._kind = kind
        self._ids = ids
        self._names: dict[str, str] = {}

    def __getitem__(self, identifier: str) -> str:
        if self._ids:
            return identifier
        return self._names.setdefault(identifier, f"{self._kind}-{len(self._names) + 1}")

    def known(self) -> Mapping[str, str]:
        """Every id so far with the name that stands for it."""
        return self._names


def offsets(instants: Iterable[float]) -> list[str]:
    """Seconds after the earliest of `instants` (epoch seconds), as text.

    >>> offsets([1480571767.5, 1480571767.25])
    ['+0.2 s', '+0.0 s']
    """
    instants = list(instants)
    first = min(instants, default=0.0)
    return [f"+{instant - first:.1f} s" for instant in instants]


def epoch(instant: datetime | str | float) -> float:
    """Seconds since the epoch, from a datetime, an ISO 8601 text or a number.

    >>> epoch("2010-12-01T08:26:00.500Z")
    1291191960.5
    """
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant)
    return instant.timestamp() if isinstance(instant, datetime) else float(instant)


def name_of(arn: str) -> str:
    """The name at the end of an ARN; a table's name for the ARN of its stream.

    >>> name_of("arn:aws:iam::123456789012:role/order-writer-role")
    'order-writer-role'
    >>> name_of("arn:aws:dynamodb:us-east-1:123456789012:table/Orders/stream/2026-11-23T03:00")
    'Orders'
    """
    stream = STREAM_ARN.search(arn)
    return stream["table"] if stream else re.split("[:/]", arn)[-1]


def without_endpoint(url: str, endpoint_url: str | None) -> str:
    """A URL of the lab's own without the port of this run; any other URL as it is.

    >>> without_endpoint("http://127.0.0.1:40123/_lab/webhook/shop", "http://127.0.0.1:40123")
    'lab/_lab/webhook/shop'
    """
    if endpoint_url and url.startswith(endpoint_url):
        return "lab" + url[len(endpoint_url) :]
    return url


def compact(value: Any) -> str:
    """A JSON value as `name=value, ...` with names in order; text and numbers as they are.

    >>> compact({"total": "139.12", "lines": [1, 2], "country": "France"})
    'country=France, lines=[1, 2], total=139.12'
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={compact(value[name])}" for name in sorted(value))
    return value if isinstance(value, str) else json.dumps(value, default=str)
