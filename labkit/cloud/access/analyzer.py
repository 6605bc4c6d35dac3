"""Access Analyzer's ValidatePolicy over HTTP; moto has no Access Analyzer.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl

from labkit.cloud.access import lint
from labkit.cloud.access.findings import Finding
from labkit.cloud.access.places import Path, Place, existing, places, position
from labkit.cloud.messages import Request, Response
from labkit.cloud.refusals import refusal

PATH = "/policy/validation"
TYPES = {
    "IDENTITY_POLICY",
    "RESOURCE_POLICY",
    "SERVICE_CONTROL_POLICY",
    "RESOURCE_CONTROL_POLICY",
}


async def handle(request: Request) -> Response | None:
    """Answer ValidatePolicy; None for any other request."""
    if request.path != PATH or request.method != "POST":
        return None
    try:
        given = dict(parse_qsl(request.query)) | json.loads(request.body)
    except (ValueError, TypeError):
        return _invalid("The body is no JSON object.")
    if refused := refusal("accessanalyzer", "ValidatePolicy", given):
        return _invalid(refused)
    text, kind = given.get("policyDocument"), given.get("policyType")
    if text is None or kind is None:
        return _invalid("policyDocument and policyType are required.")
    if str(kind) not in TYPES or not isinstance(text, str):
        return _invalid(f"policyType is one of {', '.join(sorted(TYPES))}.")
    principals = ("RESOURCE_POLICY", "RESOURCE_CONTROL_POLICY")
    found = lint.check(text, identity=kind not in principals)
    known = {} if any(each.code == "JSON_SYNTAX_ERROR" for each in found) else places(text)
    return Response.of_json({"findings": [_document(finding, text, known) for finding in found]})


def _document(finding: Finding, text: str, known: dict[Path, Place]) -> dict[str, Any]:
    return {
        "findingType": finding.kind,
        "issueCode": finding.code,
        "findingDetails": finding.details,
        "learnMoreLink": finding.link,
        "locations": [_location(finding, text, known)] if known else [],
    }


def _location(finding: Finding, text: str, known: dict[Path, Place]) -> dict[str, Any]:
    """The path and the span of what a finding is about.

    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Location.html
    """
    found = existing(finding.path, known)
    place = known[found]
    path: list[dict[str, str | int]] = [
        {"index": step} if isinstance(step, int) else {"value": step} for step in found
    ]
    start, end = place.start, place.end
    if finding.of_key and place.name_start is not None and place.name_end is not None:
        path[-1] = {"key": str(found[-1])}
        start, end = place.name_start, place.name_end
    span = {"start": asdict(position(text, start)), "end": asdict(position(text, end))}
    return {"path": path, "span": span}


def _invalid(message: str) -> Response:
    return Response.of_json(
        {"message": message, "reason": "fieldValidationFailed"},
        400,
        x_amzn_ErrorType="ValidationException",
    )
