"""Reading OpenAPI documents, those of another form included."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.gateway.openapi import Document, read

OLD = {"swagger": "2.0", "info": {"title": "a"}}
NAMES = st.sampled_from(
    [
        *("paths", "/a", "get", "parameters", "responses", "200", "in", "name", "schema", "$ref"),
        *("requestBody", "content", "security", "key", "x-amazon-apigateway-integration"),
        *("components", "schemas", "headers", "x-amazon-apigateway-request-validator"),
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["body", "path", "#/paths", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)


def test_any_method_and_a_paths_parameters() -> None:
    """A path's parameters are those of each of its methods; any method is ANY."""
    path = {
        "parameters": [{"$ref": "#/parameters/Id"}],
        "x-amazon-apigateway-any-method": {"responses": {}},
    }
    parameters = {"Id": {"in": "path", "name": "id", "required": True, "type": "string"}}
    [operation] = read({**OLD, "parameters": parameters, "paths": {"/{id}": path}}, "a1").operations
    assert operation.method == "ANY"
    assert operation.parameters == {"method.request.path.id": True}


def test_a_schema_in_place_becomes_a_model() -> None:
    """The same schema is one model, however often it stands there."""
    responses = {status: {"schema": {"type": "object"}} for status in ("200", "201")}
    document = read({**OLD, "paths": {"/": {"get": {"responses": responses}}}}, "a1")
    [(name, schema)] = document.models.items()
    assert json.loads(schema) == {"type": "object"}
    [operation] = document.operations
    assert operation.responses["201"] == ({"application/json": name}, {})


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ({"security": [{"oauth": []}]}, "Security scheme 'oauth'"),
        ({"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}, "x-amazon-apigateway-auth"),
        ({"x-amazon-apigateway-request-validator": "none"}, "Unable to find request validator"),
        ({"responses": {"200": {"schema": {"$ref": "#/definitions/No"}}}}, "Invalid model"),
    ],
)
def test_what_an_operation_cannot_have(operation: dict[str, Any], words: str) -> None:
    """It is refused by its name."""
    schemes = {"oauth": {"type": "oauth2"}}
    document = {**OLD, "securityDefinitions": schemes, "paths": {"/": {"get": operation}}}
    with pytest.raises(BadRequestException, match=words):
        read(document, "a1")


@given(
    head=st.sampled_from([{"swagger": "2.0"}, {"openapi": "3.0.1"}, {}]),
    document=st.dictionaries(NAMES, ANYTHING) | ANYTHING,
    operation=ANYTHING,
)
def test_any_document_is_read_or_refused(head: Any, document: Any, operation: Any) -> None:
    """No document makes anything else happen."""
    if isinstance(document, dict):
        document = {**document, **head, "paths": {"/a": {"get": operation}}}
    try:
        assert isinstance(read(document, "a1"), Document)
    except BadRequestException:
        return
