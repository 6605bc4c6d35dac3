"""Who is calling, by the access key that a request is signed with."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.sts.models import AssumedRole, STSBackend, sts_backends

from labkit.cloud import traces
from labkit.cloud.access import signature
from labkit.cloud.messages import Request

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

# Whoever signs with a key that the cloud did not issue is the account's administrator. The id is
# the SenderId of that user's messages, too.
ADMINISTRATOR = "administrator"
ADMINISTRATOR_ID = "AIDAIT2UOQQY3AUEKVGXU"
# A key of nobody's, with which AWS's services call in their own name.
OF_A_SERVICE = "LABKITSERVICE"

present_request: ContextVar[Request] = ContextVar("present_request")


def access_key() -> str | None:
    """The access key of the request that is being answered, None when it has none."""
    request = present_request.get(None)
    claimed = signature.credential(request) if request else None
    return claimed.access_key if claimed else None


def caller_id() -> str | None:
    """The unique id of who is calling, `AIDA...` or `AROA...:session`; None for nobody's request.

    SQS records it as a message's SenderId: API Gateway's messages carry
    `AROA...:BackplaneAssumeRoleSession`.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    """
    key = access_key()
    if key is None:
        return None
    return sts_backends[DEFAULT_ACCOUNT_ID]["aws"].get_caller_identity(key, "us-east-1")[0]


def in_the_name_of(access_key: str, request: Request, *, service: str, region: str) -> Request:
    """A request from inside the cloud, with the credential that tells `service` who calls."""
    request.headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={access_key}/20100101/{region}/{service}/aws4_request"
    )
    return request


def sampled_trace() -> str | None:
    """The X-Ray trace of the request that is being answered, if it is one that X-Ray samples.

    SQS keeps it as the AWSTraceHeader of a message, and SNS passes it on to queues, as recorded.
    """
    request = present_request.get(None)
    trace = request.headers.get(traces.HEADER, "") if request else ""
    return trace if "Sampled=1" in trace else None


def role_id(account: str, role_arn: str) -> str:
    """The unique id of a role, empty when there is no such role."""
    try:
        return str(iam_backends[account]["aws"].get_role_by_arn(role_arn).id)
    except NotFoundException:
        return ""


class LabSTSBackend(STSBackend):
    """STS, to which the account's administrator is an IAM user as on AWS."""

    cloud: ClassVar[Cloud]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._by_key: dict[str, AssumedRole] = {}
        self._indexed = 0

    def assume_role(self, *args: Any, **named: Any) -> AssumedRole:
        """A session of a role as it is now: one that is made anew by its name is another role."""
        session: Any = super().assume_role(*args, **named)
        session.issued = time.time()
        session.role_id = role_id(self.account_id, session.role_arn)
        return session

    def get_assumed_role_from_access_key(self, access_key_id: str) -> AssumedRole | None:
        """The session with this access key; moto would look through all that there have been."""
        for session in self.assumed_roles[self._indexed :]:
            self._by_key[session.access_key_id] = session
        self._indexed = len(self.assumed_roles)
        return self._by_key.get(access_key_id)

    def get_caller_identity(self, access_key_id: str, region: str) -> tuple[str, str, str]:
        """Unique id, ARN and account of whoever signs with an access key."""
        user_id, arn, account = super().get_caller_identity(access_key_id, region)
        if arn.endswith(":user/moto") and ":sts:" in arn:
            return ADMINISTRATOR_ID, f"arn:aws:iam::{account}:user/{ADMINISTRATOR}", account
        return user_id, arn, account
