"""Users, roles, sessions and their policies, found in moto's state and remembered.

What is remembered is forgotten as soon as IAM has answered a request: `responses` calls `forget`
before anything else runs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from typing import Any

from moto.iam.models import IAMBackend, iam_backends
from moto.iam.utils import generate_access_key_id_from_account_id
from moto.sts.models import STSBackend, sts_backends

from labkit.cloud.access import attached
from labkit.cloud.access.decide import Policies
from labkit.cloud.access.documents import policy
from labkit.cloud.access.principals import Principal
from labkit.cloud.callers import ADMINISTRATOR, ADMINISTRATOR_ID


@dataclass(frozen=True)
class Identity:
    """Whoever an access key belongs to. `secret` is None when any signature will do.

    `issued` and `expires` are instants of the lab's clock; `function_arn` is the function whose
    environment has the key.
    """

    principal: Principal
    secret: str | None = None
    token: str | None = None
    expires: float | None = None
    session_policy: str | None = None
    issued: float | None = None
    function_arn: str | None = None

    @property
    def has_expired(self) -> bool:
        """Whether its session has ended, by the lab's clock."""
        return self.expires is not None and time.time() >= self.expires


class Identities:
    """The identities of one account."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._by_key: dict[str, Identity | None] = {}
        self._policies: dict[Identity, Policies] = {}
        self._roles: dict[str, Any] = {}
        self._trusts: dict[str, Policies] = {}
        self._sessions: dict[tuple[str, str], Identity] = {}
        arn = f"arn:aws:iam::{account}:user/{ADMINISTRATOR}"
        self.administrator = Identity(Principal(arn, account, unique_id=ADMINISTRATOR_ID))

    def forget(self) -> None:
        """Look everything up anew from now on."""
        self._by_key.clear()
        self._policies.clear()
        self._roles.clear()
        self._trusts.clear()
        self._sessions.clear()

    def of_key(self, access_key: str) -> Identity | None:
        """Who signs with an access key; None for one of this account that is not valid any more.

        A key that this cloud did not issue belongs to the account's administrator.
        """
        if access_key not in self._by_key:
            found = self._find(access_key)
            if found is self.administrator:
                return found  # there is no end of unknown keys
            self._by_key[access_key] = found
        return self._by_key[access_key]

    def of_role(self, role_arn: str, session_name: str) -> Identity:
        """A session of a role that a service has taken."""
        found = self._sessions.get((role_arn, session_name))
        if found is None:
            name = role_arn.rpartition("/")[2]
            arn = f"arn:aws:sts::{self._account}:assumed-role/{name}/{session_name}"
            role = self.role(role_arn)
            unique_id = f"{role.id}:{session_name}" if role else ""
            found = Identity(Principal(arn, self._account, role_arn, unique_id))
            self._sessions[role_arn, session_name] = found
        return found

    def named_role(self, name_or_arn: str) -> Identity | None:
        """A role by its name or ARN, without a session; None when there is none."""
        for role in self._iam.get_roles():
            if name_or_arn in (role.name, role.arn):
                return Identity(Principal(role.arn, self._account, role.arn, role.id))
        return None

    def of_arn(self, arn: str) -> Identity | None:
        """A user, a group or a role, without a session; None when there is none."""
        for holder in (*self._iam.users.values(), *self._iam.groups.values()):
            if holder.arn == arn:
                return Identity(Principal(arn, self._account, unique_id=holder.id))
        return self.named_role(arn)

    def policies(self, identity: Identity) -> Policies:
        """The identity policies, boundary and session policy of an identity."""
        found = self._policies.get(identity)
        if found is None:
            found = attached.ADMINISTRATOR_ACCESS
            if identity != self.administrator:
                role_arn = identity.principal.role_arn
                role = self.role(role_arn) if role_arn else None
                found = attached.policies(self._iam, identity, role)
            self._policies[identity] = found
        return found

    def trust(self, role_arn: str) -> Policies:
        """The trust policy of a role, which alone says what service may take it."""
        found = self._trusts.get(role_arn)
        if found is None:
            role = self.role(role_arn)
            if role is None:
                return Policies(trust=True)
            document = role.assume_role_policy_document or ""
            trusting = policy(f"trust policy of {role.name}", document)
            found = self._trusts[role_arn] = Policies(resource=(trusting,), trust=True)
        return found

    def role(self, role_arn: str) -> Any:
        """moto's record of a role, None when there is none."""
        found = self._roles.get(role_arn)
        if found is None:
            found = next((role for role in self._iam.get_roles() if role.arn == role_arn), None)
            if found is not None:
                self._roles[role_arn] = found
        return found

    @property
    def _iam(self) -> IAMBackend:
        return iam_backends[self._account]["aws"]

    def _find(self, access_key: str) -> Identity | None:
        sts: STSBackend = sts_backends[self._account]["aws"]
        session: Any = sts.get_assumed_role_from_access_key(access_key)
        if session is not None:
            unique_id = f"{session.role_id}:{session.session_name}"
            principal = Principal(session.arn, self._account, session.role_arn, unique_id)
            return Identity(
                principal,
                session.secret_access_key,
                session.session_token,
                session.expiration.replace(tzinfo=UTC).timestamp(),
                session.policy or None,
                session.issued,
                getattr(session, "function_arn", None),
            )
        for user in self._iam.users.values():
            for key in user.access_keys:
                if key.access_key_id == access_key:
                    if key.status != "Active":
                        return None
                    principal = Principal(user.arn, self._account, unique_id=user.id)
                    return Identity(principal, key.secret_access_key)
        return None if is_issued_form(access_key, self._account) else self.administrator


def is_issued_form(access_key: str, account: str) -> bool:
    """Whether an access key has the account in it, as all have that IAM and STS issue here."""
    return access_key.startswith(_prefixes(account))


@cache
def _prefixes(account: str) -> tuple[str, ...]:
    length = len("AKIA") + 8  # so many characters of a key are the account's
    return tuple(
        generate_access_key_id_from_account_id(account, prefix=prefix)[:length]
        for prefix in ("AKIA", "ASIA")
    )
