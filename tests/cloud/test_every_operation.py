"""Raw junk for every operation of every service: none of it is a failure of the local cloud."""

from __future__ import annotations

import http.client
import json
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.session import get_session

from labkit import aws_settings, targets
from tests.cloud.functions.surroundings import TRUST, zipped
from tests.cloud.hostile_requests import headers_and_body, requests

SERVICES = (
    *("accessanalyzer", "apigateway", "apigatewayv2", "cloudwatch", "dynamodb", "dynamodbstreams"),
    *("iam", "lambda", "logs", "s3", "sns", "sqs", "sts"),
)
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
}
LAST = ("Delete", "Detach", "Purge", "Remove", "Unsubscribe", "Untag")  # what takes things away
PATIENCE = 10  # seconds; the longest poll of the sweep is one


class Sender:
    """Sends requests over one connection, so that a hang and a hang-up show."""

    def __init__(self, endpoint_url: str) -> None:
        self._connection = http.client.HTTPConnection(
            urlsplit(endpoint_url).netloc, timeout=PATIENCE
        )

    def send(self, wire: dict[str, Any], service: str) -> tuple[int, bytes]:
        """Status and body of the answer."""
        target, headers, body = headers_and_body(wire, service)
        self._connection.request(wire["method"], target, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


@pytest.fixture(scope="module")
def endpoint_url() -> Iterator[str]:
    """A cloud of this module's own: nobody else should meet what is left in it."""
    url, stop = targets.start_cloud()
    yield url
    stop()


@pytest.fixture
def known(endpoint_url: str) -> dict[str, str]:
    """Something of each service, named x, and what it is known by."""
    session = boto3.Session(region_name=aws_settings.REGION)
    iam, sqs, sns, dynamodb, functions, logs, s3, rest, http_apis = (
        session.client(service, endpoint_url=endpoint_url)
        for service in (
            *("iam", "sqs", "sns", "dynamodb", "lambda", "logs", "s3"),
            *("apigateway", "apigatewayv2"),
        )
    )
    role = iam.create_role(RoleName="x", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.create_user(UserName="x")
    iam.create_group(GroupName="x")
    policy = iam.create_policy(PolicyName="x", PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
    queue = sqs.create_queue(QueueName="x")["QueueUrl"]
    topic = sns.create_topic(Name="x")["TopicArn"]
    queue_arn = topic.replace(":sns:", ":sqs:")
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    dynamodb.create_table(
        TableName="x",
        KeySchema=[{"AttributeName": "x", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "x", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    functions.create_function(
        FunctionName="x",
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": zipped("def handler(event, context): pass")},
    )
    logs.create_log_group(logGroupName="x")
    logs.create_log_stream(logGroupName="x", logStreamName="x")
    s3.create_bucket(Bucket="xxx")
    api = rest.create_rest_api(name="x")["id"]
    root = rest.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    rest.put_method(**where, authorizationType="NONE")
    rest.put_integration(**where, type="MOCK")
    rest.put_method_response(**where, statusCode="200")
    deployment = rest.create_deployment(restApiId=api, stageName="x")["id"]
    return {
        **where,
        "parentId": root,
        "statusCode": "200",
        "deploymentId": deployment,
        "stageName": "x",
        "ApiId": http_apis.create_api(Name="x", ProtocolType="HTTP")["ApiId"],
        "QueueUrl": queue,
        "TopicArn": topic,
        "Bucket": "xxx",
        "PolicyArn": policy,
        "SubscriptionArn": subscription["SubscriptionArn"],
        **dict.fromkeys(("Role", "RoleArn", "roleArn"), role),
        **dict.fromkeys(("PolicyDocument", "AssumeRolePolicyDocument"), json.dumps(POLICY)),
    }


@pytest.fixture
def sender(endpoint_url: str) -> Iterator[Sender]:
    """A connection to the cloud, which is empty again afterwards."""
    made = Sender(endpoint_url)
    yield made
    made.close()
    with urllib.request.urlopen(f"{endpoint_url}/moto-api/reset", data=b"") as answer:
        assert answer.status == 200


@pytest.mark.fidelity(
    "The local cloud",
    "What a service's model does not allow, and moto falls over, is refused in AWS's words; what "
    "else moto falls over is refused as a request that cannot be understood.",
    differs="AWS's own texts are known for some of these only.",
)
@pytest.mark.parametrize("service", SERVICES)
def test_no_request_is_a_failure_of_ours(
    service: str, known: dict[str, str], sender: Sender
) -> None:
    """Whatever it lacks, or has of another type: below 500, or 501 that names the table."""
    model = get_session().get_service_model(service)
    failures = []
    for operation in sorted(model.operation_names, key=lambda name: (name.startswith(LAST), name)):
        for number, wire in enumerate(requests(model, operation, known)):
            status, answer = sender.send(wire, service)
            if status == 501 and b"fidelity table" in answer:
                if number == 0:
                    break  # there is no such operation here, whatever its parameters
            elif status >= 500:
                failures.append((operation, wire, status, answer))
    assert failures == []


def test_the_cloud_is_well_after_all_of_it(endpoint_url: str) -> None:
    """A queue takes a message and gives it back."""
    sqs = boto3.Session(region_name=aws_settings.REGION).client("sqs", endpoint_url=endpoint_url)
    url = sqs.create_queue(QueueName="after")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="well")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "well"
