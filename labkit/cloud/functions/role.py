"""Whether a role lets a service assume it."""

from __future__ import annotations

from typing import Any

from labkit.cloud.access.decide import Call, Policies, decide
from labkit.cloud.access.documents import policy
from labkit.cloud.access.principals import Principal


def trusts(document: str | dict[str, Any], service: str, *, source_arn: str = "") -> bool:
    """Whether a trust policy allows `service` to assume the role, for the resource `source_arn`.

    >>> trusts({"Statement": []}, "lambda.amazonaws.com")
    False
    """
    account = source_arn.split(":")[4] if source_arn.count(":") > 4 else ""
    context = {"aws:sourcearn": source_arn, "aws:sourceaccount": account}
    call = Call(Principal(service, service=service), "sts:AssumeRole", "*", context)
    return decide(call, Policies(resource=(policy("trust policy", document),), trust=True)).allowed
