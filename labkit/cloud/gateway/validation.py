"""Request validation: required parameters, and the body against a model.

A model is JSON Schema draft 4 and may refer to other models of its API. The caller learns only
`Invalid request body`; the reason is in `$context.error.validationErrorString`, in the words of the
Java library that API Gateway uses.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
https://github.com/java-json-tools/json-schema-validator (the messages)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import regex
from jsonschema import Draft4Validator, ValidationError
from jsonschema.exceptions import SchemaError
from jsonschema.validators import extend
from jsonschema_specifications import REGISTRY
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT4

from labkit.cloud.gateway.budget import PATTERN_SECONDS
from labkit.cloud.gateway.errors import ErrorType, GatewayError, broken
from labkit.cloud.gateway.template import NotJson, parse_json

MODEL_URL = "https://apigateway.amazonaws.com/restapis/{api}/models/{model}"
MESSAGES = {
    "additionalProperties": (
        "object instance has properties which are not allowed by the schema: {unknown}"
    ),
    "enum": "instance value ({value}) not found in enum (possible values: {rule})",
    "maxItems": (
        "array is too long: must have at most {rule} elements but instance has {size} elements"
    ),
    "maxLength": "string {value} is too long (length: {size}, maximum allowed: {rule})",
    "maximum": (
        "numeric instance is greater than the required maximum (maximum: {rule}, found: {value})"
    ),
    "minItems": (
        "array is too short: must have at least {rule} elements but instance has {size} elements"
    ),
    "minLength": "string {value} is too short (length: {size}, required minimum: {rule})",
    "minimum": (
        "numeric instance is lower than the required minimum (minimum: {rule}, found: {value})"
    ),
    "pattern": "ECMA 262 regex {rule} does not match input string {value}",
    "required": "object has missing required properties ({missing})",
    "type": "instance type ({type}) does not match any allowed primitive type (allowed: {types})",
}
TYPE_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}


def check_model(schema: str) -> str | None:
    """Why `schema` is no JSON Schema of draft 4, or None."""
    try:
        Draft4Validator.check_schema(parse_json(schema))
    except NotJson as error:
        return f"the schema is not JSON: {error}"
    except (SchemaError, RecursionError) as error:
        return getattr(error, "message", "it is nested too deeply")
    return None


def compile_models(api_id: str, schemas: Mapping[str, str]) -> dict[str, Draft4Validator]:
    """A validator for each model of an API; references resolve within the API, never outside."""
    documents = {name: json.loads(schema) for name, schema in schemas.items()}
    registry = REGISTRY.with_resources(
        (MODEL_URL.format(api=api_id, model=name), DRAFT4.create_resource(document))
        for name, document in documents.items()
    )
    return {name: _Validator(document, registry=registry) for name, document in documents.items()}


def check_parameters(
    required: Iterable[tuple[str, str]], parameters: Mapping[str, Mapping[str, str]]
) -> None:
    """Refuse a request that lacks one of its `required` (place, name) parameters.

    Raises:
        GatewayError: 400, naming all that are missing in the order of their names.
    """
    missing = [name for place, name in required if name not in parameters[place]]
    if missing:
        raise GatewayError(
            ErrorType.BAD_REQUEST_PARAMETERS,
            f"Missing required request parameters: [{', '.join(missing)}]",
        )


def check_body(model: Draft4Validator, body: str) -> None:
    """Refuse a body that its model does not allow; no body counts as `{}`.

    Raises:
        GatewayError: 400 `Invalid request body`, or 500 when the model refers to nothing.
    """
    try:
        document = parse_json(body or "{}")
        errors = list(model.iter_errors(document))
        reasons = sorted(set(map(reason_of, errors)))
    except NotJson as error:
        raise GatewayError(ErrorType.BAD_REQUEST_BODY, validation=f"[{error}]") from error
    except RecursionError as error:
        raise GatewayError(ErrorType.BAD_REQUEST_BODY, validation="[nested too deeply]") from error
    except Unresolvable as error:
        raise broken(f"A model refers to '{error.ref}', which the API does not have.") from error
    if errors:
        raise GatewayError(ErrorType.BAD_REQUEST_BODY, validation=f"[{', '.join(reasons)}]")


def reason_of(error: ValidationError) -> str:
    """The reason in the words of AWS's validator, or the library's for a rarer rule."""
    pattern = MESSAGES.get(str(error.validator))
    if pattern is None:
        return error.message
    instance, rule = error.instance, error.validator_value
    if error.validator == "required":
        rule = sorted(name for name in rule if name not in instance)
    return pattern.format(
        value=_json(instance),
        rule=_json(rule),
        size=len(instance) if isinstance(instance, str | list) else "",
        missing=_json(rule),
        unknown=_json(sorted(_unknown(error))) if error.validator == "additionalProperties" else "",
        type=TYPE_NAMES.get(type(instance), "null" if instance is None else "object"),
        types=_json(sorted(rule) if isinstance(rule, list) and error.validator == "type" else rule)
        if isinstance(rule, list)
        else _json([rule]),
    )


def _unknown(error: ValidationError) -> list[str]:
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    return [
        name
        for name in error.instance
        if name not in known and not any(regex.search(pattern, name) for pattern in patterns)
    ]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    """Python's own matcher cannot be stopped; this one gives up, which refuses the request."""
    if not isinstance(instance, str):
        return
    try:
        found = regex.search(pattern, instance, timeout=PATTERN_SECONDS)
    except TimeoutError:
        found = None
    if found is None:
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator = extend(Draft4Validator, {"pattern": _pattern})
