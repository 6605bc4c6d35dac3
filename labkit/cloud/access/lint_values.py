"""What is wrong with the values in a policy's statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from labkit.cloud.access import operators, patterns, vocabulary
from labkit.cloud.access.documents import listed
from labkit.cloud.access.findings import Finding, Kind, error
from labkit.cloud.access.patterns import matches, matches_resource

# How a statement means iam:PassRole, and the element that means any role.
PASS_ROLE = {
    ("Action", "Resource"): "PASS_ROLE_WITH_STAR_IN_RESOURCE",
    ("Action", "NotResource"): "PASS_ROLE_WITH_NOT_RESOURCE",
    ("*", "Resource"): "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
    ("*", "NotResource"): "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    ("NotAction", "Resource"): "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    ("NotAction", "NotResource"): "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
}
# What says whom a service acts for.
SOURCES = {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}
# Operators that compare texts as they are; ArnEquals takes wildcards.
EXACT = {"stringequals", "stringequalsignorecase"}


def findings(statement: dict[str, Any]) -> Iterator[Finding]:
    """What there is to say about actions, resources, principals and conditions of a statement."""
    for what, check, covers in (
        ("Action", _action, partial(matches, ignore_case=True)),
        ("Resource", _resource, matches_resource),
    ):
        for name in (what, f"Not{what}"):
            values = [str(value) for value in listed(statement.get(name))]
            for number, value in enumerate(values):
                yield from check(value, (name, number))
            yield from _redundant(what.upper(), name, values, covers)
    yield from _pass_role(statement)
    yield from _service_principal(statement)
    yield from _conditions(statement.get("Condition"))


def _action(action: str, path: tuple[str | int, ...]) -> Iterator[Finding]:
    if action == "*":
        return
    service, colon, name = action.partition(":")
    if not colon or not name:
        details = f"{action} is no action: it needs a service and a name (sqs:SendMessage)."
        yield error("INVALID_ACTION", details, *path)
    elif not vocabulary.has_service(service):
        yield error("INVALID_SERVICE_IN_ACTION", f"There is no service {service}.", *path)
    elif not vocabulary.has_action(service, name):
        meant = vocabulary.nearest(service, name)
        details = f"The action {action} does not exist." + f" Did you mean {meant}?" * bool(meant)
        yield error("INVALID_ACTION", details, *path)


def _resource(resource: str, path: tuple[str | int, ...]) -> Iterator[Finding]:
    if resource == "*":
        return
    form = "arn:aws:service:region:account:resource"
    if not resource.startswith("arn:"):
        yield error("INVALID_ARN_PREFIX", f"{resource} is no ARN ({form}).", *path)
    elif resource.count(":") < 5:
        yield error("MISSING_ARN_FIELD", f"{resource} lacks parts of an ARN ({form}).", *path)


def _redundant(what: str, name: str, values: list[str], covers: Any) -> Iterator[Finding]:
    for number, value in enumerate(values):
        others = [*values[:number], *(v for v in values[number + 1 :] if v != value)]
        if cover := next((other for other in others if covers(other, value)), None):
            details = f"{value} is contained in {cover}."
            yield Finding(Kind.SUGGESTION, f"REDUNDANT_{what}", details, (name, number))


def _pass_role(statement: dict[str, Any]) -> Iterator[Finding]:
    """Whether any role may be passed, to services that no condition names."""
    if statement.get("Effect") != "Allow" or "iam:passedtoservice" in _keys(statement):
        return
    where = "NotResource" if "NotResource" in statement else "Resource"
    if where == "Resource" and "*" not in listed(statement.get("Resource")):
        return
    if code := PASS_ROLE.get((_passing(statement), where)):
        details = "Passing any role to any service is a way to every permission; name the roles."
        yield Finding(Kind.SECURITY_WARNING, code, details, (where,))


def _passing(statement: dict[str, Any]) -> str:
    """How a statement means iam:PassRole: by its name, by a wildcard, by what it leaves out."""
    actions = [str(action).lower() for action in listed(statement.get("Action"))]
    if "iam:passrole" in actions:
        return "Action"
    if any(matches(action, "iam:passrole") for action in actions):
        return "*"
    but = [str(action).lower() for action in listed(statement.get("NotAction"))]
    return "NotAction" if but and not any(matches(each, "iam:passrole") for each in but) else ""


def _service_principal(statement: dict[str, Any]) -> Iterator[Finding]:
    """A service acts for anybody who asks it to, unless a condition says for whom."""
    principal = statement.get("Principal")
    services = isinstance(principal, dict) and "Service" in principal
    if statement.get("Effect") != "Allow" or not services or "Resource" not in statement:
        return  # a trust policy has no resource
    if not _keys(statement) & SOURCES:
        code = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"
        details = "Whom does the service act for? Add a condition on aws:SourceArn."
        yield Finding(Kind.SECURITY_WARNING, code, details, ("Principal", "Service"))


def _keys(statement: dict[str, Any]) -> set[str]:
    """The condition keys of a statement, in lower case."""
    element = statement.get("Condition")
    tests = element.values() if isinstance(element, dict) else ()
    return {str(key).lower() for each in tests if isinstance(each, dict) for key in each}


def _conditions(element: Any) -> Iterator[Finding]:
    for name, tests in element.items() if isinstance(element, dict) else ():
        try:
            operator = operators.operator_of(name)
        except ValueError as fault:
            code = "INVALID_CONDITION_OPERATOR"
            if name.lower().endswith("nullifexists"):
                code = "NULL_WITH_IF_EXISTS"
            yield error(code, str(fault), "Condition", name, of_key=True)
            continue
        if operator.name == "null" and operator.quantifier:
            always = "true" if operator.quantifier == "forallvalues" else "false"
            details = f"{name} is always {always}; use Null."
            code = "NULL_WITH_QUALIFIER"
            yield Finding(Kind.SUGGESTION, code, details, ("Condition", name), of_key=True)
        if operator.name in EXACT and isinstance(tests, dict):
            yield from _wildcards(name, tests)


def _wildcards(operator: str, tests: dict[str, Any]) -> Iterator[Finding]:
    for key, values in tests.items():
        plain = (patterns.without_variables(str(value)) for value in listed(values))
        if any("*" in value or "?" in value for value in plain):
            details = f"{operator} takes * and ? as they are; did you mean the operator with Like?"
            code, path = "WILDCARD_WITHOUT_LIKE_OPERATOR", ("Condition", operator, key)
            yield Finding(Kind.WARNING, code, details, path)
