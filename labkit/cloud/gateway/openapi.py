"""Reads an OpenAPI document, 2.0 or 3.0, as API Gateway imports it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
What the document asks for and this cloud does not do is refused, and nothing is made then.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.gateway.checks import check_document, refuse
from labkit.cloud.gateway.validation import MODEL_URL
from labkit.cloud.refused.apis import NO_AUTHORIZERS

Json = dict[str, Any]

X = "x-amazon-apigateway-"
VERBS = ("get", "put", "post", "delete", "options", "head", "patch")
ANY = f"{X}any-method"
PLACES = {"path": "path", "query": "querystring", "header": "header"}


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    path: str
    method: str
    name: str | None
    needs_key: bool
    parameters: dict[str, bool]
    models: dict[str, str]
    validator: str | None
    responses: dict[str, tuple[dict[str, str], dict[str, bool]]]
    integration: Json


@dataclass(frozen=True)
class Document:
    """What an API is to be made of; schemas by the name of their model."""

    title: str
    description: str
    version: str
    operations: list[Operation]
    models: dict[str, str]
    validators: dict[str, Json]
    gateway_responses: dict[str, Json]


def read(document: Any, api_id: str) -> Document:
    """What a parsed document asks for.

    Raises:
        BadRequestException: it is no OpenAPI document, or asks for what this cloud does not do.
    """
    try:
        return _Reader(document, api_id).read()
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise BadRequestException("Invalid OpenAPI input.") from None


class _Reader:
    def __init__(self, document: Json, api_id: str) -> None:
        self._document = document
        self._api_id = api_id
        self._old = str(document.get("swagger", "")).startswith("2")
        if not self._old and not str(document.get("openapi", "")).startswith("3.0"):
            raise BadRequestException("Invalid OpenAPI input: it is neither 2.0 nor 3.0.")
        parts = document if self._old else document.get("components") or {}
        self._schemas: Json = parts.get("definitions" if self._old else "schemas") or {}
        schemes = parts.get("securityDefinitions" if self._old else "securitySchemes")
        self._schemes: Json = schemes or {}
        self._models = {name: self._schema(schema) for name, schema in self._schemas.items()}

    def read(self) -> Document:
        document, info = self._document, self._document.get("info") or {}
        check_document(document)
        if document.get(f"{X}api-key-source", "HEADER") != "HEADER":
            raise refuse(f"{X}api-key-source", NO_AUTHORIZERS)
        operations = [
            self._operation(path, verb, item, item[verb])
            for path, item in sorted((document.get("paths") or {}).items())
            for verb in item
            if verb in VERBS or verb == ANY
        ]
        return Document(
            title=str(info.get("title") or ""),
            description=str(info.get("description") or ""),
            version=str(info.get("version") or ""),
            operations=operations,
            models=self._models,
            validators=document.get(f"{X}request-validators") or {},
            gateway_responses=document.get(f"{X}gateway-responses") or {},
        )

    def _operation(self, path: str, verb: str, item: Json, given: Json) -> Operation:
        listed = [*(item.get("parameters") or []), *(given.get("parameters") or [])]
        all_parameters = [self._found(each) for each in listed]
        wanted = given.get(f"{X}request-validator", self._document.get(f"{X}request-validator"))
        if wanted and wanted not in (self._document.get(f"{X}request-validators") or {}):
            raise BadRequestException(f"Unable to find request validator '{wanted}'")
        if (given.get(f"{X}auth") or {}).get("type", "NONE") != "NONE":
            raise refuse(f"{X}auth", NO_AUTHORIZERS)
        return Operation(
            path=path,
            method="ANY" if verb == ANY else verb.upper(),
            name=given.get("operationId"),
            needs_key=self._needs_key(given),
            parameters={
                f"method.request.{PLACES[each['in']]}.{each['name']}": bool(each.get("required"))
                for each in all_parameters
                if each["in"] in PLACES
            },
            models=self._body_models(given, all_parameters),
            validator=wanted,
            responses={
                str(status): self._response(self._found(response), given)
                for status, response in (given.get("responses") or {}).items()
                if str(status) != "default"
            },
            integration=given.get(f"{X}integration") or item.get(f"{X}integration") or {},
        )

    def _needs_key(self, given: Json) -> bool:
        """API keys are the one scheme of security that is not an authorizer's."""
        needed = False
        for alternative in given.get("security", self._document.get("security")) or []:
            for name in alternative:
                scheme = self._schemes[name]
                named = (scheme.get("type"), scheme.get("in"), str(scheme.get("name")).lower())
                if named != ("apiKey", "header", "x-api-key"):
                    raise refuse(f"Security scheme '{name}'", NO_AUTHORIZERS)
                needed = True
        return needed

    def _body_models(self, given: Json, parameters: list[Json]) -> dict[str, str]:
        if not self._old:
            content = self._found(given.get("requestBody") or {}).get("content") or {}
            return {kind: self._model(of["schema"]) for kind, of in content.items() if of}
        kinds = given.get("consumes") or self._document.get("consumes") or ["application/json"]
        bodies = [each["schema"] for each in parameters if each["in"] == "body"]
        return {kind: self._model(schema) for schema in bodies for kind in kinds}

    def _response(self, response: Json, given: Json) -> tuple[dict[str, str], dict[str, bool]]:
        headers = {
            f"method.response.header.{name}": False for name in response.get("headers") or {}
        }
        if not self._old:
            content = response.get("content") or {}
            models = {kind: self._model(of["schema"]) for kind, of in content.items() if of}
            return models, headers
        kinds = given.get("produces") or self._document.get("produces") or ["application/json"]
        schema = response.get("schema")
        return {kind: self._model(schema) for kind in kinds if schema}, headers

    def _model(self, schema: Json) -> str:
        """The name of the model of a schema; one that stands in the operation gets a name."""
        if "$ref" in schema:
            name = str(schema["$ref"]).rpartition("/")[2]
            if name not in self._schemas:
                raise BadRequestException(f"Invalid model reference specified: {schema['$ref']}")
            return name
        text = self._schema(schema)
        for name, known in self._models.items():
            if known == text:
                return name
        name = f"MODEL{len(self._models)}"
        self._models[name] = text
        return name

    def _schema(self, schema: Any) -> str:
        """A schema as its model's: references to other schemas are to other models then."""
        url = MODEL_URL.format(api=self._api_id, model="")
        here = "#/definitions/" if self._old else "#/components/schemas/"
        return json.dumps(schema).replace(f'"{here}', f'"{url}')

    def _found(self, part: Json) -> Json:
        """A part of the document, or what it refers to."""
        for _ in range(9):
            if "$ref" not in part:
                return part
            found: Any = self._document
            for step in str(part["$ref"]).removeprefix("#/").split("/"):
                found = found[step]
            part = found
        raise ValueError(part)
