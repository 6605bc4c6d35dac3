"""Access Analyzer's ValidatePolicy over HTTP; moto has no Access Analyzer.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from labkit.cloud.access import lint
from labkit.cloud.access.findings import Finding
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
    return Response.of_json({"findings": [_document(finding) for finding in found]})


def _document(finding: Finding) -> dict[str, Any]:
    path = [{"index": step} if isinstance(step, int) else {"value": step} for step in finding.path]
    start = {"line": 1, "column": 0, "offset": 0}
    return {
        "findingType": finding.kind,
        "issueCode": finding.code,
        "findingDetails": finding.details,
        "learnMoreLink": finding.link,
        "locations": [{"path": path, "span": {"start": start, "end": start}}],
    }


def _invalid(message: str) -> Response:
    return Response.of_json(
        {"message": message, "reason": "fieldValidationFailed"},
        400,
        x_amzn_ErrorType="ValidationException",
    )
