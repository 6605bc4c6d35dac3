"""What a role's policies allow, decided from the documents alone.

An explicit deny wins, then any allow, otherwise it is denied. Conditions are not weighed: no
document of this lab's roles needs one.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from labkit.cloud.access.documents import listed
from labkit.lab import Lab

Document = dict[str, Any]


def read_documents(lab: Lab, role: str) -> dict[str, Document]:
    """Every policy of a role by its name, managed and inline."""
    iam = lab.client("iam")
    found = {}
    for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for attached in page["AttachedPolicies"]:
            arn = attached["PolicyArn"]
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            answer = iam.get_policy_version(PolicyArn=arn, VersionId=version)
            found[attached["PolicyName"]] = answer["PolicyVersion"]["Document"]
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=role):
        for name in page["PolicyNames"]:
            answer = iam.get_role_policy(RoleName=role, PolicyName=name)
            found[name] = answer["PolicyDocument"]
    return found


def allows(documents: Sequence[Document], action: str, resource: str) -> bool:
    """Whether the documents, taken together, allow the action on the resource.

    >>> read = {"Effect": "Allow", "Action": "sqs:Receive*", "Resource": "arn:aws:sqs:*:*:orders"}
    >>> allows([{"Statement": read}], "sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:1:orders")
    True
    >>> allows([{"Statement": read}], "sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:1:other")
    False
    """
    effects = {
        statement["Effect"]
        for document in documents
        for statement in statements(document)
        if _applies(statement, "Action", action) and _applies(statement, "Resource", resource)
    }
    return effects == {"Allow"}


def statements(document: Document) -> Iterator[Document]:
    """The statements of a document, which may be one or a list; what is none is left out."""
    yield from (each for each in listed(document.get("Statement")) if isinstance(each, dict))


def trusted(document: Document) -> list[str]:
    """Whom a role's trust policy allows to take the role, in its order.

    >>> trusted({"Statement": {"Effect": "Allow", "Principal": {"Service": "a.amazonaws.com"}}})
    ['a.amazonaws.com']
    """
    return [
        str(principal)
        for statement in statements(document)
        if statement.get("Effect") == "Allow"
        for principal in _principals(statement)
    ]


def _principals(statement: Document) -> list[Any]:
    principal = statement.get("Principal", {})
    if not isinstance(principal, dict):
        return [principal]
    return [one for group in principal.values() for one in listed(group)]


def _applies(statement: Document, element: str, wanted: str) -> bool:
    # Actions are compared without regard to case, ARNs are not.
    flags = re.IGNORECASE if element == "Action" else 0
    if f"Not{element}" in statement:
        return not _matches(listed(statement[f"Not{element}"]), wanted, flags)
    return _matches(listed(statement.get(element)), wanted, flags)


def _matches(patterns: list[str], wanted: str, flags: int) -> bool:
    # `*` and `?` are the only wildcards of IAM; everything else is meant as it stands.
    translated = (
        re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".") for pattern in patterns
    )
    return any(re.fullmatch(pattern, wanted, flags) for pattern in translated)
