"""Where a request goes: the service that it is signed for, its host, and moto's handler."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from labkit.cloud.endpoints import credential_scope, find_handler, host_of
from labkit.cloud.messages import Request

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIALABKITLOCALADMIN/20261123/eu-west-1/sqs/aws4_request, Sig"


def test_the_credential_scope_says_service_and_region():
    """A signed request goes to the service and region that it is signed for."""
    signed = Request("POST", "/", headers=CIMultiDict({"Authorization": SIGNED}))
    assert credential_scope(signed) == ("sqs", "eu-west-1")
    anonymous = Request("GET", "/bucket/key")
    assert credential_scope(anonymous) == ("s3", "us-east-1")
    presigned = Request(
        "GET", "/b/k", "X-Amz-Credential=AKIA%2F20261123%2Fus-west-2%2Fs3%2Faws4_request"
    )
    assert credential_scope(presigned) == ("s3", "us-west-2")


@pytest.mark.parametrize(
    ("service", "target", "host"),
    [
        ("sqs", "", "sqs.eu-west-1.amazonaws.com"),
        ("dynamodb", "DynamoDB_20120810.PutItem", "dynamodb.eu-west-1.amazonaws.com"),
        ("dynamodb", "DynamoDBStreams_20120810.X", "streams.dynamodb.eu-west-1.amazonaws.com"),
        ("lambda", "", "lambda.eu-west-1.amazonaws.com"),
    ],
)
def test_a_service_has_its_host(service: str, target: str, host: str):
    """The two DynamoDB endpoints share a signing name and differ in their target."""
    request = Request("POST", "/", headers=CIMultiDict({"X-Amz-Target": target}))
    assert host_of(service, "eu-west-1", request) == host
    assert find_handler(host, "/2015-03-31/functions/" if service == "lambda" else "/")
