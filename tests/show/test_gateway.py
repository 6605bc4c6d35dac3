"""The REST API as a table."""

from __future__ import annotations

import pytest

from labkit.errors import StageMissing
from labkit.show import api
from labkit.show.gateway import API_COLUMNS


def build_api(lab, *, deploy: bool) -> None:
    gateway = lab.client("apigateway")
    made = gateway.create_rest_api(name="orders-api")
    root = gateway.get_resources(restApiId=made["id"])["items"][0]["id"]
    resource = gateway.create_resource(restApiId=made["id"], parentId=root, pathPart="orders")
    validator = gateway.create_request_validator(
        restApiId=made["id"], name="body", validateRequestBody=True
    )
    gateway.create_model(
        restApiId=made["id"], name="Order", contentType="application/json", schema="{}"
    )
    where = {"restApiId": made["id"], "resourceId": resource["id"], "httpMethod": "POST"}
    gateway.put_method(
        **where,
        authorizationType="NONE",
        requestValidatorId=validator["id"],
        requestModels={"application/json": "Order"},
    )
    gateway.put_integration(
        **where,
        type="AWS",
        integrationHttpMethod="POST",
        uri="arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders",
        credentials="arn:aws:iam::123456789012:role/orders-lab/orders-api-role",
    )
    for status in ("400", "200"):
        gateway.put_method_response(**where, statusCode=status)
    if deploy:
        gateway.put_integration_response(**where, statusCode="200")
        gateway.create_deployment(restApiId=made["id"], stageName="lab")


def test_methods(aws_lab):
    """One row for each method, with everything that a request meets."""
    build_api(aws_lab, deploy=True)
    frame = api(aws_lab)
    assert list(frame.columns) == API_COLUMNS
    assert frame.values.tolist() == [
        [
            "/orders",
            "POST",
            "body",
            "Order",
            "AWS",
            "sqs path/123456789012/orders",
            "orders-api-role",
            "200, 400",
            "lab",
        ]
    ]


def test_not_deployed(aws_lab):
    """An API that nobody deployed has no stage."""
    build_api(aws_lab, deploy=False)
    assert api(aws_lab).loc[0, "stage"] == ""


def test_missing_api_says_what_to_do(aws_lab):
    """An API that is not there is an error with the next step."""
    with pytest.raises(
        StageMissing, match=r"API 'orders-api' does not exist yet\. Run notebook 03"
    ):
        api(aws_lab)
