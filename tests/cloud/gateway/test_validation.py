"""Request validators."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.gateway.validation import (
    check_body,
    check_model,
    check_parameters,
    compile_models,
)


def reason(schema: dict[str, Any], body: Any) -> str | None:
    """The `validationErrorString` for a body, or None when it is valid."""
    text = body if isinstance(body, str) else json.dumps(body)
    try:
        check_body(compile_models("a1", {"Order": json.dumps(schema)})["Order"], text)
    except GatewayError as error:
        assert error.kind is ErrorType.BAD_REQUEST_BODY
        assert error.message == "Invalid request body"
        return error.validation
    return None


@pytest.mark.parametrize(
    ("schema", "body", "expected"),
    [
        (
            {"type": "object", "required": ["id", "lines"]},
            {},
            '[object has missing required properties (["id","lines"])]',
        ),
        (
            {"properties": {"qty": {"type": ["integer", "null"]}}},
            {"qty": "six"},
            "[instance type (string) does not match any allowed primitive type "
            '(allowed: ["integer","null"])]',
        ),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            {"a": 1, "z": 2},
            '[object instance has properties which are not allowed by the schema: ["z"]]',
        ),
        (
            {"type": "array", "minItems": 1},
            "[]",
            "[array is too short: must have at least 1 elements but instance has 0 elements]",
        ),
        (
            {"type": "array", "maxItems": 1},
            [1, 2],
            "[array is too long: must have at most 1 elements but instance has 2 elements]",
        ),
        (
            {"minimum": 1},
            "0",
            "[numeric instance is lower than the required minimum (minimum: 1, found: 0)]",
        ),
        (
            {"maximum": 1},
            "2",
            "[numeric instance is greater than the required maximum (maximum: 1, found: 2)]",
        ),
        (
            {"enum": ["GBP", "EUR"]},
            '"USD"',
            '[instance value ("USD") not found in enum (possible values: ["GBP","EUR"])]',
        ),
        (
            {"minLength": 1},
            '""',
            '[string "" is too short (length: 0, required minimum: 1)]',
        ),
        ({"maxLength": 1}, '"ab"', '[string "ab" is too long (length: 2, maximum allowed: 1)]'),
        (
            {"pattern": "^C"},
            '"536365"',
            '[ECMA 262 regex "^C" does not match input string "536365"]',
        ),
        ({"type": "object"}, "", None),
        ({"minimum": 1, "exclusiveMinimum": True}, "2", None),
        ({"type": "object", "patternProperties": {"^x": {}}}, {"x1": 1}, None),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "The reason of a bad body is in the words of AWS's validator.",
    source="LocalStack's recording: apigateway/test_apigateway_common",
)
def test_reasons(schema: dict[str, Any], body: Any, expected: str | None) -> None:
    """The reason is told in the words of AWS's validator; no body counts as `{}`."""
    assert reason(schema, body) == expected


def test_what_is_not_json() -> None:
    """A body that is not JSON, or nested beyond reading, is invalid and no failure."""
    assert reason({}, "nonsense") is not None
    assert reason({}, "[" * 100_000) is not None


@pytest.mark.fidelity(
    "API Gateway",
    "A model's pattern that would match for ever refuses the body.",
    differs="AWS does not say what it does; nobody's loop may hold up the cloud.",
)
def test_a_hostile_pattern_gives_up() -> None:
    """A pattern that would match for ever refuses the body."""
    assert reason({"pattern": "^(a|aa)+$"}, json.dumps("a" * 60 + "!")) is not None


@pytest.mark.fidelity(
    "API Gateway",
    "A model may refer to others of its API.",
    source="API Gateway guide: models-mappings-models",
)
def test_references_stay_within_the_api() -> None:
    """A model may refer to another of its API; any other address is never fetched."""
    here = "https://apigateway.amazonaws.com/restapis/a1/models/Line"
    models = compile_models(
        "a1",
        {
            "Line": '{"required": ["sku"]}',
            "Order": json.dumps({"items": {"$ref": here}}),
            "Stranger": '{"$ref": "http://127.0.0.1:1/schema"}',
            "Loop": '{"$ref": "#"}',
        },
    )
    check_body(models["Order"], '[{"sku": "1"}]')
    with pytest.raises(GatewayError) as invalid:
        check_body(models["Order"], "[{}]")
    assert invalid.value.status == 400
    with pytest.raises(GatewayError) as broken:
        check_body(models["Stranger"], "{}")
    assert broken.value.status == 500
    with pytest.raises(GatewayError):
        check_body(models["Loop"], "{}")


def test_parameters() -> None:
    """Every missing parameter is named; an empty one is there."""
    required = [("header", "x-till"), ("querystring", "qs1"), ("querystring", "qs2")]
    with pytest.raises(GatewayError) as error:
        check_parameters(required, {"header": {}, "querystring": {"qs2": ""}, "path": {}})
    assert error.value.message == "Missing required request parameters: [x-till, qs1]"
    check_parameters(required[1:2], {"querystring": {"qs1": "1"}})


@pytest.mark.parametrize("schema", ["{", '{"type": "nonsense"}', '{"required": []}', "[" * 9999])
@pytest.mark.fidelity(
    "API Gateway",
    "A model is JSON Schema draft 4.",
    source="API Gateway guide: models-mappings-models",
)
def test_a_bad_model(schema: str) -> None:
    """What is no JSON Schema of draft 4 is told."""
    assert check_model(schema)


def test_a_good_model() -> None:
    """A schema, with or without its `$schema`."""
    assert check_model('{"$schema": "http://json-schema.org/draft-04/schema#"}') is None


@pytest.mark.fidelity(
    "API Gateway",
    "All of JSON Schema draft 4 is validated, minItems, maxItems and exclusiveMinimum too.",
    differs="AWS leaves some keywords out in imported APIs; a model means what it says here.",
    source="API Gateway guide: api-gateway-known-issues",
)
@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ({"minItems": 1}, []),
        ({"maxItems": 1}, [1, 2]),
        ({"minimum": 1, "exclusiveMinimum": True}, 1),
    ],
)
def test_every_keyword_counts(schema: dict[str, Any], body: Any) -> None:
    """Also those that AWS does not support everywhere."""
    assert reason(schema, json.dumps(body)) is not None
