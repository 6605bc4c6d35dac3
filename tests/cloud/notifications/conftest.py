"""What SNS's tests share: topics, the lab's webhooks and inbox, and its clock."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.permissions import let_send

Json = Any


class Pages:
    """The lab's own pages of a running cloud."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url

    def call(self, method: str, path: str, document: Json = None) -> Json:
        """Call a page and return the JSON that it answers, or None."""
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(self.endpoint_url + path, body, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def webhook_url(self, name: str) -> str:
        """Where a webhook of the lab listens."""
        return f"{self.endpoint_url}/_lab/webhook/{name}"

    def webhook(self, name: str, *, after: int = 0, wait: float = 10) -> list[dict[str, Json]]:
        """What a webhook got after its first `after` requests, as soon as there is something."""
        return self.call("GET", f"/_lab/webhook/{name}?after={after}&wait={wait}")

    def inbox(self, *, after: int = 0, wait: float = 10) -> list[dict[str, Json]]:
        """The mails after the first `after`, as soon as there is one."""
        return self.call("GET", f"/_lab/inbox?after={after}&wait={wait}")

    def advance(self, seconds: float) -> None:
        """Move the lab's clock."""
        self.call("POST", "/_lab/clock", {"advance": seconds})


@pytest.fixture(scope="module")
def pages(cloud: str) -> Pages:
    """The pages of the cloud under test."""
    return Pages(cloud)


@pytest.fixture(scope="module")
def sns(client: Callable[[str], Any]) -> Any:
    """boto3's SNS client."""
    return client("sns")


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def topic(sns: Any, name: str) -> str:
    """The ARN of a new topic."""
    return sns.create_topic(Name=name)["TopicArn"]


@pytest.fixture
def queue(client: Callable[[str], Any], name: str) -> tuple[str, str]:
    """The URL and ARN of a new queue that SNS may send to."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    let_send(sqs, url)
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, attributes["Attributes"]["QueueArn"]


@pytest.fixture
def subscribed(pages: Pages, sns: Any, topic: str, name: str) -> Callable[..., str]:
    """Subscribes the webhook of the test's name to the test's topic, confirmed; gives its ARN."""

    def subscribe(**attributes: str) -> str:
        arn = sns.subscribe(
            TopicArn=topic,
            Protocol="http",
            Endpoint=pages.webhook_url(name),
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        asked = json.loads(pages.webhook(name)[0]["body"])
        sns.confirm_subscription(TopicArn=topic, Token=asked["Token"])
        pages.call("DELETE", f"/_lab/webhook/{name}")
        return arn

    return subscribe
