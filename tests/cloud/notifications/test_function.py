"""Lambda subscribers: the function gets SNS's event; one that is gone is a client-side error."""

from __future__ import annotations

import io
import json
import urllib.request
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.cloud.notifications.conftest import Pages
from tests.cloud.notifications.test_retries import receive
from tests.cloud.notifications.test_signature import verify
from tests.permissions import let_invoke, powerful_role

# Passes its event on to a webhook of the lab.
HANDLER = """
import json, os, urllib.request

def handler(event, context):
    urllib.request.urlopen(os.environ["WEBHOOK"], json.dumps(event).encode()).close()
"""


@pytest.mark.fidelity(
    "SNS", "A function gets SNS's event, signed.", source="Lambda guide: with-sns"
)
def test_a_function_gets_the_signed_event(
    sns: Any, client: Callable[[str], Any], pages: Pages, topic: str, name: str
):
    """The event names the subscription, and its message verifies under Lambda's spelling."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("subscriber.py", HANDLER)
    role = powerful_role(client("iam"), name)
    function = client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="subscriber.handler",
        Code={"ZipFile": package.getvalue()},
        Timeout=30,
        Environment={"Variables": {"WEBHOOK": pages.webhook_url(name)}},
    )["FunctionArn"]
    let_invoke(client("lambda"), name, "sns.amazonaws.com")
    arn = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)["SubscriptionArn"]
    texts = {"default": "for all", "lambda": "for functions"}
    sent = sns.publish(TopicArn=topic, Message=json.dumps(texts), MessageStructure="json")
    (request,) = pages.webhook(name, wait=30)
    (record,) = json.loads(request["body"])["Records"]
    assert record["EventSource"] == "aws:sns"
    assert record["EventSubscriptionArn"] == arn
    message = record["Sns"]
    assert message["MessageId"] == sent["MessageId"]
    assert message["Message"] == "for functions"
    assert (message.pop("Subject"), message["MessageAttributes"]) == (None, {})
    with urllib.request.urlopen(message["SigningCertUrl"]) as answer:
        verify(message, answer.read())


@pytest.mark.fidelity(
    "SNS",
    "A missing function is a client-side error: the message goes to the dead-letter queue.",
    source="SNS guide: sns-dead-letter-queues",
)
def test_a_missing_function_buries_the_message(
    sns: Any, client: Callable[[str], Any], topic: str, queue: tuple[str, str]
):
    """A function that does not exist: straight to the dead-letter queue."""
    sns.subscribe(
        TopicArn=topic,
        Protocol="lambda",
        Endpoint="arn:aws:lambda:us-east-1:123456789012:function:gone",
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": queue[1]})},
    )
    sns.publish(TopicArn=topic, Message="order")
    assert json.loads(receive(client, queue[0])["Body"])["Message"] == "order"
