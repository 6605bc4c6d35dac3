"""What sets a policy, and AWS's answer to one that cannot be read.

Whatever is kept as a policy must be one that decisions can be made by: what an unreadable one
denies would be lost. Actions that do not exist are taken, as by AWS; they allow and deny nothing.
A document without statements is refused as by AWS: `Syntax errors in policy.` says IAM, and
`Invalid value for the parameter Policy.` SQS.
https://github.com/cloudposse/terraform-aws-iam-policy/issues/23
https://github.com/cloud-custodian/cloud-custodian/issues/1816
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from moto.dynamodb.exceptions import MockValidationException
from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.policy_validation import IAMPolicyDocumentValidator
from moto.sns.exceptions import SNSInvalidParameter
from moto.sqs.exceptions import InvalidAttributeValue
from moto.sts.exceptions import STSClientError

from labkit.cloud.access import lint
from labkit.cloud.access.documents import listed
from labkit.cloud.access.findings import Kind
from labkit.cloud.access.patterns import matches

# Findings about names, which AWS takes as they are, and of ARNs the rest of which is anything.
TAKEN = {"INVALID_ACTION", "INVALID_SERVICE_IN_ACTION", "MISSING_ARN_FIELD"}
SYNTAX = "Syntax errors in policy."
# What a trust policy is about.
OF_ROLES = (
    *("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"),
    *("sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"),
)


class Setter(NamedTuple):
    """Where an operation has a policy, and whether it is an identity's."""

    parameter: str
    identity: bool


def fault(text: str, *, identity: bool) -> str | None:
    """What makes a document unreadable as a policy, None when nothing does.

    >>> fault('{"Statement": {"Effect": "Allow"}}', identity=False)
    'Statement[0]: Add Action or NotAction.'
    """
    for finding in lint.check(text, identity=identity):
        if finding.kind is Kind.ERROR and finding.code not in TAKEN:
            return f"{finding.place}: {finding.details}".removeprefix(": ")
    return None


def error_of(service: str, operation: str, parameters: Mapping[str, Any]) -> Exception | None:
    """AWS's error for the policy that a request sets, None when it can be read or there is none."""
    setter = SETTERS[service, operation]
    text: Any = parameters
    for name in setter.parameter.split("."):
        text = text.get(name) if isinstance(text, Mapping) else None
    if not isinstance(text, str) or not text:
        return None
    if service == "iam" and setter.identity:
        try:
            IAMPolicyDocumentValidator(text).validate()
        except MalformedPolicyDocument as error:
            return error  # in AWS's words
    if service == "iam" and not setter.identity and (said := _fault_of_trust(text)):
        return MalformedPolicyDocument(said)
    problem = fault(text, identity=setter.identity)
    return None if problem is None else ERRORS[service](problem)


def _fault_of_trust(text: str) -> str | None:
    """What AWS has against a trust policy alone, in its words; None when it has nothing."""
    try:
        statements = listed(json.loads(text)["Statement"])
    except (ValueError, RecursionError):
        return "This policy contains invalid Json"
    except (KeyError, TypeError):
        return None
    for statement in statements:
        if not isinstance(statement, dict):
            return None
        for prohibited in ("Resource", "NotResource"):
            if prohibited in statement:
                return f"Has prohibited field {prohibited}"
        for action in listed(statement.get("Action")):
            if not any(matches(str(action), known, ignore_case=True) for known in OF_ROLES):
                return "AssumeRole policy may only specify STS AssumeRole actions."
    return None


# By service, what it says of a policy that cannot be read.
ERRORS: Mapping[str, Callable[[str], Exception]] = {
    "dynamodb": lambda why: MockValidationException(f"Invalid policy document: {why}"),
    "iam": lambda why: MalformedPolicyDocument(f"{SYNTAX} {why}"),
    "sns": lambda _: SNSInvalidParameter("Invalid parameter: Policy Error: null"),
    "sqs": lambda _: InvalidAttributeValue("Policy"),
    "sts": lambda why: STSClientError("MalformedPolicyDocument", f"{SYNTAX} {why}"),
}
_OF_RESOURCES = Setter("Attributes.Policy", identity=False)
_OF_IDENTITIES = Setter("PolicyDocument", identity=True)
SETTERS: Mapping[tuple[str, str], Setter] = {
    ("dynamodb", "CreateTable"): Setter("ResourcePolicy", identity=False),
    ("dynamodb", "PutResourcePolicy"): Setter("Policy", identity=False),
    ("iam", "CreateRole"): Setter("AssumeRolePolicyDocument", identity=False),
    ("iam", "UpdateAssumeRolePolicy"): Setter("PolicyDocument", identity=False),
    ("iam", "CreatePolicy"): _OF_IDENTITIES,
    ("iam", "CreatePolicyVersion"): _OF_IDENTITIES,
    ("iam", "PutGroupPolicy"): _OF_IDENTITIES,
    ("iam", "PutRolePolicy"): _OF_IDENTITIES,
    ("iam", "PutUserPolicy"): _OF_IDENTITIES,
    ("sns", "CreateTopic"): _OF_RESOURCES,
    ("sns", "SetTopicAttributes"): _OF_RESOURCES,
    ("sqs", "CreateQueue"): _OF_RESOURCES,
    ("sqs", "SetQueueAttributes"): _OF_RESOURCES,
    ("sts", "AssumeRole"): Setter("Policy", identity=True),
}
