"""What is wrong with a policy document: the checks of IAM Access Analyzer that matter here.

Types, codes and their meaning are those of AWS's reference; the texts are in the same spirit.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from labkit.cloud.access import operators, vocabulary
from labkit.cloud.access.documents import NEWEST, listed
from labkit.cloud.access.element_types import mismatches
from labkit.cloud.access.patterns import matches, matches_resource

REFERENCE = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
)
VERSIONS = {NEWEST, "2008-10-17"}
ELEMENTS = {
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
}

SOURCES = {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}


class Kind(StrEnum):
    """How grave a finding is."""

    ERROR = "ERROR"
    SECURITY_WARNING = "SECURITY_WARNING"
    WARNING = "WARNING"
    SUGGESTION = "SUGGESTION"


@dataclass(frozen=True)
class Finding:
    """One finding; `path` leads to its place in the document."""

    kind: Kind
    code: str
    details: str
    path: tuple[str | int, ...] = ()

    @property
    def place(self) -> str:
        """The path as a person writes it: `Statement[0].Action[1]`."""
        return "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path
        ).lstrip(".")


def check(text: str, *, identity: bool) -> list[Finding]:
    """All findings in a document; an identity policy names no principal, the others must.

    >>> [finding.code for finding in check('{"Statement": []}', identity=True)]
    ['MISSING_VERSION', 'MISSING_STATEMENT']
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return [Finding(Kind.ERROR, "JSON_SYNTAX_ERROR", f"Fix the JSON syntax error: {error}.")]
    if not isinstance(document, dict):
        return [Finding(Kind.ERROR, "JSON_SYNTAX_ERROR", "A policy is a JSON object.")]
    return list(_document(document, identity))


def _document(document: dict[str, Any], identity: bool) -> Iterator[Finding]:
    version = document.get("Version")
    if version is None:
        details = f'Without "Version": "{NEWEST}" policy variables are plain text.'
        yield Finding(Kind.WARNING, "MISSING_VERSION", details)
    elif version not in VERSIONS:
        details = f"The version is {NEWEST}, not {version}."
        yield Finding(Kind.ERROR, "INVALID_VERSION", details, ("Version",))
    statements = listed(document.get("Statement"))
    if not statements:
        yield Finding(Kind.ERROR, "MISSING_STATEMENT", "A policy has at least one statement.")
    sids = Counter(s.get("Sid") for s in statements if isinstance(s, dict) and s.get("Sid"))
    for sid, count in sids.items():
        if count > 1:
            details = f"{count} statements have the Sid {sid}."
            yield Finding(Kind.ERROR, "UNIQUE_SIDS_REQUIRED", details, ("Statement",))
    for number, statement in enumerate(statements):
        path = ("Statement", number)
        if not isinstance(statement, dict):
            details = "A statement is a JSON object."
            yield Finding(Kind.ERROR, "DATA_TYPE_MISMATCH", details, path)
            continue
        for inner, details in mismatches(statement):
            yield Finding(Kind.ERROR, "DATA_TYPE_MISMATCH", details, path + inner)
        for finding in (*_elements(statement, identity), *_values(statement)):
            yield Finding(finding.kind, finding.code, finding.details, path + finding.path)


def _elements(statement: dict[str, Any], identity: bool) -> Iterator[Finding]:
    """Which elements there are."""
    for name in statement.keys() - ELEMENTS:
        yield Finding(Kind.ERROR, "UNKNOWN_ELEMENT", f"There is no element {name}.", (name,))
    effect = statement.get("Effect")
    if effect is None:
        yield Finding(Kind.ERROR, "MISSING_EFFECT", "Add Effect: Allow or Deny.")
    elif effect not in ("Allow", "Deny"):
        details = f"Effect is Allow or Deny, not {effect}."
        yield Finding(Kind.ERROR, "INVALID_EFFECT", details, ("Effect",))
    has_principal = "Principal" in statement or "NotPrincipal" in statement
    if not {"Action", "NotAction"} & statement.keys():
        yield Finding(Kind.ERROR, "MISSING_ACTION", "Add Action or NotAction.")
    if identity and not {"Resource", "NotResource"} & statement.keys():
        yield Finding(Kind.ERROR, "MISSING_RESOURCE", "Add Resource or NotResource.")
    if identity and has_principal:
        details = "An identity policy means whoever it is attached to; remove the principal."
        yield Finding(Kind.ERROR, "UNSUPPORTED_PRINCIPAL", details)
    if not identity and not has_principal:
        details = "A resource or trust policy says who is meant; add a principal."
        yield Finding(Kind.ERROR, "MISSING_PRINCIPAL", details)
    if effect == "Allow" and "NotPrincipal" in statement:
        details = "Allow with NotPrincipal lets everybody else in, anonymous callers too."
        yield Finding(Kind.SECURITY_WARNING, "ALLOW_WITH_NOT_PRINCIPAL", details, ("NotPrincipal",))


def _values(statement: dict[str, Any]) -> Iterator[Finding]:
    """What the elements say."""
    for name in ("Action", "NotAction"):
        actions = [str(action) for action in listed(statement.get(name))]
        for number, action in enumerate(actions):
            yield from _action(action, (name, number))
        yield from _redundant("ACTION", name, actions, lambda a, b: matches(a, b, ignore_case=True))
    for name in ("Resource", "NotResource"):
        resources = [str(resource) for resource in listed(statement.get(name))]
        for number, resource in enumerate(resources):
            if resource != "*" and (resource.count(":") < 5 or not resource.startswith("arn:")):
                details = f"{resource} is no ARN (arn:aws:service:region:account:resource)."
                yield Finding(Kind.ERROR, "INVALID_ARN", details, (name, number))
        yield from _redundant("RESOURCE", name, resources, matches_resource)
    yield from _pass_role(statement)
    yield from _service_principal(statement)
    yield from _conditions(statement.get("Condition"))


def _action(action: str, path: tuple[str | int, ...]) -> Iterator[Finding]:
    if action == "*":
        return
    service, colon, name = action.partition(":")
    if not colon or not name:
        details = f"{action} is no action: it needs a service and a name (sqs:SendMessage)."
        yield Finding(Kind.ERROR, "INVALID_ACTION", details, path)
    elif not vocabulary.has_service(service):
        details = f"There is no service {service}."
        yield Finding(Kind.ERROR, "INVALID_SERVICE_IN_ACTION", details, path)
    elif not vocabulary.has_action(service, name):
        meant = vocabulary.nearest(service, name)
        details = f"The action {action} does not exist." + f" Did you mean {meant}?" * bool(meant)
        yield Finding(Kind.ERROR, "INVALID_ACTION", details, path)


def _redundant(what: str, name: str, values: list[str], covers: Any) -> Iterator[Finding]:
    for number, value in enumerate(values):
        others = [*values[:number], *(v for v in values[number + 1 :] if v != value)]
        if cover := next((other for other in others if covers(other, value)), None):
            details = f"{value} is contained in {cover}."
            yield Finding(Kind.SUGGESTION, f"REDUNDANT_{what}", details, (name, number))


def _pass_role(statement: dict[str, Any]) -> Iterator[Finding]:
    if statement.get("Effect") != "Allow" or "*" not in listed(statement.get("Resource")):
        return
    actions = [str(action) for action in listed(statement.get("Action"))]
    if "iam:PassRole" in actions:
        code = "PASS_ROLE_WITH_STAR_IN_RESOURCE"
    elif any(action in ("*", "iam:*", "iam:Pass*") for action in actions):
        code = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"
    else:
        return
    details = "Passing any role to any service is a way to every permission; name the roles."
    yield Finding(Kind.SECURITY_WARNING, code, details, ("Resource",))


def _service_principal(statement: dict[str, Any]) -> Iterator[Finding]:
    """A service acts for anybody who asks it to, unless a condition says for whom."""
    principal, element = statement.get("Principal"), statement.get("Condition")
    services = isinstance(principal, dict) and "Service" in principal
    if statement.get("Effect") != "Allow" or not services or "Resource" not in statement:
        return  # a trust policy has no resource
    tests = element.values() if isinstance(element, dict) else ()
    keys = {str(key).lower() for each in tests if isinstance(each, dict) for key in each}
    if not keys & SOURCES:
        code = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"
        details = "Whom does the service act for? Add a condition on aws:SourceArn."
        yield Finding(Kind.SECURITY_WARNING, code, details, ("Principal", "Service"))


def _conditions(element: Any) -> Iterator[Finding]:
    for name in element if isinstance(element, dict) else ():
        try:
            operators.operator_of(name)
        except ValueError as error:
            yield Finding(Kind.ERROR, "INVALID_OPERATOR", str(error), ("Condition", name))
