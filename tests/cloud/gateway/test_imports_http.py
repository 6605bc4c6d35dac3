"""OpenAPI documents as AWS's tutorials have them, imported over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.gateway.apis import Api, new_role, queue_integration

Json = Any
ENCODED = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
ORDER = {
    "type": "object",
    "description": "Of a till",
    "required": ["lines"],
    "properties": {"lines": {"type": "array", "items": {"$ref": "LINE"}}},
}
LINE = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}


def integration(queue_name: str) -> Json:
    """An integration with a queue, as the extension of a document spells it."""
    given = queue_integration(ENCODED, queue_name)
    return {
        "type": "aws",
        "httpMethod": "POST",
        "uri": given["uri"],
        "credentials": given["credentials"],
        "requestParameters": given["requestParameters"],
        "requestTemplates": given["requestTemplates"],
        "passthroughBehavior": "never",
        "responses": {
            "default": {
                "statusCode": 200,
                "responseParameters": {"method.response.header.X-Shop": "'lab'"},
            },
            "4\\d{2}": {"statusCode": "400"},
        },
    }


def document(version: str, queue_name: str) -> Json:
    """One API in either version of OpenAPI: a validated `POST /shop/orders`."""
    here = "#/definitions/" if version == "2.0" else "#/components/schemas/"
    schemas = {"Order": json.loads(json.dumps(ORDER).replace("LINE", f"{here}Line")), "Line": LINE}
    reference = {"$ref": f"{here}Order"}
    header: Json = {"name": "X-Till", "in": "header", "required": True}
    post: Json = {
        "operationId": "order",
        "responses": {"200": {"description": "ok", "headers": {"X-Shop": {}}}, "400": {}},
        "x-amazon-apigateway-request-validator": "all",
        "x-amazon-apigateway-integration": integration(queue_name),
    }
    shared = {
        "info": {"title": "Shop", "version": "2026-11-26"},
        "x-amazon-apigateway-request-validators": {
            "all": {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-gateway-responses": {
            "BAD_REQUEST_BODY": {
                "statusCode": "422",
                "responseTemplates": {"application/json": '{"no": $context.error.messageString}'},
            }
        },
        "paths": {"/shop/orders": {"post": post}},
    }
    if version == "2.0":
        post["consumes"] = ["application/json"]
        body = {"name": "Order", "in": "body", "schema": reference}
        post["parameters"] = [{**header, "type": "string"}, body]
        return {"swagger": "2.0", "definitions": schemas, **shared}
    post["parameters"] = [{**header, "schema": {"type": "string"}}]
    post["requestBody"] = {"content": {"application/json": {"schema": reference}}}
    return {"openapi": "3.0.1", "components": {"schemas": schemas}, **shared}


@pytest.mark.parametrize("version", ["2.0", "3.0"])
@pytest.mark.fidelity(
    "API Gateway",
    "An OpenAPI document, 2.0 or 3.0, makes an API: integrations, models, parameters, validators, "
    "keys and gateway responses.",
    source="API Gateway guide: api-gateway-import-api",
)
def test_a_document_makes_an_api(
    cloud: str, client: Callable[..., Any], queue: tuple[str, str], version: str
) -> None:
    """It validates, sends to the queue, and answers as the document says."""
    gateway, (name, url) = client("apigateway"), queue
    new_role(client)
    made = gateway.import_rest_api(
        body=json.dumps(document(version, name)),
        parameters={"endpointConfigurationTypes": "REGIONAL"},
    )
    assert (made["name"], made["version"]) == ("Shop", "2026-11-26")
    assert made["endpointConfiguration"]["types"] == ["REGIONAL"]
    resources = gateway.get_resources(restApiId=made["id"], embed=["methods"])["items"]
    assert [each["path"] for each in resources] == ["/", "/shop", "/shop/orders"]
    method = resources[2]["resourceMethods"]["POST"]
    assert method["requestParameters"] == {"method.request.header.X-Till": True}
    assert method["requestModels"] == {"application/json": "Order"}
    assert method["operationName"] == "order"
    answers = method["methodIntegration"]["integrationResponses"].values()
    assert "selectionPattern" not in next(iter(answers))  # recorded in test_apigateway_import
    models = gateway.get_models(restApiId=made["id"])["items"]  # the document's alone: recorded
    described = {model["name"]: model.get("description") for model in models}
    assert described == {"Order": "Of a till", "Line": None}
    api = Api(gateway, cloud, made["id"], made["rootResourceId"], resources[2]["id"])
    api.deploy()
    headers = {"Content-Type": "application/json", "X-Till": "1"}

    def order(lines: Json, **given: str) -> Any:
        return api.call(json.dumps({"lines": lines}), path="/shop/orders", headers=given or headers)

    good = order([{"sku": "a&b"}])
    assert (good.status, good.headers["X-Shop"]) == (200, "lab")
    [message] = client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"]) == {"lines": [{"sku": "a&b"}]}
    bad = order([{"ksu": "a"}])
    assert (bad.status, bad.json) == (422, {"no": "Invalid request body"})
    missing = order([], **{"Content-Type": "application/json"})
    assert missing.json == {"message": "Missing required request parameters: [X-Till]"}


def test_a_document_may_ask_for_keys(api: Api, queue: tuple[str, str]) -> None:
    """The scheme `x-api-key` makes a method require an API key."""
    shop = document("3.0", queue[0])
    shop["components"]["securitySchemes"] = {
        "key": {"type": "apiKey", "name": "x-api-key", "in": "header"}
    }
    shop["paths"]["/shop/orders"]["post"]["security"] = [{"key": []}]
    api.client.put_rest_api(restApiId=api.id, mode="overwrite", body=json.dumps(shop))
    api.deploy()
    assert api.call("{}", path="/shop/orders").json == {"message": "Forbidden"}


@pytest.mark.fidelity(
    "API Gateway",
    "PutRestApi merges a document into an API, or overwrites the API with it.",
    source="API Gateway API: API_PutRestApi",
)
def test_a_document_is_merged_or_overwrites(api: Api, queue: tuple[str, str]) -> None:
    """A merge keeps what the document does not name, and can be done again."""
    api.put({})
    put = api.client.put_rest_api
    body = json.dumps(document("3.0", queue[0]))

    def paths() -> list[str]:
        return sorted(each["path"] for each in api.client.get_resources(restApiId=api.id)["items"])

    for _ in range(2):
        put(restApiId=api.id, mode="merge", body=body)
        assert paths() == ["/", "/orders", "/shop", "/shop/orders"]
        assert len(api.client.get_request_validators(restApiId=api.id)["items"]) == 1
    assert put(restApiId=api.id, mode="overwrite", body=body)["tags"] == {}
    assert paths() == ["/", "/shop", "/shop/orders"]
    assert api.client.get_rest_api(restApiId=api.id)["name"] == "Shop"


def without_effect(extension: str, value: Json) -> Json:
    """A document with one thing more at its top."""
    return {"openapi": "3.0.1", "info": {"title": "no"}, "paths": {}, extension: value}


REFUSED = [
    (without_effect("x-amazon-apigateway-policy", {}), "fidelity table"),
    (without_effect("x-amazon-apigateway-binary-media-types", []), "fidelity table"),
    (without_effect("x-amazon-apigateway-api-key-source", "AUTHORIZER"), "fidelity table"),
    ({"openapi": "3.0.1", "paths": [1]}, "Invalid OpenAPI input"),
    ({"openapi": "3.1.0", "paths": {}}, "neither 2.0 nor 3.0"),
    ({"paths": {}}, "neither 2.0 nor 3.0"),
    ({"openapi": "3.0.1", "paths": {"/a": {"get": 7}}}, "Invalid OpenAPI input"),
    (
        {
            "openapi": "3.0.1",
            "paths": {
                "/a": {
                    "get": {
                        "x-amazon-apigateway-integration": {
                            "type": "http",
                            "httpMethod": "GET",
                            "uri": "http://example.com",
                        }
                    }
                }
            },
        },
        "fidelity table",
    ),
    (without_effect("x-amazon-apigateway-request-validators", {"all": 7}), "Invalid OpenAPI input"),
    (without_effect("x-amazon-apigateway-gateway-responses", [7]), "Invalid OpenAPI input"),
    (
        {"openapi": "3.0.1", "paths": {"/a": {"get": {"requestBody": {"$ref": "#/x"}}}}},
        "Invalid OpenAPI input",
    ),
]


@pytest.mark.parametrize(("shop", "words"), REFUSED)
@pytest.mark.fidelity(
    "API Gateway",
    "A document that asks for an authorizer, a policy or binary types is refused as a whole.",
    differs="A lab needs none of them; nothing is ignored silently.",
)
def test_what_cannot_be_imported_leaves_nothing_behind(api: Api, shop: Json, words: str) -> None:
    """No API is made, and one that is there stays as it was."""
    api.put({})
    before = api.client.get_resources(restApiId=api.id)["items"]
    count = len(api.client.get_rest_apis(limit=500)["items"])
    with pytest.raises(ClientError, match=words):
        api.client.import_rest_api(body=json.dumps(shop))
    with pytest.raises(ClientError, match=words):
        api.client.put_rest_api(restApiId=api.id, mode="overwrite", body=json.dumps(shop))
    assert len(api.client.get_rest_apis(limit=500)["items"]) == count
    assert api.client.get_resources(restApiId=api.id)["items"] == before


def test_an_import_has_no_warnings(api: Api) -> None:
    """So to fail on them fails on nothing."""
    body = json.dumps({"openapi": "3.0.1", "info": {"title": "plain"}, "paths": {}})
    made = api.client.import_rest_api(body=body, failOnWarnings=True)
    assert (made["name"], "warnings" in made) == ("plain", False)
    again = api.client.put_rest_api(restApiId=made["id"], body=body, failOnWarnings=True)
    assert again["id"] == made["id"]


def test_what_an_import_or_export_would_ignore_is_refused(api: Api) -> None:
    """A base path, the export of an API, and a table of keys."""
    api.put({})
    api.deploy()
    body = json.dumps({"openapi": "3.0.1", "info": {"title": "a"}, "paths": {}})
    with pytest.raises(ClientError, match="fidelity table"):
        api.client.import_rest_api(body=body, parameters={"basepath": "prepend"})
    with pytest.raises(ClientError, match="fidelity table"):
        api.client.get_export(restApiId=api.id, stageName="lab", exportType="oas30")
    with pytest.raises(ClientError, match="fidelity table"):
        api.client.import_api_keys(body=b"name,key", format="csv")
