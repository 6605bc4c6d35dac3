"""The decision: may this principal take this action on this resource?

Default deny; any explicit deny wins; a permissions boundary and a session policy must allow as
well; and within an account an allow in either the identity's or the resource's policies is enough,
where of another account's resource both must allow.
For a role's trust policy it is not: that one must always allow.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from labkit.cloud.access.documents import Policy, Statement
from labkit.cloud.access.patterns import Context
from labkit.cloud.access.principals import Match, Principal

ACCOUNT = re.compile(r"\d{12}")


class Kind(StrEnum):
    """A kind of policy, spelled as in AWS's denials."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    TRUST = "role trust policy"

    @property
    def article(self) -> str:
        """The article that goes with its name."""
        return "an" if self is Kind.IDENTITY else "a"


@dataclass(frozen=True)
class Call:
    """What is to be decided. Context keys are in lower case."""

    principal: Principal
    action: str
    resource: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Policies:
    """Every policy that has a say. `boundary` and `session` are None when there is none.

    `trust` says that the resource is a role, and its policy the one that must always allow.
    """

    identity: tuple[Policy, ...] = ()
    resource: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None
    session: tuple[Policy, ...] | None = None
    trust: bool = False

    @cached_property
    def context_keys(self) -> tuple[str, ...]:
        """The context keys that any of these policies reads, in lower case."""
        found = ()
        for documents in (self.identity, self.resource, self.boundary, self.session):
            for document in documents or ():
                found += document.context_keys
        return found


@dataclass(frozen=True)
class Decision:
    """Allowed or not, by which statement, or for want of which kind of policy."""

    allowed: bool
    kind: Kind
    statement: Statement | None = None

    def because(self, action: str) -> str:
        """The end of AWS's denial.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
        """
        if self.statement is not None:
            article = "the" if self.kind is Kind.TRUST else self.kind.article
            return f"with an explicit deny in {article} {self.kind}"
        return f"because no {self.kind} allows the {action} action"

    @cached_property
    def reason(self) -> str:
        """The same for the lab's ledger, with the statement's name."""
        if self.statement is None:
            return f"no {self.kind} allows it"
        verb = "allowed" if self.allowed else "denied"
        return f"{verb} by the {self.kind} {self.statement.name}"


def decide(call: Call, policies: Policies) -> Decision:
    """Decide on a call by the policies that have a say."""
    allowing: dict[Kind, tuple[Match, Statement]] = {}
    for kind, _, statement, closeness in applying(call, policies):
        if not statement.allows:
            return Decision(False, kind, statement)
        if kind not in allowing or closeness > allowing[kind][0]:
            allowing[kind] = closeness, statement
    return _without_deny(call, policies, allowing)


def applying(call: Call, policies: Policies) -> Iterator[tuple[Kind, Policy, Statement, Match]]:
    """Every statement that applies to a call, and how closely it means the caller."""
    kinds: tuple[tuple[Kind, Iterable[Policy] | None], ...] = (
        (Kind.IDENTITY, policies.identity),
        (Kind.TRUST if policies.trust else Kind.RESOURCE, policies.resource),
        (Kind.BOUNDARY, policies.boundary),
        (Kind.SESSION, policies.session),
    )
    bounded = policies.boundary is not None
    for kind, documents in kinds:
        of_resource = kind in (Kind.RESOURCE, Kind.TRUST)
        for document in documents or ():
            for statement in document.statements:
                closeness = statement.means(
                    call.principal, of_resource=of_resource, bounded=bounded
                )
                if closeness is not Match.NONE and statement.applies(
                    call.action, call.resource, call.context
                ):
                    yield kind, document, statement, closeness


def _is_foreign(call: Call) -> bool:
    """Whether a user's or role's call is about a resource of another account."""
    owner = call.resource.split(":", 5)[4] if call.resource.count(":") > 4 else ""
    return call.principal.account not in ("", owner) and bool(ACCOUNT.fullmatch(owner))


def _without_deny(
    call: Call, policies: Policies, allowing: dict[Kind, tuple[Match, Statement]]
) -> Decision:
    """The decision when nothing is denied explicitly."""
    resource_kind = Kind.TRUST if policies.trust else Kind.RESOURCE
    by_resource, resource_statement = allowing.get(resource_kind, (Match.NONE, None))
    identity = allowing.get(Kind.IDENTITY)
    if policies.trust and by_resource is Match.NONE:
        return Decision(False, resource_kind)
    # Of another account's resource both must allow.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
    foreign = _is_foreign(call)
    if foreign and by_resource is Match.NONE:
        return Decision(False, resource_kind)
    if foreign and identity is None:
        return Decision(False, Kind.IDENTITY)
    # A policy that names the user or the session is not limited by a boundary.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    if by_resource is Match.ITSELF and not foreign:
        return Decision(True, resource_kind, resource_statement)
    # One that names the account leaves the decision to the account's identity policies.
    if identity is None and by_resource < Match.IDENTITY:
        return Decision(False, resource_kind if call.principal.service else Kind.IDENTITY)
    for kind, documents in ((Kind.BOUNDARY, policies.boundary), (Kind.SESSION, policies.session)):
        if documents is not None and kind not in allowing:
            return Decision(False, kind)
    if identity is not None:
        return Decision(True, Kind.IDENTITY, identity[1])
    return Decision(True, resource_kind, resource_statement)
