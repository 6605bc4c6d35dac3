"""HTTP subscribers: what AWS was recorded to do, done again on the local cloud."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud.notifications.conftest import Pages
from tests.cloud.notifications.subscriber import Subscriber, subscriber
from tests.fetching import fetch
from tests.recordings.normalise import Comparison, load

RECORDINGS = load("sns-http.json")

NO_RETRIES = {
    "healthyRetryPolicy": {
        "minDelayTarget": 1,
        "maxDelayTarget": 1,
        "numRetries": 0,
        "numNoDelayRetries": 0,
        "numMinDelayRetries": 0,
        "numMaxDelayRetries": 0,
        "backoffFunction": "linear",
    },
    "sicklyRetryPolicy": None,
    "throttlePolicy": {"maxReceivesPerSecond": 1000},
    "guaranteed": False,
}
CSV = {"requestPolicy": {"headerContentType": "text/csv"}}
JSON = {"http": {"defaultRequestPolicy": {"headerContentType": "application/json"}}}


@pytest.fixture
def endpoint() -> Iterator[Subscriber]:
    """A subscriber that listens."""
    with subscriber() as listening:
        yield listening


def follow(url: str) -> dict[str, Any]:
    """What a link answers, its XML as the recordings show it."""
    answer = fetch(url)
    root = ElementTree.fromstring(answer.body)
    return {_tag(root): _parsed(root, answer.status)}


def _parsed(element: ElementTree.Element, status: int) -> Any:
    if _tag(element) == "ResponseMetadata":
        return {"HTTPStatusCode": status}
    return {_tag(child): _parsed(child, status) for child in element} or element.text


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def test_http_subscription_response(
    sns: Any, pages: Pages, name: str, recorded: Comparison
) -> None:
    """A subscription is pending; its ARN is shown only to whoever asks for it."""
    topic = sns.create_topic(Name=name)
    del topic["ResponseMetadata"]
    recorded.assert_same("topic-arn", topic)
    subscription = {
        "TopicArn": topic["TopicArn"],
        "Protocol": "http",
        "Endpoint": pages.webhook_url(name),
    }
    recorded.assert_same("subscription", sns.subscribe(**subscription))
    shown = sns.subscribe(**subscription, ReturnSubscriptionArn=True)
    recorded.assert_same("subscription-with-arn", shown)


@pytest.mark.parametrize("raw", [True, False])
def test_subscribe_external_http_endpoint(
    sns: Any, pages: Pages, topic: str, endpoint: Subscriber, raw: bool, recorded: Comparison
) -> None:
    """From subscription to farewell: every header, every field, every answer to a link."""
    sns.subscribe(
        TopicArn=topic,
        Protocol="http",
        Endpoint=endpoint.url,
        Attributes={"RawMessageDelivery": "true"} if raw else {},
    )
    asked = endpoint.next()
    recorded.assert_same("subscription-confirmation", asked.body)
    recorded.assert_same("http-confirm-sub-headers", asked.headers)
    question = json.loads(asked.body)
    url, token = question["SubscribeURL"], question["Token"]
    recorded.assert_same("broken-topic-arn-confirm", follow(url.replace(topic, "sns-arn-broken")))
    recorded.assert_same("broken-token-confirm", follow(url.replace(token, "abc123")))
    elsewhere = topic.replace("us-east-1", "eu-central-1")
    recorded.assert_same("different-region-arn-confirm", follow(url.replace(topic, elsewhere)))
    # Recorded under this name: a topic that does not exist, which AWS does not mind.
    other = follow(url.replace(topic, f"{topic}-other"))
    confirmed = follow(url)
    recorded.assert_same("confirm-subscribe", confirmed)
    recorded.assert_same("nonexistent-token-confirm", other)

    sns.publish(TopicArn=topic, Message="test_external_http_endpoint")
    message = endpoint.next()
    if raw:
        recorded.assert_same("http-message-headers-raw", message.headers)
        assert message.body == "test_external_http_endpoint"
    else:
        recorded.assert_same("http-message", message.body)
        recorded.assert_same("http-message-headers", message.headers)

    arn = confirmed["ConfirmSubscriptionResponse"]["ConfirmSubscriptionResult"]["SubscriptionArn"]
    farewell_url = f"{pages.endpoint_url}/?Action=Unsubscribe&SubscriptionArn={arn}"
    recorded.assert_same("unsubscribe-response", follow(farewell_url))
    recorded.assert_same("unsubscribe-request", endpoint.next().body)


@pytest.mark.parametrize("raw", [True, False])
def test_subscribe_external_http_endpoint_content_type(
    sns: Any, topic: str, name: str, endpoint: Subscriber, raw: bool, recorded: Comparison
) -> None:
    """The content type comes from the subscription's policy or its topic's; all are shown."""
    policy: dict[str, Any] = CSV if raw else NO_RETRIES
    if not raw:
        topic = sns.create_topic(
            Name=f"{name}-json", Attributes={"DeliveryPolicy": json.dumps(JSON)}
        )["TopicArn"]
    attributes = {"DeliveryPolicy": json.dumps(policy)} | (
        {"RawMessageDelivery": "true"} if raw else {}
    )
    recorded.assert_same("topic-attrs", sns.get_topic_attributes(TopicArn=topic))
    arn = sns.subscribe(
        TopicArn=topic,
        Protocol="http",
        Endpoint=endpoint.url,
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    recorded.assert_same("sub-attrs", sns.get_subscription_attributes(SubscriptionArn=arn))
    asked = endpoint.next()
    recorded.assert_same("subscription-confirmation", asked.body)
    recorded.assert_same("http-confirm-sub-headers", asked.headers)
    follow(json.loads(asked.body)["SubscribeURL"])
    sns.publish(TopicArn=topic, Message="test_external_http_endpoint")
    message = endpoint.next()
    if raw:
        recorded.assert_same("http-message-headers-raw", message.headers)
    else:
        recorded.assert_same("http-message", message.body)
        recorded.assert_same("http-message-headers", message.headers)
