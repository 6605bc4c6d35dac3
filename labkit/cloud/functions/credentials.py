"""The temporary credentials that a function runs with: a session of its role, named after it.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from typing import Any

from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from labkit.cloud.callers import role_id
from labkit.cloud.functions.configuration import Configuration, Credentials

LIFETIME = 12 * 3600  # seconds
LONGEST_INVOCATION = 900  # seconds; credentials must outlive the invocation that gets them


class RoleSessions:
    """One session for each function and role, renewed before it expires, and for a role made anew.

    A role that does not exist any more gets a session too; what it may do is decided elsewhere.
    """

    def __init__(self) -> None:
        self._sessions: dict[tuple[str, str, str, str], Credentials] = {}

    def credentials(self, configuration: Configuration, *, now: float) -> Credentials:
        """Credentials that are good for one more invocation."""
        role = role_id(configuration.account_id, configuration.role)
        key = (configuration.region, configuration.name, configuration.role, role)
        known = self._sessions.get(key)
        if known is not None and lasts(known, now=now):
            return known
        backend = sts_backends[configuration.account_id][get_partition(configuration.region)]
        session: Any = backend.assume_role(
            region_name=configuration.region,
            role_session_name=configuration.name,
            role_arn=configuration.role,
            policy="",
            duration=LIFETIME,
            external_id="",
        )
        session.function_arn = configuration.arn
        self._sessions[key] = Credentials(
            session.access_key_id, session.secret_access_key, session.session_token, now + LIFETIME
        )
        return self._sessions[key]

    def clear(self) -> None:
        """Forget all sessions."""
        self._sessions.clear()


def lasts(credentials: Credentials, *, now: float) -> bool:
    """Whether credentials outlive an invocation that begins now."""
    return now + LONGEST_INVOCATION < credentials.expires
