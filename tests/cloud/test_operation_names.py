"""What a request asks for stands where its protocol has it, and nowhere else."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

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
