"""Functions reach the cloud by a door of their own, where an invented key is worth nothing."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from tests.cloud.access.conftest import Account, allow, document
from tests.cloud.functions.surroundings import zipped
from tests.permissions import powerful_role

# Carries out what its event says, and returns what came of it.
CODE = """
import os, urllib.error, urllib.request
import boto3
from botocore.exceptions import ClientError

INVENTED = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}

def handler(event, context):
    if "service" in event:
        keys = INVENTED if event["invented"] else {}
        try:
            client = boto3.client(event["service"], **keys)
            getattr(client, event["operation"])(**event.get("arguments", {}))
        except ClientError as error:
            found = error.response
            return [found["Error"]["Code"], found["Error"]["Message"]]
        return "done"
    url = os.environ["AWS_ENDPOINT_URL"] + event["path"]
    body = event["body"].encode() if event.get("body") is not None else None
    request = urllib.request.Request(url, body, event["headers"], method=event.get("method"))
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
"""
TARGET = {
    "X-Amz-Target": "DynamoDB_20120810.ListTables",
    "Content-Type": "application/x-amz-json-1.0",
}
UNREADABLE = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request"
Json = Any


@pytest.fixture(scope="module")
def run(account: Account):
    """Invokes a function whose role may do nothing but list queues."""
    name, iam = account.name("intruder"), account.client("iam")
    role = powerful_role(iam, name)
    listing = document(allow("sqs:ListQueues"))
    iam.put_role_policy(RoleName=name, PolicyName="anything", PolicyDocument=listing)
    lambda_ = account.client("lambda")
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Timeout=20,
        Code={"ZipFile": zipped(CODE)},
    )

    def invoke(**event: Json) -> Json:
        answer = lambda_.invoke(FunctionName=name, Payload=json.dumps(event))
        found = json.load(answer["Payload"])
        assert "FunctionError" not in answer, found
        return found

    return invoke


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sqs", "list_queues", "InvalidClientTokenId"),
        ("sns", "list_topics", "InvalidClientTokenId"),
        ("iam", "list_roles", "InvalidClientTokenId"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("dynamodb", "list_tables", "UnrecognizedClientException"),
        ("lambda", "list_functions", "UnrecognizedClientException"),
        ("logs", "describe_log_groups", "UnrecognizedClientException"),
        ("apigateway", "get_rest_apis", "UnrecognizedClientException"),
    ],
)
@pytest.mark.fidelity(
    "IAM",
    "A handler that signs with an invented access key is refused: nobody issued it.",
    source="DynamoDB guide: Programming.Errors",
)
def test_an_invented_key_in_a_handler_is_refused(run, service: str, operation: str, code: str):
    """Each service says it with its own code, in AWS's words."""
    refused = run(service=service, operation=operation, invented=True)
    assert refused == [code, "The security token included in the request is invalid."]


def test_a_functions_own_credentials_count(run):
    """With the session of its role it may do what the role may, and no more."""
    assert run(service="sqs", operation="list_queues", invented=False) == "done"
    code, message = run(service="iam", operation="list_roles", invented=False)
    assert code == "AccessDenied"
    assert "is not authorized to perform: iam:ListRoles" in message


@pytest.mark.fidelity(
    "IAM",
    "What a function's code calls bears lambda:SourceFunctionArn.",
    source="Lambda guide: permissions-source-function-arn",
)
def test_a_function_is_named_in_its_calls(account: Account, run):
    """A policy may let one function do what another with the same role may not."""
    made = account.client("lambda").list_functions()["Functions"][0]
    iam, role = account.client("iam"), made["Role"].rpartition("/")[2]
    for name, arn in (("other", f"{made['FunctionArn']}-2"), ("own", made["FunctionArn"])):
        only = {"ArnEquals": {"lambda:SourceFunctionArn": arn}}
        own = document(allow("sns:ListTopics", Condition=only))
        iam.put_role_policy(RoleName=role, PolicyName="listing", PolicyDocument=own)
        found = run(service="sns", operation="list_topics", invented=False)
        assert (found == "done") is (name == "own"), found


@pytest.mark.fidelity(
    "The local cloud",
    "Outside functions any access key that this cloud did not issue is the administrator's.",
    differs="curl, boto3 and the AWS CLI work with whatever credentials a client happens to have.",
)
def test_the_outside_works_with_any_key(cloud: str, run):
    """The key that the handler was refused with is the administrator's from outside."""
    sts = boto3.client(
        "sts",
        endpoint_url=cloud,
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="x",
    )
    assert sts.get_caller_identity()["Arn"].endswith(":user/administrator")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {**TARGET}),
        ("/", {**TARGET, "Authorization": UNREADABLE}),
        ("/", {**TARGET, "Authorization": "x"}),
        ("/?X-Amz-Credential=a/20260101/us-east-1/dynamodb/aws4_request", TARGET),
        ("/?X-Amz-Foo=1", TARGET),
        ("/", {**TARGET, "Authorization": f"{UNREADABLE}, SignedHeaders=host, Signature=0"}),
    ],
)
def test_no_trick_with_a_signature_gets_in(run, path: str, headers: dict[str, str]):
    """Unsigned, abridged or half presigned: a handler is refused as by AWS."""
    assert run(path=path, headers=headers, body="{}", method="POST") in (400, 403)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/2015-03-31/functions/{}/invocations"),
        ("POST", "/2014-11-13/functions/{}/invoke-async/"),
        ("POST", "/restapis/a/resources/r/methods/GET"),
        ("POST", "/policy/validation"),
    ],
)
def test_what_a_handler_does_not_sign_is_refused(account: Account, run, method: str, path: str):
    """Invoke, the console's Test button and ValidatePolicy as everything else."""
    name = account.client("lambda").list_functions()["Functions"][0]["FunctionName"]
    headers = {"Content-Type": "application/json"}
    assert run(path=path.format(name), headers=headers, method=method, body="{}") == 403


def test_a_handler_follows_the_links_of_sns(run):
    """They bear a token instead of a signature: that is what is found wanting."""
    assert run(path="/?Action=ConfirmSubscription&TopicArn=x&Token=y", headers={}) == 400


def test_no_bucket_is_public_to_a_handler(run):
    """Who does not sign is nobody, and S3 lets nobody list, write or read."""
    assert run(path="/", headers={}) == 403
    assert run(path="/bucket", headers={}, method="PUT", body="") == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_lab/clock"),
        ("GET", "/_lab/inbox"),
        ("GET", "/_lab/access"),
        ("GET", "/_lab/webhook/shop"),
        ("PUT", "/_lab/webhook/shop/answer"),
        ("POST", "/moto-api/reset"),
        ("GET", "/moto-api/data.json"),
    ],
)
def test_the_labs_own_pages_are_not_for_functions(run, method: str, path: str):
    """A handler turns no clock, reads no mail, resets nothing; it may post to a webhook."""
    headers = {"Content-Type": "application/json"}
    body = None if method == "GET" else '{"advance": 1}'
    assert run(path=path, headers=headers, method=method, body=body) == 403
    assert run(path="/_lab/webhook/shop", headers=headers, method="POST", body="{}") == 200


def test_a_handler_reaches_the_stages_of_an_api(account: Account, run):
    """API Gateway decides there: a header Authorization of one's own is no signature."""
    assert run(path="/_aws/execute-api/none/lab/", headers={"Authorization": "Bearer x"}) == 403
    gateway = account.client("apigateway")
    made = gateway.create_rest_api(name=account.name("api"))["id"]
    root = gateway.get_resources(restApiId=made)["items"][0]["id"]
    where = {"restApiId": made, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**where, authorizationType="NONE")
    gateway.put_integration(
        **where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
    )
    gateway.put_method_response(**where, statusCode="200")
    gateway.put_integration_response(**where, statusCode="200")
    gateway.create_deployment(restApiId=made, stageName="lab")
    path = f"/_aws/execute-api/{made}/lab/"
    assert run(path=path, headers={"Authorization": "Bearer x"}) == 200
