"""The control plane about responses, endpoints, tags and plans, against what AWS answered.

The recordings are apigateway/test_apigateway_api.snapshot.json of localstack/localstack at 0b8c5b9.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.gateway.test_answers_http import (
    API,
    BAD,
    CONFLICT,
    MISSING,
    api,
    gateway,
    operation,
    refused,
)

__all__ = ["api", "gateway"]
INVALID = "ValidationException"
KINDS = "Member must satisfy enum value set: [add, remove, move, test, replace, copy]"
STATUS = (
    "1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: [1-5]\\d\\d"
)
NO_STATUS = "Invalid Response status code specified"


@pytest.fixture
def method(gateway: Any, api: Any) -> dict[str, str]:
    """The arguments that name a new method with an integration and no responses."""
    where = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    gateway.put_method(**where, authorizationType="NONE")
    gateway.put_integration(
        **where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
    )
    return where


@pytest.mark.fidelity(
    "API Gateway",
    "A method has one response of a status, of models and headers that can be.",
    source="report: hashicorp/terraform/issues/11395",
)
def test_method_responses(gateway: Any, method: dict[str, str]) -> None:
    """A second one is a conflict; what there is not cannot be changed or deleted."""
    put = gateway.put_method_response
    refused(INVALID, STATUS, put, **method, statusCode="wrong")
    given = {**method, "statusCode": "200"}
    unknown = "Invalid model identifier specified: No"
    refused(BAD, unknown, put, **given, responseModels={"application/json": "No"})
    with pytest.raises(ClientError, match="Invalid mapping expression specified: X-A"):
        put(**given, responseParameters={"X-A": True})
    put(**given)
    refused(CONFLICT, "Response already exists for this resource", put, **given)


@pytest.mark.fidelity(
    "API Gateway",
    "A patch of a method response changes headers and models that it has.",
    source=API,
)
def test_patches_of_a_method_response(gateway: Any, method: dict[str, str]) -> None:
    """Each kind of what is missing has words of its own."""
    change, given = gateway.update_method_response, {**method, "statusCode": "200"}
    added = operation("add", "/responseModels/application~1json", "Empty")
    refused(MISSING, NO_STATUS, change, **given, patchOperations=[added])
    gateway.put_method_response(**given)
    for kind in ("remove", "replace"):
        header = operation(kind, "/responseParameters/method.response.header.X", "true")
        model = operation(kind, "/responseModels/application~1json", "Empty")
        absent = "Invalid parameter name specified"
        refused(MISSING, absent, change, **given, patchOperations=[header])
        absent = "Content-Type specified was not found"
        refused(MISSING, absent, change, **given, patchOperations=[model])
    wrong = operation("add", "/wrong/x", "true")
    refused(BAD, "Invalid patch path /wrong/x", change, **given, patchOperations=[wrong])
    made = change(**given, patchOperations=[added])
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert made["responseModels"] == {"application/json": "Empty"}


@pytest.mark.fidelity(
    "API Gateway", "All operations of a patch that are of no kind are named at once.", source=API
)
def test_several_violations(gateway: Any, api: Any) -> None:
    """One text with their number, in their order."""
    told = "; ".join(
        f"Value 'wrong' at 'updateRestApiInput.patchOperations.{number}.member.op' failed to "
        f"satisfy constraint: {KINDS}"
        for number in (1, 3)
    )
    patch = [operation("wrong", "/a"), operation("replace", "/name", "b"), operation("wrong", "/c")]
    refused(
        INVALID,
        f"2 validation errors detected: {told}",
        gateway.update_rest_api,
        restApiId=api["id"],
        patchOperations=patch,
    )


@pytest.mark.fidelity(
    "API Gateway",
    "A method has one integration response without a pattern.",
    source="report: hashicorp/terraform/pull/5893",
)
def test_a_second_default_response(gateway: Any, method: dict[str, str]) -> None:
    """Nor two with one pattern; the same status may be put again."""
    put = gateway.put_integration_response
    for _ in range(2):
        put(**method, statusCode="200")
    put(**method, statusCode="400", selectionPattern="4..")
    for status, pattern, named in (("500", "", "default"), ("404", "4..", "4..")):
        refused(
            CONFLICT,
            f"Integration response with selection pattern {named} already exists",
            put,
            **method,
            statusCode=status,
            selectionPattern=pattern,
        )


@pytest.mark.fidelity(
    "API Gateway",
    "An integration response shows an empty template as none, and needs media types.",
    source=API,
)
def test_integration_responses(gateway: Any, method: dict[str, str]) -> None:
    """What is not there is not deleted."""
    put, given = gateway.put_integration_response, {**method, "statusCode": "200"}
    refused(INVALID, STATUS, put, **method, statusCode="wrong")
    for text in (None, ""):
        made = put(**given, selectionPattern="", responseTemplates={"application/json": text})
        assert made["responseTemplates"] == {"application/json": None}
    assert "responseTemplates" not in put(**given, selectionPattern="")
    problem = "Validation Result: warnings : [], errors : [Invalid content type specified: 123]"
    refused(BAD, problem, put, **given, responseTemplates={"123": "x"})
    other, missing = {**method, "httpMethod": "PUT"}, "Invalid Integration identifier specified"
    delete = gateway.delete_integration_response
    delete(**given)
    refused(MISSING, NO_STATUS, delete, **given)
    refused(MISSING, missing, delete, **other, statusCode="200")
    refused(MISSING, NO_STATUS, gateway.delete_method_response, **given)
    gateway.delete_integration(**method)
    refused(MISSING, missing, gateway.delete_integration, **method)


def test_the_parameters_of_a_method(gateway: Any, api: Any) -> None:
    """They are named in full, or a request would not be asked for them."""
    where = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    with pytest.raises(ClientError, match=r"mapping expression specified: querystring\.shop"):
        gateway.put_method(
            **where, authorizationType="NONE", requestParameters={"querystring.shop": True}
        )


@pytest.mark.fidelity("API Gateway", "The root resource is neither renamed nor moved.", source=API)
def test_the_root(gateway: Any, api: Any) -> None:
    """Nor deleted; a part of a path has braces at both ends or none."""
    root = {"restApiId": api["id"], "resourceId": api["rootResourceId"]}
    for name in ("pathPart", "parentId"):
        change = operation("replace", f"/{name}", "x")
        message = f"Root resource cannot update its {name}."
        refused(BAD, message, gateway.update_resource, **root, patchOperations=[change])
    refused(BAD, "Root resource cannot be deleted.", gateway.delete_resource, **root)
    for part in ("", "{a", "a}", "a b"):
        with pytest.raises(ClientError, match="Resource's path part only allow"):
            gateway.create_resource(restApiId=api["id"], parentId=root["resourceId"], pathPart=part)


AT = "createRestApiInput.endpointConfiguration"
TYPES = (
    f"Value '[wrong]' at '{AT}.types' failed to satisfy constraint: Member must satisfy "
    "constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]"
)
ADDRESS = (
    f"Value 'wrong' at '{AT}.ipAddressType' failed to satisfy constraint: Member must satisfy enum "
    "value set: [ipv4, dualstack]"
)


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        (
            {"types": []},
            BAD,
            "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
        ),
        (
            {"types": ["EDGE", "REGIONAL"]},
            BAD,
            "Cannot create an api with multiple Endpoint Types.",
        ),
        ({"types": ["wrong"]}, INVALID, f"1 validation error detected: {TYPES}"),
        (
            {"types": ["wrong"], "ipAddressType": "wrong"},
            INVALID,
            f"2 validation errors detected: {TYPES}; {ADDRESS}",
        ),
    ],
)
@pytest.mark.fidelity("API Gateway", "An API has one type of endpoint, that there is.", source=API)
def test_endpoints(gateway: Any, given: dict[str, Any], code: str, message: str) -> None:
    """What is not of a type, several types, and none."""
    refused(code, message, gateway.create_rest_api, name="x", endpointConfiguration=given)


@pytest.mark.fidelity("API Gateway", "A patch gives an API another type of endpoint.", source=API)
def test_patches_of_endpoints(gateway: Any, api: Any) -> None:
    """In words of its own for what there is not; a path that an API has not is refused."""
    change = gateway.update_rest_api

    def asked(path: str, value: str) -> dict[str, Any]:
        return {"restApiId": api["id"], "patchOperations": [operation("replace", path, value)]}

    wrong = "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE"
    refused(BAD, wrong, change, **asked("/endpointConfiguration/types/EDGE", "wrong"))
    wrong = "ipAddressType must be either ipv4 or dualstack."
    refused(BAD, wrong, change, **asked("/endpointConfiguration/ipAddressType", "wrong"))
    with pytest.raises(ClientError, match="Invalid patch path  '/nothing'"):
        change(**asked("/nothing", "x"))
    changed = change(**asked("/endpointConfiguration/types/EDGE", "REGIONAL"))
    assert changed["endpointConfiguration"] == {"ipAddressType": "ipv4", "types": ["REGIONAL"]}
    assert not change(**asked("/disableExecuteApiEndpoint", "false"))["disableExecuteApiEndpoint"]


@pytest.mark.fidelity(
    "API Gateway", "Stages are listed by their deployment, and named as URLs can be.", source=API
)
def test_stages_of_a_deployment(gateway: Any, api: Any, method: dict[str, str]) -> None:
    """Each stage points at the deployment that it was made with."""
    made = [
        gateway.create_deployment(restApiId=api["id"], stageName=name)["id"] for name in ("a", "b")
    ]
    stages = gateway.get_stages(restApiId=api["id"], deploymentId=made[1])["item"]
    assert [stage["stageName"] for stage in stages] == ["b"]
    for call, given in (
        (gateway.create_deployment, {}),
        (gateway.create_stage, {"deploymentId": made[0]}),
    ):
        with pytest.raises(ClientError, match="Stage name only allows a-zA-Z0-9_"):
            call(restApiId=api["id"], stageName="a b", **given)


@pytest.mark.fidelity(
    "API Gateway",
    "APIs, stages, keys and usage plans are tagged by their ARNs.",
    source="API Gateway guide: apigateway-tagging-supported-resources",
)
def test_tags(gateway: Any, method: dict[str, str]) -> None:
    """Added, listed and taken away."""
    api, plan = method["restApiId"], gateway.create_usage_plan(name="tagged")["id"]
    key = gateway.create_api_key(name="tagged")["id"]
    gateway.create_deployment(restApiId=api, stageName="lab")
    paths = (
        f"restapis/{api}",
        f"restapis/{api}/stages/lab",
        f"apikeys/{key}",
        f"usageplans/{plan}",
    )
    for path in paths:
        arn = f"arn:aws:apigateway:us-east-1::/{path}"
        gateway.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
        gateway.untag_resource(resourceArn=arn, tagKeys=["a"])
        assert gateway.get_tags(resourceArn=arn)["tags"] == {"b": "2"}
    assert gateway.get_rest_api(restApiId=api)["tags"] == {"b": "2"}


@pytest.mark.fidelity(
    "API Gateway",
    "A usage plan that includes a stage is not deleted.",
    source="report: aws/aws-sdk-js/issues/3841",
)
def test_a_usage_plan_in_use(gateway: Any, method: dict[str, str]) -> None:
    """A plan that there is not takes no key, nor one of another type."""
    api = method["restApiId"]
    gateway.create_deployment(restApiId=api, stageName="test")
    plan = gateway.create_usage_plan(name="p", apiStages=[{"apiId": api, "stage": "test"}])["id"]
    message = (
        f"Cannot delete Usage Plan {plan} because there are API Stages associated with it, "
        f"including {api}:test"
    )
    refused(BAD, message, gateway.delete_usage_plan, usagePlanId=plan)
    key = {"keyId": gateway.create_api_key(name="k")["id"], "keyType": "API_KEY"}
    unknown = "Invalid Usage Plan ID specified"
    refused(MISSING, unknown, gateway.create_usage_plan_key, usagePlanId="x", **key)
    with pytest.raises(ClientError, match="key type"):
        gateway.create_usage_plan_key(usagePlanId=plan, **{**key, "keyType": "OTHER"})
    leaving = operation("remove", "/apiStages", f"{api}:test")
    gateway.update_usage_plan(usagePlanId=plan, patchOperations=[leaving])
    gateway.delete_usage_plan(usagePlanId=plan)


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("import_api_keys", {"body": b"name,key", "format": "csv"}),
        ("get_api_keys", {"customerId": "c"}),
        ("get_model", {"restApiId": "x", "modelName": "Empty", "flatten": True}),
        ("get_deployment", {"restApiId": "x", "deploymentId": "d", "embed": ["apisummary"]}),
    ],
)
def test_what_would_be_ignored(
    gateway: Any, call: str, given: dict[str, Any], client: Callable[..., Any]
) -> None:
    """Parameters of lists and of imports that would change nothing are refused."""
    with pytest.raises(ClientError, match="The fidelity table"):
        getattr(gateway, call)(**given)
