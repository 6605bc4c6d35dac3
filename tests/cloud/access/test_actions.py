"""Which action on which resource a request needs, by the service's own model."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlencode

import pytest
from multidict import CIMultiDict

from labkit.cloud.access.actions import needs
from labkit.cloud.access.named_resources import Scope
from labkit.cloud.messages import Request
from labkit.cloud.readings import read

ACCOUNT = "123456789012"
ARN = f"arn:aws:{{}}:us-east-1:{ACCOUNT}:{{}}"
ORDERS = ARN.format("sqs", "orders")
TOPIC = ARN.format("sns", "order-events")
TABLE = ARN.format("dynamodb", "table/Orders")
STREAM = f"{TABLE}/stream/2026-11-23T03:00:00.000"
FUNCTION = ARN.format("lambda", "function:order-writer")
LOGS = ARN.format("logs", "log-group:/aws/lambda/f:log-stream:")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/runner"
API = "arn:aws:apigateway:us-east-1::"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/p"
ALARM = ARN.format("cloudwatch", "alarm:")
CLOUDWATCH = "GraniteServiceVersion20100801"
URL = f"http://127.0.0.1:4566/{ACCOUNT}/orders"


def found(service: str, request: Request) -> list[tuple[str, str]]:
    """Actions and resources of a request."""
    reading = read(service, request)
    assert reading.operation is not None
    scope = Scope(service, "us-east-1", ACCOUNT)
    found = needs(reading.request, reading.operation, scope)
    return [(need.action, need.resource) for need in found]


def by_target(target: str, **parameters) -> Request:
    """A request of the JSON protocol."""
    headers = CIMultiDict({"X-Amz-Target": target})
    return Request("POST", "/", "", headers, json.dumps(parameters).encode())


def by_form(**parameters: str) -> Request:
    """A request of the query protocol."""
    headers = CIMultiDict({"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
    return Request("POST", "/", "", headers, urlencode(parameters).encode())


@pytest.mark.parametrize(
    ("service", "target", "parameters", "expected"),
    [
        ("sqs", "AmazonSQS.SendMessage", {"QueueUrl": URL}, [("sqs:SendMessage", ORDERS)]),
        ("sqs", "AmazonSQS.SendMessageBatch", {"QueueUrl": URL}, [("sqs:SendMessage", ORDERS)]),
        ("sqs", "AmazonSQS.CreateQueue", {"QueueName": "orders"}, [("sqs:CreateQueue", ORDERS)]),
        ("sqs", "AmazonSQS.ListQueues", {}, [("sqs:ListQueues", "*")]),
        (
            "sqs",
            "AmazonSQS.StartMessageMoveTask",
            {"SourceArn": ORDERS},
            [
                ("sqs:StartMessageMoveTask", ORDERS),
                ("sqs:ReceiveMessage", ORDERS),
                ("sqs:DeleteMessage", ORDERS),
                ("sqs:GetQueueAttributes", ORDERS),
            ],
        ),
        (
            "sqs",
            "AmazonSQS.StartMessageMoveTask",
            {"SourceArn": ORDERS, "DestinationArn": f"{ORDERS}-2"},
            [
                ("sqs:StartMessageMoveTask", ORDERS),
                ("sqs:ReceiveMessage", ORDERS),
                ("sqs:DeleteMessage", ORDERS),
                ("sqs:GetQueueAttributes", ORDERS),
                ("sqs:SendMessage", f"{ORDERS}-2"),
            ],
        ),
        (
            "dynamodb",
            "DynamoDB_20120810.ExecuteStatement",
            {"Statement": 'SELECT * FROM "Orders"."by-day"'},
            [("dynamodb:PartiQLSelect", f"{TABLE}/index/by-day")],
        ),
        (
            "dynamodb",
            "DynamoDB_20120810.ExecuteTransaction",
            {"TransactStatements": [{"Statement": "DELETE FROM Orders"}, {"Statement": "?"}]},
            [("dynamodb:PartiQLDelete", TABLE), ("dynamodb:ExecuteTransaction", "*")],
        ),
        (
            "dynamodb",
            "DynamoDB_20120810.PutResourcePolicy",
            {"ResourceArn": STREAM},
            [("dynamodb:PutResourcePolicy", STREAM)],
        ),
        (
            "dynamodb",
            "DynamoDB_20120810.PutItem",
            {"TableName": "Orders"},
            [("dynamodb:PutItem", TABLE)],
        ),
        (
            "dynamodb",
            "DynamoDB_20120810.PutItem",
            {"TableName": TABLE},
            [("dynamodb:PutItem", TABLE)],
        ),
        (
            "dynamodb",
            "DynamoDB_20120810.Query",
            {"TableName": "Orders", "IndexName": "by-day"},
            [("dynamodb:Query", f"{TABLE}/index/by-day")],
        ),
        (
            "dynamodb",
            "DynamoDB_20120810.BatchWriteItem",
            {"RequestItems": {"Orders": [], "Customers": []}},
            [
                ("dynamodb:BatchWriteItem", TABLE),
                ("dynamodb:BatchWriteItem", ARN.format("dynamodb", "table/Customers")),
            ],
        ),
        (
            "dynamodb",
            "DynamoDB_20120810.TransactWriteItems",
            {
                "TransactItems": [
                    {"Put": {"TableName": "Orders"}},
                    {"Delete": {"TableName": "Orders"}},
                ]
            },
            [("dynamodb:PutItem", TABLE), ("dynamodb:DeleteItem", TABLE)],
        ),
        (
            "dynamodb",
            "DynamoDBStreams_20120810.GetRecords",
            {"ShardIterator": f"{STREAM}|1|AAAA"},
            [("dynamodb:GetRecords", STREAM)],
        ),
        (
            "dynamodb",
            "DynamoDBStreams_20120810.DescribeStream",
            {"StreamArn": STREAM},
            [("dynamodb:DescribeStream", STREAM)],
        ),
        (
            "dynamodb",
            "DynamoDBStreams_20120810.ListStreams",
            {"TableName": "Orders"},
            [("dynamodb:ListStreams", f"{TABLE}/stream/*")],
        ),
        (
            "logs",
            "Logs_20140328.PutLogEvents",
            {"logGroupName": "/aws/lambda/f", "logStreamName": "s"},
            [("logs:PutLogEvents", f"{LOGS}s")],
        ),
        (
            "logs",
            "Logs_20140328.CreateLogGroup",
            {"logGroupName": "/aws/lambda/f"},
            [("logs:CreateLogGroup", LOGS)],
        ),
        (
            "logs",
            "Logs_20140328.DescribeLogGroups",
            {"logGroupNamePrefix": "/aws"},
            [
                ("logs:DescribeLogGroups", ARN.format("logs", "log-group::log-stream:")),
            ],
        ),
        *(
            (
                "logs",
                "Logs_20140328.GetLogEvents",
                {"logGroupIdentifier": group},
                [
                    ("logs:GetLogEvents", LOGS),
                ],
            )
            for group in (
                "/aws/lambda/f",
                ARN.format("logs", "log-group:/aws/lambda/f"),
                ARN.format("logs", "log-group:/aws/lambda/f:*"),
            )
        ),
        (
            "sqs",
            "AmazonSQS.CancelMessageMoveTask",
            {"TaskHandle": base64.b64encode(json.dumps({"sourceArn": ORDERS}).encode()).decode()},
            [("sqs:CancelMessageMoveTask", ORDERS)],
        ),
        (
            "sqs",
            "AmazonSQS.CancelMessageMoveTask",
            {"TaskHandle": "?"},
            [
                ("sqs:CancelMessageMoveTask", "*"),
            ],
        ),
        (
            "sqs",
            "AmazonSQS.SendMessage",
            {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/111122223333/orders"},
            [("sqs:SendMessage", ORDERS.replace(ACCOUNT, "111122223333"))],
        ),
        (
            "sqs",
            "AmazonSQS.GetQueueUrl",
            {"QueueName": "orders", "QueueOwnerAWSAccountId": "111122223333"},
            [("sqs:GetQueueUrl", ORDERS.replace(ACCOUNT, "111122223333"))],
        ),
        (
            "monitoring",
            f"{CLOUDWATCH}.PutMetricAlarm",
            {"AlarmName": "late"},
            [
                ("cloudwatch:PutMetricAlarm", f"{ALARM}late"),
            ],
        ),
        (
            "monitoring",
            f"{CLOUDWATCH}.DeleteAlarms",
            {"AlarmNames": ["late", "lost"]},
            [
                ("cloudwatch:DeleteAlarms", f"{ALARM}late"),
                ("cloudwatch:DeleteAlarms", f"{ALARM}lost"),
            ],
        ),
        (
            "monitoring",
            f"{CLOUDWATCH}.DescribeAlarms",
            {},
            [
                ("cloudwatch:DescribeAlarms", f"{ALARM}*"),
            ],
        ),
        ("monitoring", f"{CLOUDWATCH}.ListMetrics", {}, [("cloudwatch:ListMetrics", "*")]),
        ("events", "AWSEvents.PutRule", {"Name": "r"}, [("events:PutRule", "*")]),
    ],
)
def test_json_services(service: str, target: str, parameters: dict, expected: list):
    """The target names the operation, the body its resource."""
    assert found(service, by_target(target, **parameters)) == expected


@pytest.mark.parametrize(
    ("service", "parameters", "expected"),
    [
        ("sns", {"Action": "Publish", "TopicArn": TOPIC}, [("sns:Publish", TOPIC)]),
        ("sns", {"Action": "Publish", "TargetArn": TOPIC}, [("sns:Publish", TOPIC)]),
        ("sns", {"Action": "CreateTopic", "Name": "order-events"}, [("sns:CreateTopic", TOPIC)]),
        (
            "sns",
            {"Action": "Unsubscribe", "SubscriptionArn": f"{TOPIC}:1-2"},
            [("sns:Unsubscribe", TOPIC)],
        ),
        ("sqs", {"Action": "SendMessage", "QueueUrl": URL}, [("sqs:SendMessage", ORDERS)]),
        ("sts", {"Action": "AssumeRole", "RoleArn": ROLE}, [("sts:AssumeRole", ROLE)]),
        ("iam", {"Action": "GetRole", "RoleName": "runner"}, [("iam:GetRole", ROLE)]),
        (
            "iam",
            {"Action": "AttachRolePolicy", "RoleName": "runner", "PolicyArn": POLICY},
            [("iam:AttachRolePolicy", ROLE)],
        ),
        (
            "iam",
            {"Action": "AttachUserPolicy", "UserName": "ana", "PolicyArn": POLICY},
            [("iam:AttachUserPolicy", f"arn:aws:iam::{ACCOUNT}:user/ana")],
        ),
        (
            "iam",
            {"Action": "PutGroupPolicy", "GroupName": "staff", "PolicyName": "p"},
            [("iam:PutGroupPolicy", f"arn:aws:iam::{ACCOUNT}:group/staff")],
        ),
        (
            "iam",
            {"Action": "AddUserToGroup", "GroupName": "staff", "UserName": "ana"},
            [("iam:AddUserToGroup", f"arn:aws:iam::{ACCOUNT}:group/staff")],
        ),
        ("iam", {"Action": "DeletePolicy", "PolicyArn": POLICY}, [("iam:DeletePolicy", POLICY)]),
        (
            "iam",
            {"Action": "CreateRole", "RoleName": "new", "Path": "/service-role/"},
            [("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/service-role/new")],
        ),
        (
            "monitoring",
            {"Action": "DeleteAlarms", "AlarmNames.member.1": "late"},
            [("cloudwatch:DeleteAlarms", f"{ALARM}late")],
        ),
        (
            "monitoring",
            {"Action": "PutMetricData", "Namespace": "n"},
            [("cloudwatch:PutMetricData", "*")],
        ),
    ],
)
def test_query_services(service: str, parameters: dict, expected: list):
    """`Action` names the operation."""
    assert found(service, by_form(**parameters)) == expected


def test_a_queues_own_url_names_it():
    """An older client calls the queue's URL and sends no QueueUrl."""
    request = Request("POST", f"/{ACCOUNT}/orders", "Action=SendMessage&MessageBody=x")
    assert found("sqs", request) == [("sqs:SendMessage", ORDERS)]


FUNCTIONS = "/2015-03-31/functions"


@pytest.mark.parametrize(
    ("service", "method", "path", "body", "expected"),
    [
        (
            "lambda",
            "POST",
            f"{FUNCTIONS}/order-writer/invocations",
            {},
            [("lambda:InvokeFunction", FUNCTION)],
        ),
        (
            "lambda",
            "POST",
            f"{FUNCTIONS}/{FUNCTION.replace(':', '%3A')}/invocations",
            {},
            [("lambda:InvokeFunction", FUNCTION)],
        ),
        (
            "lambda",
            "POST",
            FUNCTIONS,
            {"FunctionName": "order-writer", "Role": ROLE},
            [("lambda:CreateFunction", FUNCTION), ("iam:PassRole", ROLE)],
        ),
        (
            "lambda",
            "POST",
            "/2015-03-31/event-source-mappings",
            {"EventSourceArn": ORDERS, "FunctionName": "order-writer"},
            [("lambda:CreateEventSourceMapping", "*")],
        ),
        *(
            ("lambda", method, f"/2018-10-31/layers/pillow/versions{version}", {}, [(action, on)])
            for method, version, action, on in (
                ("POST", "", "lambda:PublishLayerVersion", ARN.format("lambda", "layer:pillow")),
                ("GET", "/2", "lambda:GetLayerVersion", ARN.format("lambda", "layer:pillow:2")),
                ("GET", "", "lambda:ListLayerVersions", "*"),
            )
        ),
        (
            "lambda",
            "GET",
            f"/2017-03-31/tags/{FUNCTION.replace(':', '%3A')}",
            {},
            [("lambda:ListTags", FUNCTION)],
        ),
        (
            "lambda",
            "PUT",
            f"{FUNCTIONS}/order-writer/configuration",
            {"Role": ROLE},
            [("lambda:UpdateFunctionConfiguration", FUNCTION), ("iam:PassRole", ROLE)],
        ),
        (
            "apigateway",
            "PATCH",
            "/restapis/a1/resources/r1/methods/POST/integration",
            {"patchOperations": [{"op": "replace", "path": "/credentials", "value": ROLE}]},
            [
                (
                    "apigateway:PATCH",
                    f"{API}/restapis/a1/resources/r1/methods/POST/integration",
                ),
                ("iam:PassRole", ROLE),
            ],
        ),
        (
            "apigateway",
            "PATCH",
            "/account",
            {"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": ROLE}]},
            [("apigateway:PATCH", f"{API}/account"), ("iam:PassRole", ROLE)],
        ),
        (
            "apigateway",
            "PUT",
            "/restapis/a1/resources/r1/methods/POST/integration",
            {"credentials": ROLE, "type": "AWS"},
            [
                (
                    "apigateway:PUT",
                    f"{API}/restapis/a1/resources/r1/methods/POST/integration",
                ),
                ("iam:PassRole", ROLE),
            ],
        ),
        (
            "apigateway",
            "POST",
            "/v2/apis/a1/integrations",
            {"credentialsArn": ROLE},
            [("apigateway:POST", f"{API}/v2/apis/a1/integrations"), ("iam:PassRole", ROLE)],
        ),
        ("apigateway", "GET", "/restapis", {}, [("apigateway:GET", f"{API}/restapis")]),
    ],
)
def test_rest_services(service: str, method: str, path: str, body: dict, expected: list):
    """Method and path name the operation; who hands over a role must be allowed to pass it."""
    assert found(service, Request(method, path, body=json.dumps(body).encode())) == expected


def test_context_keys_of_a_service():
    """A mapping's function and a role's service are conditions."""
    body = {"EventSourceArn": ORDERS, "FunctionName": "order-writer"}
    request = Request("POST", "/2015-03-31/event-source-mappings", body=json.dumps(body).encode())
    operation = read("lambda", request).operation
    assert operation is not None
    (need,) = needs(request, operation, Scope("lambda", "us-east-1", ACCOUNT))
    assert need.context() == {"lambda:functionarn": FUNCTION}


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", "/", "", CIMultiDict({"X-Amz-Target": "A.Scan"}), b"\xff"),
        Request("POST", "/", "", CIMultiDict({"X-Amz-Target": "A.Scan"}), b"[" * 100_000),
        Request("POST", "/", "", CIMultiDict({"X-Amz-Target": "A.Scan"}), b"[1]"),
    ],
)
def test_a_body_that_cannot_be_read(request_: Request):
    """It has no parameters; the service will say what is wrong with it."""
    operation = read("dynamodb", request_).operation
    assert operation is not None and operation.parameters == {}


def test_nothing_that_is_known():
    """A path that no operation has is none."""
    assert read("lambda", Request("GET", "/no/such/path")).operation is None
    assert read("no-such-service", Request("GET", "/")).operation is None
