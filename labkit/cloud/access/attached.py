"""The policies of an identity, as moto keeps them: its own, its groups' and what limits it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.iam.models import IAMBackend

from labkit.cloud.access.decide import Policies
from labkit.cloud.access.documents import Policy, policy

if TYPE_CHECKING:
    from labkit.cloud.access.identities import Identity

ADMINISTRATOR_ACCESS = Policies(
    identity=(
        policy(
            "AdministratorAccess",
            '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}',
        ),
    )
)


def policies(iam: IAMBackend, identity: Identity, role: Any) -> Policies:
    """What has a say when an identity calls; `role` is moto's record of its role, if it has one."""
    principal, text = identity.principal, identity.session_policy
    if principal.role_arn is None:
        holder = next((u for u in iam.users.values() if u.arn == principal.arn), None)
        # The simulator may be asked about a group; a group calls nothing itself.
        groups = (
            iam.get_groups_for_user(holder.name)
            if holder
            else [group for group in iam.groups.values() if group.arn == principal.arn]
        )
    else:
        holder, groups = role, []
        if role is not None and role.id != principal.unique_id.partition(":")[0]:
            holder = None  # the session's role was deleted; this one has taken its name
    return Policies(
        identity=_attached(holder, *groups),
        boundary=_boundary(iam, holder),
        session=(policy("session policy", text),) if text else None,
    )


def _boundary(iam: IAMBackend, holder: Any) -> tuple[Policy, ...] | None:
    """The boundary of a user or role; one that there is no more allows nothing."""
    arn = getattr(holder, "permissions_boundary_arn", None)
    if not arn:
        return None
    limit = iam.managed_policies.get(arn)
    return (_managed(limit),) if limit else ()


def _attached(*holders: Any) -> tuple[Policy, ...]:
    """The inline and managed policies of a user with its groups, or of a role."""
    found: list[Policy] = []
    for holder in filter(None, holders):
        for name, document in holder.policies.items():
            found.append(policy(name, document))
        found += map(_managed, holder.managed_policies.values())
    return tuple(found)


def _managed(managed: Any) -> Policy:
    versions = managed.versions
    document = next(v.document for v in versions if v.version_id == managed.default_version_id)
    return policy(managed.name, document)
