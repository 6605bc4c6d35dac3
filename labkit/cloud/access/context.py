"""The global context keys of a call, which conditions and policy variables look at.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from functools import lru_cache

from labkit.cloud.access.identities import Identity
from labkit.cloud.instants import iso_time


def of_identity(
    identity: Identity, resource: str, *, now: float, source_ip: str | None
) -> dict[str, str]:
    """The keys of a call by a user or a role's session; `source_ip` is None within the cloud."""
    principal = identity.principal
    context = {
        "aws:principalarn": principal.identity_arn,
        "aws:principalaccount": principal.account,
        "aws:principaltype": "User" if principal.role_arn is None else "AssumedRole",
        "aws:principalisawsservice": "false",
        "aws:userid": principal.unique_id,
        "aws:viaawsservice": "false",
        "aws:securetransport": "true",  # the cloud's HTTP stands for AWS's HTTPS
        **_time(int(now)),
    }
    if principal.role_arn is None:
        context["aws:username"] = principal.arn.rpartition("/")[2]
    else:  # of temporary credentials alone; nobody has an MFA device
        context["aws:tokenissuetime"] = iso_time(int(identity.issued or now), "seconds")
        context["aws:multifactorauthpresent"] = "false"
    if identity.function_arn is not None:
        context["lambda:sourcefunctionarn"] = identity.function_arn
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
        "aws:viaawsservice": "false",
        "aws:securetransport": "true",
        **_time(int(now)),
    }


@lru_cache(maxsize=16)
def _time(now: int) -> dict[str, str]:
    return {"aws:currenttime": iso_time(now, "seconds"), "aws:epochtime": str(now)}
