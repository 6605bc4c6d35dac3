"""Patch operations: how the `update_*` calls of API Gateway change a resource.

moto keeps each resource in attributes; a table says which patch path is which attribute.
https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class BadPatch(ValueError):
    """A patch operation that the resource does not have."""


@dataclass(frozen=True)
class Field:
    """One patchable attribute; `keyed` when the path goes on with the key of a map."""

    attribute: str
    keyed: bool = False
    convert: Callable[[str], Any] = str


def to_bool(value: str) -> bool:
    """A patch value is always a string."""
    return value.lower() == "true"


def optional(value: str) -> str | None:
    """An empty string removes what is optional."""
    return value or None


METHOD = {
    "apiKeyRequired": Field("api_key_required", convert=to_bool),
    "authorizationType": Field("authorization_type"),
    "operationName": Field("operation_name"),
    "requestModels": Field("request_models", keyed=True),
    "requestParameters": Field("request_parameters", keyed=True, convert=to_bool),
    "requestValidatorId": Field("request_validator_id", convert=optional),
}
METHOD_RESPONSE = {
    "responseModels": Field("response_models", keyed=True),
    "responseParameters": Field("response_parameters", keyed=True, convert=to_bool),
}
INTEGRATION = {
    "credentials": Field("credentials", convert=optional),
    "httpMethod": Field("http_method"),
    "passthroughBehavior": Field("passthrough_behaviour"),
    "requestParameters": Field("request_parameters", keyed=True),
    "requestTemplates": Field("request_templates", keyed=True, convert=optional),
    "timeoutInMillis": Field("timeout_in_millis", convert=int),
    "uri": Field("uri"),
}
INTEGRATION_RESPONSE = {
    "responseParameters": Field("response_parameters", keyed=True),
    "responseTemplates": Field("response_templates", keyed=True, convert=optional),
    "selectionPattern": Field("selection_pattern", convert=optional),
}
GATEWAY_RESPONSE = {
    "responseParameters": Field("response_parameters", keyed=True),
    "responseTemplates": Field("response_templates", keyed=True),
    "statusCode": Field("status_code", convert=optional),
}
MODEL = {"description": Field("description"), "schema": Field("schema")}
RESOURCE = {"pathPart": Field("path_part")}
DEPLOYMENT = {"description": Field("description")}


def checked(operations: Iterable[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The operations of a patch, none if it was left out; each with a kind and a path.

    Raises:
        BadPatch: for an operation without them.
    """
    patch = list(operations or [])
    for operation in patch:
        kind, path = operation.get("op"), operation.get("path")
        if not kind or not (path or "").startswith("/"):
            raise BadPatch(f"Invalid patch path '{path or ''}' specified for op '{kind or ''}'.")
    return patch


def changes(
    target: object, operations: Iterable[Mapping[str, Any]], fields: Mapping[str, Field]
) -> dict[str, Any]:
    """The attributes of `target` as they are after `operations`; `target` itself stays as it is.

    Raises:
        BadPatch: for a path or an operation that this resource does not have.
    """
    changed: dict[str, Any] = {}
    for operation in operations:
        kind, path = operation.get("op"), operation.get("path", "")
        name, _, key = path.removeprefix("/").partition("/")
        field = fields.get(name)
        if field is None or field.keyed != bool(key) or kind not in ("add", "remove", "replace"):
            known = ", ".join(
                f"/{name}/<key>" if field.keyed else f"/{name}" for name, field in fields.items()
            )
            raise BadPatch(
                f"Invalid patch path '{path}' specified for op '{kind}'. "
                f"Please choose supported operations: [{known}]"
            )
        value = None if kind == "remove" else _converted(field, str(operation.get("value", "")))
        if field.keyed:
            entries = dict(changed.get(field.attribute, getattr(target, field.attribute)) or {})
            key = key.replace("~1", "/").replace("~0", "~")
            if kind == "remove":
                entries.pop(key, None)
            else:
                entries[key] = value
            value = entries
        changed[field.attribute] = value
    return changed


def _converted(field: Field, value: str) -> Any:
    try:
        return field.convert(value)
    except ValueError:
        raise BadPatch(f"Invalid value '{value}'.") from None
