"""The REST API: what a request meets at each path and method."""

from __future__ import annotations

from typing import Any

from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.missing import missing
from labkit.show.stable import name_of

API_COLUMNS = [
    "path",
    "method",
    "validator",
    "model",
    "integration",
    "target",
    "role",
    "answers",
    "stage",
]
# "arn:aws:apigateway:{region}:{service}:{path|action}/{what}"; PutIntegration, `uri`.
URI_PARTS = 5


def api(lab: Lab, name: str | None = None) -> Frame:
    """The methods of the REST API, by path.

    Columns: path, method, validator (of the request, or empty), model (for JSON bodies),
    integration (its type), target (`sqs path/123456789012/orders`), role (that API Gateway takes
    on), answers (the status codes), stage (those that something is deployed to). Raises
    `StageMissing` when the API does not exist.

    >>> show.api(lab)
    path     method  validator  model  integration  target  ...
    /orders  POST    body       Order  AWS          sqs path/123456789012/orders  ...
    """
    gateway = lab.client("apigateway")
    api_id = api_id_of(lab, name or lab.names.api)
    validators = gateway.get_request_validators(restApiId=api_id)["items"]
    validator_names = {validator["id"]: validator["name"] for validator in validators}
    stages = ", ".join(sorted(read_stages(lab, api_id)))
    rows = []
    for resource in read_resources(lab, api_id):
        for verb in sorted(resource.get("resourceMethods", {})):
            method = gateway.get_method(
                restApiId=api_id, resourceId=resource["id"], httpMethod=verb
            )
            rows.append({**_row(resource["path"], method, validator_names), "stage": stages})
    return build_frame(API_COLUMNS, rows)


def api_id_of(lab: Lab, name: str) -> str:
    """The id of the REST API of this name; raises `StageMissing` when there is none."""
    for page in lab.client("apigateway").get_paginator("get_rest_apis").paginate():
        for found in page["items"]:
            if found["name"] == name:
                return found["id"]
    raise missing("API", name)


def read_resources(lab: Lab, api_id: str) -> list[dict[str, Any]]:
    """Every resource of an API, by path."""
    pages = lab.client("apigateway").get_paginator("get_resources").paginate(restApiId=api_id)
    return sorted((found for page in pages for found in page["items"]), key=lambda it: it["path"])


def read_stages(lab: Lab, api_id: str) -> list[str]:
    """The names of the stages that something is deployed to."""
    found = lab.client("apigateway").get_stages(restApiId=api_id)["item"]
    return [stage["stageName"] for stage in found]


def _row(path: str, method: dict[str, Any], validators: dict[str, str]) -> dict[str, Any]:
    integration = method.get("methodIntegration", {})
    validator = method.get("requestValidatorId") or ""
    statuses = set(method.get("methodResponses") or {})
    return {
        "path": path,
        "method": method["httpMethod"],
        "validator": validators.get(validator, validator),
        "model": (method.get("requestModels") or {}).get("application/json", ""),
        "integration": integration.get("type", ""),
        "target": _target(integration.get("uri") or ""),
        "role": name_of(integration.get("credentials") or ""),
        "answers": ", ".join(sorted(statuses)),
    }


def _target(uri: str) -> str:
    if not uri.startswith("arn:"):
        return uri
    parts = uri.split(":", URI_PARTS)
    return f"{parts[4]} {parts[5]}" if len(parts) > URI_PARTS else uri
