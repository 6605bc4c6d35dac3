"""Least privilege as a table: what a role may do, what it did, and what it was refused."""

from __future__ import annotations

from typing import Any

from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.missing import missing

COLUMNS = ["action", "resource", "policy", "use", "count"]


def access(lab: Lab, role: str) -> Frame:
    """What a role was granted, which of that it used or never used, and what it was denied.

    `role` is a name or an ARN. Columns: action, resource (the last part of its ARN), policy (which
    grants it; empty for what was denied), use (used, never used or denied), count. The local cloud
    records every decision, so this needs one: `LocalOnly` is raised on AWS, `StageMissing` when
    there is no such role.

    >>> show.access(lab, lab.names.writer_role)
    action             resource  policy           use   count
    sqs:DeleteMessage  orders    Lambda-Read-SQS  used    ...
    ...
    """
    try:
        found = lab.access(role)
    except ValueError:
        raise missing("Role", role) from None
    rows = [_granted(row) for row in found["granted"]]
    rows += [_denied(row) for row in found["denied"]]
    return build_frame(COLUMNS, rows)


def _granted(row: dict[str, Any]) -> dict[str, Any]:
    use = "used" if row["count"] else "never used"
    shown = {name: row[name] for name in ("action", "policy", "count")}
    return {**shown, "resource": _short(row["resource"]), "use": use}


def _denied(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "action": row["action"],
        "resource": _short(row["resource"]),
        "use": "denied",
        "count": row["count"],
    }


def _short(resource: str) -> str:
    """The part of an ARN that tells it from others of its service."""
    return resource.split(":", 5)[-1]
