"""The smallest policy that covers what was used.

What differs from run to run is left open: the name of a log stream, the time in a stream's ARN.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from labkit.cloud.access.documents import NEWEST
from labkit.cloud.access.ledger import Row

LOG_STREAM = re.compile(r"(:log-group:[^:]+):log-stream:.*")
TABLE_STREAM = re.compile(r"(:table/[^/]+/stream)/.*")


def document(rows: Iterable[Row]) -> dict[str, Any]:
    """A policy with one statement for each resource, and the actions that were used on it."""
    used: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        used[lasting(row.resource)].add(row.action)
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for resource, actions in used.items():
        together[tuple(sorted(actions))].append(resource)
    return {
        "Version": NEWEST,
        "Statement": [
            {"Effect": "Allow", "Action": list(actions), "Resource": _one_or_all(resources)}
            for actions, resources in sorted(together.items())
        ],
    }


def lasting(resource: str) -> str:
    """A resource without the part that is another one tomorrow.

    >>> lasting("arn:aws:dynamodb:e:1:table/Orders/stream/2026-11-23T03:00:00.000")
    'arn:aws:dynamodb:e:1:table/Orders/stream/*'
    """
    return TABLE_STREAM.sub(r"\1/*", LOG_STREAM.sub(r"\1:*", resource))


def _one_or_all(resources: list[str]) -> str | list[str]:
    return resources[0] if len(resources) == 1 else sorted(resources)
