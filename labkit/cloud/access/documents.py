"""Policy documents as records that are ready to be decided upon; each text is parsed once.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from labkit.cloud.access import conditions, principals
from labkit.cloud.access.conditions import Condition
from labkit.cloud.access.patterns import Context, fill_in, matches, matches_resource, variables_of
from labkit.cloud.access.principals import Match, Principal

NEWEST = "2012-10-17"  # older documents know no policy variables


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement, and where it stands."""

    policy: str
    number: int
    sid: str | None
    allows: bool
    actions: tuple[str, ...]
    all_but_actions: bool
    resources: tuple[str, ...]
    all_but_resources: bool
    principal: Any  # the element, None in an identity policy
    all_but_principal: bool
    conditions: tuple[Condition, ...]
    variables: bool

    @property
    def name(self) -> str:
        """How a person finds it: its policy, and its Sid or number."""
        return f"{self.policy} ({self.sid or f'statement {self.number}'})"

    @property
    def context_keys(self) -> set[str]:
        """The context keys that conditions and policy variables read, as they are spelled."""
        by_resources = map(variables_of, self.resources if self.variables else ())
        return set().union(*by_resources, *(each.context_keys for each in self.conditions))

    def covers_action(self, action: str) -> bool:
        """Whether Action or NotAction means `action`; case does not count."""
        hit = any(matches(pattern, action, ignore_case=True) for pattern in self.actions)
        return hit != self.all_but_actions

    def covers_resource(self, resource: str, context: Context) -> bool:
        """Whether Resource or NotResource means `resource`; a trust policy has neither."""
        if not self.resources:
            return True
        hit = any(
            (filled := fill_in(pattern, context) if self.variables else pattern) is not None
            and matches_resource(filled, resource)
            for pattern in self.resources
        )
        return hit != self.all_but_resources

    def means(self, caller: Principal, *, of_resource: bool, bounded: bool = False) -> Match:
        """How closely Principal or NotPrincipal means `caller`, who may have a boundary.

        A statement without either means whoever its policy is attached to; one of a resource or a
        role's trust means nobody then.
        """
        if self.principal is None:
            return Match.NONE if of_resource else Match.IDENTITY
        if self.all_but_principal:
            return Match.NONE if self._excepts(caller, bounded) else Match.IDENTITY
        found = principals.match(self.principal, caller)
        return Match.ITSELF if found is Match.IDENTITY and self.names_by_condition else found

    def _excepts(self, caller: Principal, bounded: bool) -> bool:
        """Whether NotPrincipal leaves `caller` out.

        A Deny leaves nobody out who has a permissions boundary, whatever it names.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
        """
        if self.allows:
            return principals.match(self.principal, caller) is not Match.NONE
        return not bounded and principals.excepts(self.principal, caller)

    @cached_property
    def names_by_condition(self) -> bool:
        """Whether it means everybody, and a condition says by aws:PrincipalArn who that is.

        To such a caller permission is given directly: no boundary and no session policy limits it.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
        """
        return principals.is_everybody(self.principal) and any(
            each.key.lower() == "aws:principalarn"
            and each.operator.name.startswith(("arn", "string"))
            and not each.operator.negated
            for each in self.conditions
        )

    def applies(self, action: str, resource: str, context: Context) -> bool:
        """Whether action, resource and every condition fit."""
        return (
            self.covers_action(action)
            and self.covers_resource(resource, context)
            and all(condition.holds(context) for condition in self.conditions)
        )


@dataclass(frozen=True, eq=False)
class Policy:
    """One document with its name and its text."""

    name: str
    statements: tuple[Statement, ...]
    text: str = ""

    @cached_property
    def context_keys(self) -> tuple[str, ...]:
        """The context keys that any statement reads, in lower case; mostly there are none."""
        spelled = set().union(*(each.context_keys for each in self.statements))
        return tuple(sorted(map(str.lower, spelled)))


def policy(name: str, document: str | dict[str, Any]) -> Policy:
    """The policy in a document; one that cannot be read allows nothing.

    >>> policy("p", '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}').name
    'p'
    """
    return _parsed(name, document if isinstance(document, str) else json.dumps(document))


def listed(value: Any) -> list[Any]:
    """An element's values, of which a single one may stand without a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


@lru_cache(maxsize=1024)
def _parsed(name: str, text: str) -> Policy:
    try:
        document = json.loads(text)
        newest = document.get("Version") == NEWEST
        return Policy(
            name,
            tuple(
                _statement(name, number, statement, newest)
                for number, statement in enumerate(listed(document.get("Statement")), start=1)
            ),
            text,
        )
    except (ValueError, AttributeError, TypeError):
        return Policy(name, ())


def _statement(policy_name: str, number: int, statement: dict[str, Any], newest: bool) -> Statement:
    return Statement(
        policy=policy_name,
        number=number,
        sid=statement.get("Sid") or None,
        allows=statement.get("Effect") == "Allow",
        actions=tuple(map(str, listed(statement.get("Action", statement.get("NotAction"))))),
        all_but_actions="NotAction" in statement,
        resources=tuple(map(str, listed(statement.get("Resource", statement.get("NotResource"))))),
        all_but_resources="NotResource" in statement,
        principal=statement.get("Principal", statement.get("NotPrincipal")),
        all_but_principal="NotPrincipal" in statement,
        conditions=conditions.parse(statement.get("Condition") or {}, variables=newest),
        variables=newest,
    )
