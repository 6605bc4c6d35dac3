"""Who is calling, by the access key that a request is signed with."""

from __future__ import annotations

import re
from contextvars import ContextVar

from moto.core import DEFAULT_ACCOUNT_ID
from moto.sts.models import sts_backends

from labkit.cloud.messages import Request

present_request: ContextVar[Request] = ContextVar("present_request")


def access_key() -> str | None:
    """The access key of the request that is being answered, None when it has none."""
    request = present_request.get(None)
    authorization = request.headers.get("Authorization", "") if request else ""
    scope = re.search(r"Credential=([^/,\s]+)/", authorization)
    return scope[1] if scope else None


def role_session_id() -> str | None:
    """The unique id of the role session that is calling, `AROA...:session`; None for any other.

    SQS records it as a message's SenderId: API Gateway's messages carry
    `AROA...:BackplaneAssumeRoleSession`.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    """
    key = access_key()
    if key is None:
        return None
    session = sts_backends[DEFAULT_ACCOUNT_ID]["aws"].get_assumed_role_from_access_key(key)
    return session.user_id if session else None
