"""What the control plane answers in AWS's shape, where moto has other statuses, fields or words.

Source: AWS's answers as LocalStack recorded them, test_apigateway_api.snapshot.json and
test_apigateway_common.snapshot.json.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labkit.cloud.protocols import status_of

ERROR_TYPE = "x-amzn-errortype"
# Left out when there is nothing in them.
OPTIONAL = {
    *("binaryMediaTypes", "description", "methodResponses", "requestModels", "requestParameters"),
    *("requestTemplates", "responseModels", "responseParameters", "responseTemplates", "tags"),
    "variables",
}
# What one resource alone shows, also when it has none.
WITH_TAGS = {
    "PutRestApi",
    *(f"{verb}{what}" for verb in ("Get", "Update") for what in ("ApiKey", "RestApi", "UsagePlan")),
}


@dataclass(frozen=True)
class Problem:
    """An error of the control plane."""

    status: int
    code: str
    message: str


def shaped(action: str, answered: Any) -> Any:
    """The fields of an answer, nested ones too, that AWS would send.

    >>> shaped("GetMethod", {"httpMethod": "GET", "requestModels": {}, "operationName": None})
    {'httpMethod': 'GET'}
    """
    shown = _shaped(answered, every="GatewayResponse" in action)
    if action in WITH_TAGS:
        shown.setdefault("tags", {})
    if action == "UpdateApiKey":
        shown.pop("value", None)
    return shown


def worded(problem: Problem, parts: Sequence[str], account: str) -> Problem:
    """An error as AWS would have it, for a path such as `["", "restapis", "abc", "models"]`.

    >>> worded(Problem(404, "NotFoundException", "Invalid Rest API Id specified"),
    ...        ["", "restapis", "abc"], "123456789012").message
    'Invalid API identifier specified 123456789012:abc'
    """
    kind, name = (*parts[3:5], "", "")[:2]
    missing = {
        "deployments": "Invalid Deployment identifier specified",
        "models": f"Invalid model name specified: {name}",
        "requestvalidators": "Invalid Request Validator identifier specified",
        "resources": "Invalid Resource identifier specified",
    }.get(kind)
    match problem.message:
        case "Invalid Rest API Id specified" if kind == "requestvalidators" and not name:
            return Problem(400, "BadRequestException", "Invalid REST API identifier specified")
        case "Invalid Rest API Id specified" if not (missing and name):
            return Problem(
                404,
                "NotFoundException",
                f"Invalid API identifier specified {account}:{parts[2]}",
            )
        case (
            "Invalid Rest API Id specified"
            | "Invalid resource identifier specified"
            | "Invalid Model Name specified"
            | "Invalid Request Validator Id specified"
        ) if missing:
            return Problem(404, "NotFoundException", missing)
        case "No Model Name specified":
            return Problem(400, "BadRequestException", "Model name must be non-empty")
        case "No integration defined for method":
            return Problem(400, "BadRequestException", problem.message)
    if missing and problem.message.startswith("Invalid identifier specified: "):
        return Problem(404, "NotFoundException", missing)
    return problem


def corrected(
    action: str, answer: tuple[int, dict[str, Any], Any], parts: Sequence[str], account: str
) -> tuple[int, dict[str, Any], Any]:
    """moto's answer to `action`, as AWS's."""
    status, headers, body = answer
    try:
        answered = json.loads(body or "{}")
    except ValueError:
        return answer
    if not isinstance(answered, dict):
        return answer
    if status < 400:
        status = status_of("apigateway", action, otherwise=200)
        empty = status in (202, 204) or not body
        return (
            status,
            headers | {"status": str(status)},
            ("" if empty else json.dumps(shaped(action, answered))),
        )
    if "__type" not in answered:
        return answer
    status = 404 if answered["__type"] == "NotFoundException" else status
    given = Problem(status, answered["__type"], answered.get("message", ""))
    if action == "GetRequestValidators":
        parts = parts[:3]
    problem = worded(given, parts, account)
    headers = {name: value for name, value in headers.items() if name.lower() != ERROR_TYPE}
    headers |= {"status": str(problem.status), ERROR_TYPE: problem.code}
    return (
        problem.status,
        headers,
        json.dumps({"__type": problem.code, "message": problem.message}),
    )


def _shaped(part: Any, *, every: bool) -> Any:
    if isinstance(part, list):
        return [_shaped(each, every=every) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name: value if name == "responseTemplates" else _shaped(value, every=every)
        for name, value in part.items()
        if value is not None and (every or value not in ({}, [], "") or name not in OPTIONAL)
    }
