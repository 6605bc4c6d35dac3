"""The control plane's answers, against what AWS answered to LocalStack's own tests.

The recordings are apigateway/test_apigateway_api.snapshot.json and test_apigateway_common of
localstack/localstack at a2f2866 and bf2fc7a.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

API = "LocalStack's recording: apigateway/test_apigateway_api"
COMMON = "LocalStack's recording: apigateway/test_apigateway_common"
BAD, MISSING, CONFLICT = "BadRequestException", "NotFoundException", "ConflictException"
SCHEMA = '{"title": "order", "type": "object"}'


@pytest.fixture(scope="module")
def gateway(client: Callable[..., Any]) -> Any:
    """A client that sends whatever it is told to."""
    config = Config(parameter_validation=False, retries={"max_attempts": 0})
    return client("apigateway", config=config)


@pytest.fixture
def api(gateway: Any) -> Any:
    """A new API, as it was answered."""
    return gateway.create_rest_api(name="orders")


def refused(code: str, message: str, call: Callable[..., Any], **given: Any) -> None:
    """Assert that a call is refused, with the status that belongs to the code."""
    with pytest.raises(ClientError) as error:
        call(**given)
    answer = error.value.response
    assert (answer["Error"]["Code"], answer["Error"]["Message"]) == (code, message)
    expected = {MISSING: 404, CONFLICT: 409}.get(code, 400)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == expected


def fields(answer: dict[str, Any]) -> tuple[int, set[str]]:
    """The status of an answer, and the names in it."""
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer.keys() - {"ResponseMetadata"}


def operation(kind: str, path: str, value: str | None = None) -> dict[str, str]:
    """A patch operation."""
    return {"op": kind, "path": path} | ({} if value is None else {"value": value})


@pytest.mark.fidelity(
    "API Gateway",
    "Answers have AWS's statuses, and leave out what there is nothing of.",
    source=API,
)
def test_an_api_is_shown(gateway: Any, api: Any) -> None:
    """Tags are shown, also when there are none, only when an API is read alone."""
    shown = {
        *("id", "name", "createdDate", "apiKeySource", "endpointConfiguration"),
        *("disableExecuteApiEndpoint", "rootResourceId"),
    }
    assert fields(api) == (201, shown)
    assert api["endpointConfiguration"] == {"types": ["EDGE"], "ipAddressType": "ipv4"}
    assert fields(gateway.get_rest_api(restApiId=api["id"])) == (200, shown | {"tags"})
    assert gateway.get_rest_apis(limit=500)["items"][-1].keys() == shown
    assert fields(gateway.delete_rest_api(restApiId=api["id"])) == (202, set())
    empty = "Description cannot be an empty string"
    refused(BAD, empty, gateway.create_rest_api, name="orders", description="")


@pytest.mark.fidelity(
    "API Gateway",
    "A missing API, resource, method, model or validator is named in AWS's words.",
    source=API,
)
def test_what_is_missing(gateway: Any, api: Any) -> None:
    """Which words depends on what was asked for, and not only on what is missing."""
    of_api = {"restApiId": "nothing"}
    unknown = "Invalid API identifier specified 123456789012:nothing"
    for call in (
        *(gateway.get_rest_api, gateway.get_models, gateway.get_request_validators),
        *(gateway.get_gateway_responses, gateway.get_resources),
    ):
        refused(MISSING, unknown, call, **of_api)
    of_model = of_api | {"modelName": "Order"}
    refused(MISSING, "Invalid model name specified: Order", gateway.get_model, **of_model)
    validator = "Invalid Request Validator identifier specified"
    for api_id in ("nothing", api["id"]):
        given = {"restApiId": api_id, "requestValidatorId": "v"}
        refused(MISSING, validator, gateway.get_request_validator, **given)
        refused(MISSING, validator, gateway.delete_request_validator, **given)
    refused(
        BAD,
        "Invalid REST API identifier specified",
        gateway.create_request_validator,
        **of_api,
        name="v",
    )
    where = {"restApiId": api["id"], "resourceId": "nothing", "httpMethod": "POST"}
    resource = "Invalid Resource identifier specified"
    refused(MISSING, resource, gateway.put_method, **where, authorizationType="NONE")
    refused(MISSING, resource, gateway.put_integration, **where, type="MOCK")
    refused(MISSING, resource, gateway.test_invoke_method, **where | {"restApiId": "nothing"})
    where["resourceId"] = api["rootResourceId"]
    method = "Invalid Method identifier specified"
    refused(MISSING, method, gateway.get_method, **where)
    refused(MISSING, method, gateway.delete_method, **where)
    refused(MISSING, method, gateway.put_integration, **where, type="MOCK")
    gateway.put_method(**where, authorizationType="NONE")
    integration = "Invalid Integration identifier specified"
    refused(MISSING, integration, gateway.get_integration, **where)
    status = "Invalid Response status code specified"
    refused(MISSING, status, gateway.get_method_response, **where, statusCode="200")


@pytest.mark.fidelity(
    "API Gateway", "A resource is renamed and moved, with all that is below it.", source=API
)
def test_a_resource_moves(gateway: Any, api: Any) -> None:
    """Not under itself, nor where its name is taken."""
    of_api, root = {"restApiId": api["id"]}, api["rootResourceId"]

    def made(parent: str, part: str) -> str:
        answer = gateway.create_resource(**of_api, parentId=parent, pathPart=part)
        return str(answer["id"])

    def change(resource: str, asked: dict[str, str]) -> Any:
        return gateway.update_resource(**of_api, resourceId=resource, patchOperations=[asked])

    pets = made(root, "pets")
    below = made(pets, "subpets")
    assert change(pets, operation("replace", "/pathPart", "dogs"))["path"] == "/dogs"
    shown = gateway.get_resource(**of_api, resourceId=below, embed=["methods"])
    assert shown["path"] == "/dogs/subpets"
    assert change(below, operation("replace", "/parentId", root))["path"] == "/subpets"
    change(below, operation("replace", "/parentId", pets))
    for code, message, resource, asked in (
        (
            BAD,
            "Resources cannot be cyclical.",
            pets,
            operation("replace", "/parentId", below),
        ),
        (
            MISSING,
            "Invalid Resource identifier specified",
            pets,
            operation("replace", "/parentId", "nothing"),
        ),
        (
            BAD,
            "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: "
            "[/parentId, /pathPart]",
            pets,
            operation("replace", "/invalid", "x"),
        ),
        (
            BAD,
            "Invalid patch path  '/pathPart' specified for op 'add'. Please choose supported "
            "operations",
            pets,
            operation("add", "/pathPart", "x"),
        ),
    ):
        refused(code, message, change, resource=resource, asked=asked)
    made(root, "subpets")
    with pytest.raises(ClientError, match="Another resource with the same parent already has"):
        change(below, operation("replace", "/parentId", root))


@pytest.mark.fidelity(
    "API Gateway",
    "A path has one variable at each place, and nothing below a greedy one.",
    source=API,
)
def test_variables_of_a_path(gateway: Any, api: Any) -> None:
    """`{proxy+}` takes all that is left."""
    of_root = {"restApiId": api["id"], "parentId": api["rootResourceId"]}
    greedy = gateway.create_resource(**of_root, pathPart="{proxy+}")["id"]
    refused(
        BAD,
        "A sibling ({proxy+}) of this resource already has a variable path part -- only one is "
        "allowed",
        gateway.create_resource,
        **of_root,
        pathPart="{id}",
    )
    refused(
        BAD,
        "Cannot create a child of a resource with a greedy path variable: {proxy+}",
        gateway.create_resource,
        **of_root | {"parentId": greedy},
        pathPart="orders",
    )


@pytest.mark.fidelity(
    "API Gateway", "A method is checked, shown and changed in AWS's words.", source=API
)
def test_methods(gateway: Any, api: Any) -> None:
    """Its verb, the names of its parameters, and what a patch may touch."""
    where = {
        "restApiId": api["id"],
        "resourceId": api["rootResourceId"],
        "httpMethod": "ANY",
        "authorizationType": "none",
    }
    twice = {"method.request.querystring.q": True, "method.request.header.q": True}
    refused(
        BAD,
        "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,"
        "ANY",
        gateway.put_method,
        **where | {"httpMethod": "TEST"},
    )
    refused(
        BAD,
        "Parameter names must be unique across querystring, header and path",
        gateway.put_method,
        **where,
        requestParameters=twice,
    )
    made = gateway.put_method(**where)
    assert fields(made) == (201, {"httpMethod", "authorizationType", "apiKeyRequired"})
    assert made["authorizationType"] == "NONE"
    del where["authorizationType"]
    only = "Invalid patch operation specified. Must be one of: [replace]"
    for message, asked in (
        (only, operation("remove", "/apiKeyRequired")),
        ("Invalid patch path /httpMethod", operation("replace", "/httpMethod", "GET")),
        ("Invalid patch path /requestModels", operation("add", "/requestModels", "x")),
        (
            "Invalid patch path /requestModels/application/json",
            operation("add", "/requestModels/application/json", "Empty"),
        ),
    ):
        refused(BAD, message, gateway.update_method, **where, patchOperations=[asked])
    refused(
        "ValidationException",
        "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to "
        "satisfy constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, "
        "HTTP_PROXY, AWS]",
        gateway.put_integration,
        **where,
        type="HTTPS_PROXY",
    )


@pytest.mark.fidelity(
    "API Gateway",
    "A model needs a name and a schema, and stays as long as a method refers to it.",
    source=API,
)
def test_models(gateway: Any, api: Any) -> None:
    """The method that does is named."""
    of_api = {"restApiId": api["id"]}
    made = of_api | {"contentType": "application/json", "schema": SCHEMA}
    nothing = "Model schema must have at least 1 property or array items defined"
    refused(BAD, nothing, gateway.create_model, **made | {"schema": ""}, name="Order")
    refused(BAD, "Model name must be non-empty", gateway.create_model, **made, name="")
    gateway.create_model(**made, name="Order")
    gateway.put_method(
        **of_api,
        resourceId=api["rootResourceId"],
        httpMethod="ANY",
        authorizationType="NONE",
        requestModels={"application/json": "Order"},
    )
    in_use = "Cannot delete model 'Order', is referenced in method request: //ANY"
    refused(CONFLICT, in_use, gateway.delete_model, **of_api, modelName="Order")
    gateway.create_model(**made, name="Unused")
    assert fields(gateway.delete_model(**of_api, modelName="Unused")) == (202, set())
    refused(
        BAD,
        "Invalid patch path  '/name' specified for op 'replace'. Must be one of: [/description, "
        "/schema]",
        gateway.update_model,
        **of_api,
        modelName="Order",
        patchOperations=[operation("replace", "/name", "x")],
    )


@pytest.mark.fidelity(
    "API Gateway", "A request validator says what it checks, and is changed.", source=API
)
def test_request_validators(gateway: Any, api: Any) -> None:
    """It checks nothing unless it is told to; a name it has."""
    of_api = {"restApiId": api["id"]}
    made = gateway.create_request_validator(**of_api, name="body")
    assert made["validateRequestBody"] is made["validateRequestParameters"] is False
    where = of_api | {"requestValidatorId": made["id"]}
    for value in ("true", None):
        asked = operation("replace", "/validateRequestBody", value)
        changed = gateway.update_request_validator(**where, patchOperations=[asked])
        assert changed["validateRequestBody"] is (value == "true")
    for message, asked in (
        ("Request Validator name cannot be blank", operation("replace", "/name", "")),
        (
            "Invalid patch path  '/invalidPath' specified for op 'replace'. Must be one of: "
            "[/name, /validateRequestParameters, /validateRequestBody]",
            operation("replace", "/invalidPath", "x"),
        ),
    ):
        refused(BAD, message, gateway.update_request_validator, **where, patchOperations=[asked])


@pytest.mark.fidelity(
    "API Gateway",
    "Every gateway response is shown, as it was put or as its default is.",
    source=API,
)
def test_gateway_responses(gateway: Any, api: Any) -> None:
    """A DEFAULT_5XX is shown for all of its family that have none of their own."""
    of_api = {"restApiId": api["id"]}
    where = of_api | {"responseType": "MISSING_AUTHENTICATION_TOKEN"}
    default = {
        "defaultResponse": True,
        "responseParameters": {},
        "responseTemplates": {"application/json": '{"message":$context.error.messageString}'},
        "responseType": "MISSING_AUTHENTICATION_TOKEN",
        "statusCode": "403",
    }

    def shown() -> Any:
        answer = gateway.get_gateway_response(**where)
        del answer["ResponseMetadata"]
        return answer

    assert shown() == default
    unset = "Gateway response type not defined on api"
    refused(MISSING, unset, gateway.delete_gateway_response, **where)
    gateway.put_gateway_response(**where, statusCode="404")
    assert shown() == default | {"defaultResponse": False, "statusCode": "404"}
    assert fields(gateway.delete_gateway_response(**where)) == (202, set())
    assert shown() == default
    family = of_api | {"responseType": "DEFAULT_5XX"}
    changed = gateway.update_gateway_response(
        **family, patchOperations=[operation("replace", "/statusCode", "599")]
    )
    assert (changed["statusCode"], changed["defaultResponse"]) == ("599", False)
    statuses = {
        each["responseType"]: each.get("statusCode")
        for each in gateway.get_gateway_responses(**of_api)["items"]
    }
    assert len(statuses) == 21
    assert list(statuses) == sorted(statuses)
    assert (statuses["INTEGRATION_TIMEOUT"], statuses["THROTTLED"]) == ("599", "429")
    assert statuses["DEFAULT_4XX"] is None
    for code, message, asked in (
        (BAD, "Invalid patch path /statusCode", operation("add", "/statusCode", "444")),
        (BAD, "Invalid patch path null", {"op": "replace", "value": "x"}),
        (
            MISSING,
            "Invalid parameter name specified",
            operation("replace", "/responseParameters/gatewayresponse.header.x", "'x'"),
        ),
        (
            BAD,
            "Invalid null or empty value in responseTemplates",
            operation("replace", "/responseTemplates/application~1json"),
        ),
        (
            "ValidationException",
            "1 validation error detected: Value 'wrong' at 'updateGatewayResponseInput."
            "patchOperations.1.member.op' failed to satisfy constraint: Member must satisfy enum "
            "value set: [add, remove, move, test, replace, copy]",
            operation("wrong", "/statusCode", "444"),
        ),
    ):
        refused(code, message, gateway.update_gateway_response, **family, patchOperations=[asked])


@pytest.mark.fidelity(
    "API Gateway",
    "A stage shows when it was made and changed; a setting it has not cannot be removed.",
    source=COMMON,
)
def test_stages(gateway: Any, api: Any) -> None:
    """A path that is none is answered with all there are."""
    of_api = {"restApiId": api["id"]}
    method = of_api | {"resourceId": api["rootResourceId"], "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    undefined = "No integration defined for method"
    refused(BAD, undefined, gateway.create_deployment, **of_api)
    gateway.put_integration(**method, type="MOCK")
    gateway.put_method_response(**method, statusCode="200")
    for given in ({}, {"selectionPattern": ""}):
        shown = gateway.put_integration_response(**method, statusCode="200", **given)
        assert fields(shown) == (201, {"statusCode", *given})
    deployment = gateway.create_deployment(**of_api)["id"]
    made = gateway.create_stage(**of_api, stageName="s1", deploymentId=deployment)
    assert fields(made) == (
        201,
        {
            *("cacheClusterEnabled", "cacheClusterStatus", "createdDate", "deploymentId"),
            *("lastUpdatedDate", "methodSettings", "stageName", "tracingEnabled"),
        },
    )
    where = of_api | {"stageName": "s1"}
    burst = operation("replace", "/*/*/throttling/burstLimit", "123")
    changed = gateway.update_stage(**where, patchOperations=[burst])
    assert changed["methodSettings"] == {
        "*/*": {
            "cacheDataEncrypted": False,
            "cacheTtlInSeconds": 300,
            "cachingEnabled": False,
            "dataTraceEnabled": False,
            "metricsEnabled": False,
            "requireAuthorizationForCacheControl": True,
            "throttlingBurstLimit": 123,
            "throttlingRateLimit": 10000.0,
            "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
        }
    }
    assert changed["createdDate"] == made["createdDate"]
    remove = {"patchOperations": [operation("remove", "/*/*")]}
    assert gateway.update_stage(**where, **remove)["methodSettings"] == {}
    refused(
        BAD,
        "Cannot remove method setting */* because there is no method setting for this method ",
        gateway.update_stage,
        **where,
        **remove,
    )
    missing = "Invalid Deployment identifier specified"
    refused(MISSING, missing, gateway.get_deployment, **of_api, deploymentId="nothing")


@pytest.mark.fidelity(
    "API Gateway", "An API key's value is not shown when it is changed.", source=COMMON
)
def test_api_keys(gateway: Any) -> None:
    """Its tags are."""
    key = gateway.create_api_key(name="shop", enabled=True)["id"]
    disabled = operation("replace", "/enabled", "false")
    changed = gateway.update_api_key(apiKey=key, patchOperations=[disabled])
    assert "value" not in changed
    assert (changed["enabled"], changed["tags"]) == (False, {})
    value = gateway.get_api_key(apiKey=key, includeValue=True)["value"]
    (shown,) = gateway.get_api_keys(nameQuery="shop", includeValues=True)["items"]
    assert shown["value"] == value
    assert "value" not in gateway.get_api_keys(nameQuery="shop")["items"][0]


@pytest.mark.fidelity(
    "API Gateway",
    "A patch of an API key changes its name, description or whether it is enabled, nothing else.",
    source="LocalStack's recording: apigateway/test_apigateway_extended",
)
def test_patches_of_an_api_key(gateway: Any) -> None:
    """What cannot be changed is named, and what can; a limit below zero is none."""
    key = gateway.create_api_key(name="shop")["id"]
    allowed = "Must be one of: [/description, /enabled, /name, /customerId]"
    for asked, message in (
        (operation("replace", "/id", "x"), "path  '/id' specified for op 'replace'. " + allowed),
        (operation("add", "/name", "x"), "path  '/name' specified for op 'add'."),
    ):
        with pytest.raises(ClientError) as refused:
            gateway.update_api_key(apiKey=key, patchOperations=[asked])
        assert f"Invalid patch {message}" in refused.value.response["Error"]["Message"]
    renamed = operation("replace", "/name", "till")
    assert gateway.update_api_key(apiKey=key, patchOperations=[renamed])["name"] == "till"
    assert gateway.get_api_keys(limit=-1)["items"]


@pytest.mark.fidelity(
    "API Gateway",
    "A deleted API key is in no usage plan any more.",
    source="LocalStack's recording: apigateway/test_apigateway_extended",
)
def test_deleted_api_keys(gateway: Any) -> None:
    """A plan that there is not has no keys; keys are found by how their names begin."""
    plan = gateway.create_usage_plan(name="keys")["id"]
    key = gateway.create_api_key(name="partner-1")["id"]
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    for query, found in (("partner", 1), ("PARTNER", 0), ("artner-1", 0)):
        assert len(gateway.get_api_keys(nameQuery=query)["items"]) == found
        answer = gateway.get_usage_plan_keys(usagePlanId=plan, nameQuery=query)
        assert len(answer["items"]) == found
    gateway.delete_api_key(apiKey=key)
    assert gateway.get_usage_plan_keys(usagePlanId=plan)["items"] == []
    assert gateway.get_usage_plan_keys(usagePlanId="bad-id")["items"] == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "a" * 1025}, "Invalid API Key name, can be at most 1024 characters."),
        ({"value": "short"}, "API Key value should be at least 20 characters"),
        ({"value": "a" * 129}, "API Key value exceeds maximum size of 128 characters"),
        ({"description": "a" * 125001}, "Invalid API Key description specified."),
    ],
)
def test_api_keys_that_cannot_be(gateway: Any, given: dict[str, str], message: str) -> None:
    """Neither made nor changed to."""
    with pytest.raises(ClientError) as refused:
        gateway.create_api_key(**given)
    assert refused.value.response["Error"]["Message"] == message
    if "description" in given:
        key = gateway.create_api_key(name="")
        assert "name" not in key
        changed = operation("replace", "/description", given["description"])
        with pytest.raises(ClientError, match=message):
            gateway.update_api_key(apiKey=key["id"], patchOperations=[changed])


@pytest.mark.parametrize("number", ["-1", "many", "9" * 5_000])
def test_a_position_is_a_number_of_a_list(gateway: Any, number: str) -> None:
    """Nothing that Python does not read as one, either."""
    refused(BAD, f"Invalid position '{number}'", gateway.get_rest_apis, position=number)
