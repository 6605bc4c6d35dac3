"""The lab's page about access: `GET /_lab/access?role=` and `/_lab/access/minimal?role=`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from labkit.cloud.access import minimal
from labkit.cloud.access.documents import Statement
from labkit.cloud.access.mode import Mode
from labkit.cloud.access.patterns import matches, matches_resource
from labkit.cloud.messages import Request, Response

if TYPE_CHECKING:
    from labkit.cloud.access.access import Access

PATHS = ("/_lab/access", "/_lab/access/minimal")


def handle(access: Access, request: Request) -> Response | None:
    """Answer a request for one of the pages; None when it is for another one."""
    if request.path not in PATHS or request.method != "GET":
        return None
    wanted = parse_qs(request.query).get("role", [""])[0]
    if not wanted:
        rows = [row.document() for row in access.ledger.rows()]
        return Response.of_json({"mode": access.mode, "decisions": rows})
    identity = access.identities.named_role(wanted)
    if identity is None:
        return Response.of_json({"message": f"There is no role '{wanted}'."}, 404)
    arn = identity.principal.identity_arn
    if request.path == PATHS[1]:
        observes = access.mode is Mode.OBSERVE  # what would be refused is done
        used = (row for row in access.ledger.rows(arn) if row.allowed or observes)
        return Response.of_json(minimal.document(used))
    return Response.of_json(
        {
            "mode": access.mode,
            "role": arn,
            "granted": list(_granted(access, identity)),
            "denied": [row.document() for row in access.ledger.rows(arn) if not row.allowed],
        }
    )


def _granted(access: Access, identity: Any) -> Iterator[dict[str, Any]]:
    """Every action that the role's policies allow, with how often it was used."""
    rows = [row for row in access.ledger.rows(identity.principal.identity_arn) if row.allowed]
    for policy in access.identities.policies(identity).identity:
        for statement in policy.statements:
            if not statement.allows:
                continue
            for action in statement.actions:
                used = [row for row in rows if _is_meant(statement, action, row)]
                yield {
                    "policy": policy.name,
                    "action": f"all but {action}" if statement.all_but_actions else action,
                    "resource": ", ".join(statement.resources),
                    "count": sum(row.count for row in used),
                }


def _is_meant(statement: Statement, action: str, row: Any) -> bool:
    covers_action = matches(action, row.action, ignore_case=True) != statement.all_but_actions
    covered = any(matches_resource(resource, row.resource) for resource in statement.resources)
    return covers_action and covered != statement.all_but_resources
