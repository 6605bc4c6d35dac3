"""What is wrong with a policy document: the checks of IAM Access Analyzer that matter here.

Types, codes and their meaning are those of AWS's reference; the texts are in the same spirit.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from labkit.cloud.access import lint_values
from labkit.cloud.access.documents import NEWEST, listed
from labkit.cloud.access.element_types import mismatches
from labkit.cloud.access.findings import Finding, Kind, error

VERSIONS = {NEWEST, "2008-10-17"}
OF_DOCUMENT = {"Version", "Id", "Statement"}
EITHER_OR = (("Action", "NotAction"), ("Principal", "NotPrincipal"), ("Resource", "NotResource"))
ELEMENTS = {"Sid", "Effect", "Condition"}.union(*EITHER_OR)
SID = re.compile(r"[A-Za-z0-9]*")


def check(text: str, *, identity: bool) -> list[Finding]:
    """All findings in a document; an identity policy names no principal, the others must.

    >>> [finding.code for finding in check('{"Statement": []}', identity=True)]
    ['MISSING_VERSION', 'MISSING_STATEMENT']
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as fault:
        return [error("JSON_SYNTAX_ERROR", f"Fix the JSON syntax error: {fault}.")]
    if not isinstance(document, dict):
        return [error("JSON_SYNTAX_ERROR", "A policy is a JSON object.")]
    return list(_document(document, identity))


def _document(document: dict[str, Any], identity: bool) -> Iterator[Finding]:
    yield from _unknown(document, OF_DOCUMENT)
    version = document.get("Version")
    if version is None:
        details = f'Without "Version": "{NEWEST}" policy variables are plain text.'
        yield Finding(Kind.WARNING, "MISSING_VERSION", details)
    elif version not in VERSIONS:
        yield error("INVALID_VERSION", f"The version is {NEWEST}, not {version}.", "Version")
    statements = listed(document.get("Statement"))
    if not statements:
        yield error("MISSING_STATEMENT", "A policy has at least one statement.")
    sids = Counter(s.get("Sid") for s in statements if isinstance(s, dict) and s.get("Sid"))
    for sid, count in sids.items():
        if count > 1:
            details = f"{count} statements have the Sid {sid}."
            yield error("UNIQUE_SIDS_REQUIRED", details, "Statement")
    for number, statement in enumerate(statements):
        path = ("Statement", number)
        if not isinstance(statement, dict):
            yield error("DATA_TYPE_MISMATCH", "A statement is a JSON object.", *path)
            continue
        for inner, details in mismatches(statement):
            yield error("DATA_TYPE_MISMATCH", details, *path, *inner)
        for finding in (*_elements(statement, identity), *lint_values.findings(statement)):
            yield replace(finding, path=path + finding.path)


def _unknown(part: dict[str, Any], known: set[str]) -> Iterator[Finding]:
    for name in sorted(part.keys() - known):
        yield error("INVALID_POLICY_ELEMENT", f"There is no element {name}.", name, of_key=True)


def _elements(statement: dict[str, Any], identity: bool) -> Iterator[Finding]:
    """Which elements there are."""
    yield from _unknown(statement, ELEMENTS)
    for name, negated in EITHER_OR:
        if {name, negated} <= statement.keys():
            details = f"{name} and {negated} cannot stand in one statement; remove one of them."
            code = "UNSUPPORTED_ELEMENT_COMBINATION"
            yield error(code, details, negated, of_key=True)
    if identity and not SID.fullmatch(str(statement.get("Sid", ""))):
        yield error("UNSUPPORTED_SID", "A Sid has letters and digits only.", "Sid")
    effect = statement.get("Effect")
    if effect is None:
        yield error("MISSING_EFFECT", "Add Effect: Allow or Deny.")
    elif effect not in ("Allow", "Deny"):
        yield error("INVALID_EFFECT", f"Effect is Allow or Deny, not {effect}.", "Effect")
    has_principal = "Principal" in statement or "NotPrincipal" in statement
    if not {"Action", "NotAction"} & statement.keys():
        yield error("MISSING_ACTION", "Add Action or NotAction.")
    if identity and not {"Resource", "NotResource"} & statement.keys():
        yield error("MISSING_RESOURCE", "Add Resource or NotResource.")
    if identity and has_principal:
        details = "An identity policy means whoever it is attached to; remove the principal."
        yield error("UNSUPPORTED_PRINCIPAL", details)
    if not identity and not has_principal:
        details = "A resource or trust policy says who is meant; add a principal."
        yield error("MISSING_PRINCIPAL", details)
    if effect == "Allow" and "NotPrincipal" in statement:
        details = "Allow with NotPrincipal lets everybody else in, anonymous callers too."
        yield Finding(Kind.SECURITY_WARNING, "ALLOW_WITH_NOT_PRINCIPAL", details, ("NotPrincipal",))
