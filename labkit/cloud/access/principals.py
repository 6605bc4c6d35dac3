"""Who calls, and whether a Principal element means them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any

LAMBDA = "lambda.amazonaws.com"


@dataclass(frozen=True)
class Principal:
    """A user, a session of a role, or an AWS service.

    `arn` is what AWS shows in a denial; a session has its role's ARN too. A service's name, such
    as "sns.amazonaws.com", stands in `service`.
    """

    arn: str
    account: str = ""
    role_arn: str | None = None
    unique_id: str = ""
    service: str | None = None

    @property
    def identity_arn(self) -> str:
        """The user or role that the policies are attached to."""
        return self.role_arn or self.arn


ANONYMOUS = Principal("")


@cache
def service_principal(name: str) -> Principal:
    """An AWS service that calls in its own name.

    >>> service_principal("sns.amazonaws.com").service
    'sns.amazonaws.com'
    """
    return Principal(name, service=name)


class Match(IntEnum):
    """How closely a Principal element means a caller."""

    NONE = 0
    ACCOUNT = 1  # the account: its own identity policies decide further
    IDENTITY = 2  # the session's role, or everybody
    ITSELF = 3  # this very user or session


def match(element: Any, caller: Principal) -> Match:
    """How closely a Principal element (`"*"` or a mapping) means `caller`."""
    return max(_matches(element, caller), default=Match.NONE)


def excepts(element: Any, caller: Principal) -> bool:
    """Whether a NotPrincipal element leaves `caller` out.

    A user or role is left out by its own name together with its account's; the account alone
    stands for its root user.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    found = set(_matches(element, caller))
    is_named = bool(found & {Match.IDENTITY, Match.ITSELF})
    with_account = Match.ACCOUNT in found or bool(match(element, ANONYMOUS))
    return is_named and (caller.service is not None or with_account)


def is_everybody(element: Any) -> bool:
    """Whether a Principal element is the wildcard.

    >>> is_everybody("*"), is_everybody({"AWS": ["*"]}), is_everybody({"AWS": "123456789012"})
    (True, True, False)
    """
    names = element.get("AWS") if isinstance(element, dict) else element
    return "*" in names if isinstance(names, list) else names == "*"


def _matches(element: Any, caller: Principal) -> Iterator[Match]:
    if element == "*":
        yield Match.IDENTITY
    elif isinstance(element, dict):
        for kind, names in element.items():
            for name in names if isinstance(names, list) else [names]:
                yield _match_one(kind, str(name), caller)


def _match_one(kind: str, name: str, caller: Principal) -> Match:
    if kind == "Service":
        return Match.IDENTITY if name == caller.service else Match.NONE
    if kind != "AWS":
        return Match.NONE
    if name == "*":
        return Match.IDENTITY
    if caller.service is not None:
        return Match.NONE
    if name == caller.arn:
        return Match.ITSELF
    if name in (caller.role_arn, caller.unique_id):
        return Match.IDENTITY
    is_account = name == caller.account or (
        name.startswith("arn:") and name.endswith(f":iam::{caller.account}:root")
    )
    return Match.ACCOUNT if caller.account and is_account else Match.NONE
