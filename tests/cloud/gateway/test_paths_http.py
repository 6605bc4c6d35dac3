"""How a path reaches a function, against what AWS answered to LocalStack's own tests.

The recording is test_lambda_aws_proxy_integration, apigateway/test_apigateway_lambda.snapshot.json
of localstack/localstack at 2da97ff.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cloud.gateway.apis import Api, new_api, new_function

ECHO = """
import json
def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
"""


@pytest.fixture(scope="module")
def echo(client: Callable[..., Any], cloud: str) -> Api:
    """An API that sends `/hardcoded` and all other paths to a function that answers its event."""
    api = new_api(client, cloud)
    arn = new_function(client, "echo-of-paths", ECHO)
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    for part in ("hardcoded", "{proxy+}"):
        made = api.client.create_resource(restApiId=api.id, parentId=api.root, pathPart=part)
        where = {"restApiId": api.id, "resourceId": made["id"], "httpMethod": "ANY"}
        api.client.put_method(**where, authorizationType="NONE")
        api.client.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    api.put({})
    api.deploy()
    return api


EMAILS = "/api/test%2Balias@gmail.com/plus/test+alias@gmail.com"


@pytest.mark.parametrize(
    ("called", "path", "proxy"),
    [
        ("/proxy-value/", "/proxy-value/", "proxy-value"),
        ("/proxy-value//double-slash", "/proxy-value//double-slash", "proxy-value//double-slash"),
        ("//proxy-value", "/proxy-value", "proxy-value"),
        (EMAILS, EMAILS, EMAILS[1:]),
        ("//hardcoded", "/hardcoded", None),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "A function gets path parameters as the path has them; further slashes at its start are gone.",
    source="LocalStack's recording: apigateway/test_apigateway_lambda",
)
def test_a_path_reaches_the_function(echo: Api, called: str, path: str, proxy: str | None) -> None:
    """The context keeps the path as it was called."""
    event = echo.call(path=called).json
    assert (event["path"], event["pathParameters"]) == (path, proxy and {"proxy": proxy})
    assert event["requestContext"]["path"] == f"/lab{called}"


def test_a_query_is_decoded(echo: Api) -> None:
    """A plus sign is a blank there."""
    asked = "/x?at=18:05:10+00:00&email=test%2Balias@gmail.com&blank=foo%20bar"
    assert echo.call(path=asked).json["queryStringParameters"] == {
        "at": "18:05:10 00:00",
        "email": "test+alias@gmail.com",
        "blank": "foo bar",
    }
