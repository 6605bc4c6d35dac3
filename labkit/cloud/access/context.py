"""The global context keys of a call, which conditions and policy variables look at.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from labkit.cloud.access.principals import Principal


def of_identity(
    principal: Principal, resource: str, *, now: float, source_ip: str | None
) -> dict[str, str]:
    """The keys of a call by a user or a role's session; `source_ip` is None within the cloud."""
    context = {
        "aws:principalarn": principal.identity_arn,
        "aws:principalaccount": principal.account,
        "aws:principaltype": "User" if principal.role_arn is None else "AssumedRole",
        "aws:principalisawsservice": "false",
        "aws:userid": principal.unique_id,
        "aws:securetransport": "true",  # the cloud's HTTP stands for AWS's HTTPS
        **_time(int(now)),
    }
    if principal.role_arn is None:
        context["aws:username"] = principal.arn.rpartition("/")[2]
    if source_ip is not None:
        context["aws:sourceip"] = source_ip
    parts = resource.split(":", 5)
    if len(parts) > 5:
        context["aws:requestedregion"] = parts[3]
        context["aws:resourceaccount"] = parts[4]
    return context


def of_service(service: str, source_arn: str, account: str, *, now: float) -> dict[str, str]:
    """The keys of a call that an AWS service makes in its own name, for a resource of `account`."""
    return {
        "aws:sourcearn": source_arn,
        "aws:sourceaccount": account,
        "aws:sourceowner": account,  # SNS's former name for it
        "aws:principalservicename": service,
        "aws:principalisawsservice": "true",
        **_time(int(now)),
    }


@lru_cache(maxsize=16)
def _time(now: int) -> dict[str, str]:
    moment = datetime.fromtimestamp(now, UTC)
    return {
        "aws:currenttime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(now),
    }
