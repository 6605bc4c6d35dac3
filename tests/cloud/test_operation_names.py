"""What a request asks for stands where its protocol has it, and nowhere else."""

from __future__ import annotations

import gzip
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from multidict import CIMultiDict

from labkit.cloud import protocols
from labkit.cloud.messages import Request
from labkit.cloud.protocols import Protocol
from labkit.cloud.readings import read
from tests.fetching import fetch

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIALABKITLOCALADMIN/20261123/us-east-1/sqs/aws4_request"


def smuggled(action: str) -> str:
    """A text that is a form with an action, for whoever takes it for one."""
    return f"x&Action={action}&y=1"


def test_the_text_of_a_message_is_no_operation(client: Callable[..., Any]) -> None:
    """It arrives as it was sent, and the queue is still there."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=f"texts-{uuid4().hex[:8]}")["QueueUrl"]
    text = smuggled("DeleteQueue")
    sqs.send_message(QueueUrl=url, MessageBody=text)
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == text


def test_the_text_of_an_item_is_no_operation(client: Callable[..., Any]) -> None:
    """It is stored, and the table is still there."""
    dynamodb, table = client("dynamodb"), f"Texts{uuid4().hex[:8]}"
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    key = {"id": {"S": smuggled("DeleteTable")}}
    dynamodb.put_item(TableName=table, Item=key)
    assert dynamodb.get_item(TableName=table, Key=key)["Item"] == key


def test_a_mapping_template_is_no_operation(client: Callable[..., Any]) -> None:
    """A form is what an API sends to a queue; that it is kept calls nothing."""
    gateway = client("apigateway")
    api = gateway.create_rest_api(name="templates")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "POST"}
    gateway.put_method(**where, authorizationType="NONE")
    template = {"application/json": smuggled("DeleteRestApi")}
    gateway.put_integration(**where, type="MOCK", requestTemplates=template)
    assert gateway.get_integration(**where)["requestTemplates"] == template


def test_a_header_that_names_the_operation_counts_more_than_a_form(cloud: str) -> None:
    """The access gate reads the header, and so does the service."""
    request = urllib.request.Request(
        cloud,
        b"Action=CreateQueue&QueueName=smuggled",
        {
            "Authorization": SIGNED,
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Amz-Target": "AmazonSQS.ListQueues",
        },
    )
    with urllib.request.urlopen(request) as answer:
        assert b"smuggled" not in answer.read()


CREDENTIAL = "AWS4-HMAC-SHA256 Credential=AKIALABKITLOCALADMIN/20261123/us-east-1/{}/aws4_request"
FORM = "application/x-www-form-urlencoded"


def send(
    cloud: str, service: str, method: str, path: str, body: bytes, **headers: str
) -> tuple[int, str]:
    """The answer to a request that no AWS client would send."""
    signed = {"Authorization": CREDENTIAL.format(service), "Content-Type": "text/plain"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{cloud}{path}", body, signed | named, method=method)
    answer = fetch(request)
    return answer.status, answer.body.decode()


def integration(client: Callable[..., Any]) -> tuple[dict[str, str], str]:
    """A method of an API that has no integration yet, and the path that gives it one."""
    gateway = client("apigateway")
    api = gateway.create_rest_api(name="smuggling")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "POST"}
    gateway.put_method(**where, authorizationType="NONE")
    return where, f"/restapis/{api}/resources/{root}/methods/POST/integration"


ROLE = "arn:aws:iam::123456789012:role/smuggled"
TEMPLATE = f"x&credentials={ROLE}&y=1"
MOCK = json.dumps({"type": "MOCK", "requestTemplates": {"application/json": TEMPLATE}}).encode()
PART = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
PARTS = PART % (b"credentials", ROLE.encode()) + PART % (b"type", b"MOCK") + b"--b--\r\n"
MULTIPART = "multipart/form-data; boundary=b"
FIELDS = f"credentials={ROLE}&type=MOCK".encode()


@pytest.mark.parametrize(
    ("query", "body", "headers", "status"),
    [
        (f"?credentials={ROLE}", MOCK, {}, 201),
        ("", MOCK, {}, 201),
        ("", MOCK, {"Credentials": ROLE}, 201),
        ("", MOCK, {"Content_Type": FORM}, 201),
        ("", FIELDS, {}, 400),
        ("", FIELDS, {"Content_Type": FORM}, 400),
        ("", FIELDS, {"Content_Type": "Application/X-WWW-Form-URLencoded"}, 400),
        ("", PARTS, {"Content_Type": MULTIPART}, 400),
    ],
)
def test_a_rest_service_reads_parameters_of_its_body_only_there(
    client: Callable[..., Any],
    cloud: str,
    query: str,
    body: bytes,
    headers: dict[str, str],
    status: int,
) -> None:
    """Neither URL, nor header, nor text within the body gives an integration a role."""
    where, path = integration(client)
    answered, text = send(cloud, "apigateway", "PUT", path + query, body, **headers)
    assert answered == status, text
    if status == 201:
        assert "credentials" not in client("apigateway").get_integration(**where)


def test_the_gate_reads_a_compressed_body(client: Callable[..., Any], cloud: str) -> None:
    """Who may not pass a role cannot by making the request smaller."""
    iam, user = client("iam"), f"builder-{uuid4().hex[:8]}"
    iam.create_user(UserName=user)
    may = {"Effect": "Allow", "Action": "apigateway:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_user_policy(UserName=user, PolicyName="own", PolicyDocument=policy)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    _, path = integration(client)
    body = gzip.compress(json.dumps({"type": "MOCK", "credentials": ROLE}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    signed = AWSRequest("PUT", f"{cloud}{path}", data=body, headers=headers)
    SigV4Auth(
        Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "apigateway", "us-east-1"
    ).add_auth(signed)
    status, text = send(
        cloud,
        "apigateway",
        "PUT",
        path,
        body,
        **{k.replace("-", "_"): v for k, v in signed.headers.items()},
    )
    assert (status, "iam:PassRole" in text) == (403, True)


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("?Action=DeleteRestApi", {}),
        ("", {"Action": "DeleteRestApi"}),
        ("", {"X_Amz_Target": "X.DeleteRestApi"}),
    ],
)
def test_the_operation_of_a_rest_service_is_its_path(
    client: Callable[..., Any], cloud: str, query: str, headers: dict[str, str]
) -> None:
    """A GET of an API is one, whatever else it says."""
    api = client("apigateway").create_rest_api(name="kept")["id"]
    send(cloud, "apigateway", "GET", f"/restapis/{api}{query}", b"", **headers)
    assert client("apigateway").get_rest_api(restApiId=api)["name"] == "kept"


@pytest.mark.parametrize("service", ["iam", "sts", "sns"])
def test_a_target_means_nothing_to_a_query_service(cloud: str, service: str) -> None:
    """The form is what counts, for the gate as well."""
    form = {"iam": "ListUsers", "sts": "GetCallerIdentity", "sns": "ListTopics"}[service]
    body = f"Action={form}&Version=2010-05-08".encode()
    headers = {"X_Amz_Target": "X.AssumeRole", "Content_Type": FORM}
    status, text = send(cloud, service, "POST", "/", body, **headers)
    assert (status, f"<{form}Response" in text) == (200, True)


def test_a_query_service_reads_form_and_url_as_one(cloud: str) -> None:
    """What is asked for may stand in either, in part in each."""
    for query, form in (
        ("", b"Action=GetUser&UserName=nobody"),
        ("?Action=GetUser", b"UserName=nobody"),
        ("?Action=GetUser&UserName=nobody", b""),
    ):
        status, text = send(cloud, "iam", "POST", f"/{query}", form, Content_Type=FORM)
        assert (status, "nobody" in text) == (404, True)
    status, text = send(cloud, "iam", "GET", "/?Action=ListUsers&Version=2010-05-08", b"")
    assert (status, "<ListUsersResponse" in text) == (200, True)


@pytest.mark.parametrize(
    ("query", "body", "headers"),
    [
        ("?logGroupName=other", b"{}", {}),
        ("", b'{"logStreamName": "x&logGroupName=other&y=1"}', {}),
        ("", b"", {"logGroupName": "other"}),
    ],
)
def test_a_json_service_reads_its_body_as_json(
    client: Callable[..., Any], cloud: str, query: str, body: bytes, headers: dict[str, str]
) -> None:
    """No group of logs is deleted that the JSON does not name."""
    name = f"kept-{uuid4().hex[:8]}"
    client("logs").create_log_group(logGroupName=name)
    send(
        cloud,
        "logs",
        "POST",
        "/" + query.replace("other", name),
        body.replace(b"other", name.encode()),
        X_Amz_Target="Logs_20140328.DeleteLogGroup",
        **{key: value.replace("other", name) for key, value in headers.items()},
    )
    groups = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert [group["logGroupName"] for group in groups] == [name]


def test_a_body_that_came_compressed_is_read_as_it_was(
    client: Callable[..., Any], cloud: str
) -> None:
    """boto3 compresses the large ones of PutMetricData; one that is no gzip says nothing."""
    data = [{"MetricName": f"metric-{number}", "Value": 1.0} for number in range(500)]
    client("cloudwatch").put_metric_data(Namespace="compressed", MetricData=data)
    pages = client("cloudwatch").get_paginator("list_metrics").paginate(Namespace="compressed")
    assert sum(len(page["Metrics"]) for page in pages) == 500
    status, _ = send(cloud, "sqs", "POST", "/", b"no gzip", Content_Encoding="gzip",
                     X_Amz_Target="AmazonSQS.CreateQueue")  # fmt: skip
    assert status == 400


@pytest.mark.parametrize(
    ("service", "request_"),
    [
        ("mobiletargeting", Request("PUT", "/v1/apps/a", "x=1", CIMultiDict(), b"{}")),
        ("s3", Request("PUT", "/bucket/key", "tagging", CIMultiDict(), b"Action=x")),
        ("iam", Request("GET", "/", "UserName=ana")),
    ],
)
def test_what_is_of_no_protocol_that_is_known_is_left_as_it_is(
    service: str, request_: Request
) -> None:
    """moto has services that the SDK signs for by other names; they get what was sent."""
    assert read(service, request_).request is request_


def test_both_versions_of_ses_are_told_apart() -> None:
    """One speaks the query protocol, the other REST; requests are signed for the same name."""
    assert protocols.protocol_of("ses", Request("GET", "/v2/email/account")) is Protocol.REST
    request = Request(
        "POST", "/", "", CIMultiDict({"Content-Type": FORM}), b"Action=ListIdentities"
    )
    assert protocols.protocol_of("ses", request) is Protocol.QUERY


def test_a_body_that_is_no_form_names_no_operation() -> None:
    """Not to services of the query protocol, whose requests are forms."""
    parts = b'--x\r\nContent-Disposition: form-data; name="Action"\r\n\r\nListUsers\r\n--x--'
    for kind, body in (("multipart/form-data; boundary=x", parts), ("text/plain", b"Action=A")):
        request = Request("POST", "/", "", CIMultiDict({"Content-Type": kind}), body)
        assert read("iam", request).operation is None
