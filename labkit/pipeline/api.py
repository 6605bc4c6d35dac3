"""Stage 3, the API: POST /orders checks an order's form and hands it to the queue, without code.

The method's model refuses what is not an order; the integration's template turns the body into a
call of SQS; the integration responses turn what SQS says into an answer for the shop.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-rest-api.html
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from labkit import orders
from labkit.errors import StageMissing
from labkit.lab import Lab
from labkit.pipeline import queue
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import role_arn

MODEL = "Order"  # API Gateway allows letters and digits only
VALIDATOR = "body"

# Encoded, because SQS reads the body as a form: a bare & would end the message there, a bare +
# would become a space.
REQUEST_TEMPLATE = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"

# By the status that SQS answers with; the one without a pattern is for all that no pattern meets,
# so without the other two a refused SendMessage would look like a success.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
RESPONSES: dict[str, dict[str, Any]] = {
    "200": {
        "responseTemplates": {
            "application/json": """{"messageId": \
$input.json('$.SendMessageResponse.SendMessageResult.MessageId')}"""
        },
    },
    "400": {
        "selectionPattern": r"4\d{2}",
        "responseTemplates": {
            "application/json": """{"message": "The queue refused the order.", \
"reason": $input.json('$.Error.Message')}"""
        },
    },
    "502": {
        "selectionPattern": r"5\d{2}",
        "responseTemplates": {
            "application/json": '{"message": "The queue does not answer. Send the order again."}'
        },
    },
}


def build(lab: Lab) -> str:
    """Make the REST API and deploy it; return the URL of its stage."""
    queue.queue_url(lab)  # says so when the queue is not there
    role = lab.names.api_role
    if unless_absent(lab.client("iam").get_role, RoleName=role) is None:
        raise StageMissing(
            f"Role '{role}' does not exist yet. Run notebook 01, or identity.build(lab)."
        )
    api = lab.find_api() or lab.client("apigateway").create_rest_api(
        name=lab.names.api,
        description="Takes orders and hands them to the queue.",
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    where = {"restApiId": api["id"], "resourceId": _build_resource(lab, api["id"])}
    definition = _build_method(lab, where)
    _deploy(lab, api["id"], definition)
    return lab.api_url()


def teardown(lab: Lab) -> None:
    """Delete the API with its stages and deployments."""
    while api := lab.find_api():
        lab.client("apigateway").delete_rest_api(restApiId=api["id"])


def _build_resource(lab: Lab, api_id: str) -> str:
    gateway = lab.client("apigateway")
    found = {
        resource["path"]: resource["id"]
        for page in gateway.get_paginator("get_resources").paginate(restApiId=api_id)
        for resource in page["items"]
    }
    if "/orders" not in found:
        resource = gateway.create_resource(restApiId=api_id, parentId=found["/"], pathPart="orders")
        return resource["id"]
    return found["/orders"]


def _build_method(lab: Lab, where: dict[str, str]) -> dict[str, Any]:
    """Replace POST /orders by what it should be; return its whole definition."""
    gateway = lab.client("apigateway")
    post = {**where, "httpMethod": "POST"}
    unless_absent(gateway.delete_method, **post)
    model = _build_model(lab, where["restApiId"])
    method = {
        "authorizationType": "NONE",
        "requestModels": {"application/json": MODEL},
        "requestValidatorId": _build_validator(lab, where["restApiId"]),
    }
    integration = {
        "type": "AWS",
        "integrationHttpMethod": "POST",
        "uri": (f"arn:aws:apigateway:{lab.region}:sqs:path/{lab.account_id}/{lab.names.queue}"),
        "credentials": role_arn(lab, lab.names.api_role),
        # The inner quotes make it a fixed text rather than the name of a request header.
        "requestParameters": {
            "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"
        },
        "requestTemplates": {"application/json": REQUEST_TEMPLATE},
        # Any other content type would pass by the model: NEVER answers it with 415.
        "passthroughBehavior": "NEVER",
    }
    gateway.put_method(**post, **method)
    gateway.put_integration(**post, **integration)
    for status, response in RESPONSES.items():
        gateway.put_method_response(
            **post, statusCode=status, responseModels={"application/json": "Empty"}
        )
        gateway.put_integration_response(**post, statusCode=status, **response)
    return {"model": model, "method": method, "integration": integration, "responses": RESPONSES}


def _build_model(lab: Lab, api_id: str) -> str:
    gateway = lab.client("apigateway")
    schema = json.dumps(orders.schema())
    found = unless_absent(gateway.get_model, restApiId=api_id, modelName=MODEL)
    if found is not None and found["schema"] != schema:
        gateway.delete_model(restApiId=api_id, modelName=MODEL)
        found = None
    if found is None:
        gateway.create_model(
            restApiId=api_id, name=MODEL, contentType="application/json", schema=schema
        )
    return schema


def _build_validator(lab: Lab, api_id: str) -> str:
    gateway = lab.client("apigateway")
    for validator in gateway.get_request_validators(restApiId=api_id)["items"]:
        if validator["name"] == VALIDATOR and validator.get("validateRequestBody"):
            return validator["id"]
    return gateway.create_request_validator(
        restApiId=api_id, name=VALIDATOR, validateRequestBody=True, validateRequestParameters=False
    )["id"]


def _deploy(lab: Lab, api_id: str, definition: dict[str, Any]) -> None:
    # A deployment is a snapshot; its description tells which definition it holds.
    gateway = lab.client("apigateway")
    text = json.dumps(definition, sort_keys=True)
    description = f"labkit {hashlib.sha256(text.encode()).hexdigest()}"
    stage = unless_absent(gateway.get_stage, restApiId=api_id, stageName=lab.names.stage)
    if stage is not None:
        deployment = gateway.get_deployment(restApiId=api_id, deploymentId=stage["deploymentId"])
        if deployment.get("description") == description:
            return
    gateway.create_deployment(restApiId=api_id, stageName=lab.names.stage, description=description)
