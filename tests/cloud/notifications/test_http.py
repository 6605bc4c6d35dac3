"""HTTP subscribers over real HTTP: confirmation, notifications, headers, the end of it.

The fields that AWS sends are those of the LocalStack project's recordings
(test_subscribe_external_http_endpoint).
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.notifications.conftest import Pages
from tests.cloud.notifications.test_signature import verify
from tests.fetching import fetch

NS = "{http://sns.amazonaws.com/doc/2010-03-31/}"


def follow(url: str) -> tuple[int, ElementTree.Element]:
    """Follow a link as a subscriber would: unsigned."""
    answer = fetch(url)
    return answer.status, ElementTree.fromstring(answer.body)


def pem_of(document: dict[str, Any]) -> bytes:
    """The certificate that a message names."""
    with urllib.request.urlopen(document["SigningCertURL"]) as answer:
        return answer.read()


def error_of(root: ElementTree.Element) -> tuple[str | None, str | None]:
    """The code and message of an XML error."""
    return root.findtext(f"{NS}Error/{NS}Code"), root.findtext(f"{NS}Error/{NS}Message")


@pytest.mark.fidelity(
    "SNS",
    "A subscription is pending until its link is followed; ReturnSubscriptionArn shows the ARN.",
    source="recorded: test_http_subscription_response",
)
def test_a_subscription_is_pending_until_its_link_is_followed(
    sns: Any, pages: Pages, topic: str, name: str
):
    """Subscribe, get asked, follow the link: each state shows as AWS shows it."""
    arguments = {"TopicArn": topic, "Protocol": "http", "Endpoint": pages.webhook_url(name)}
    assert sns.subscribe(**arguments)["SubscriptionArn"] == "pending confirmation"
    arn = sns.subscribe(**arguments, ReturnSubscriptionArn=True)["SubscriptionArn"]
    assert arn.startswith(f"{topic}:")
    listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [each["SubscriptionArn"] for each in listed] == ["PendingConfirmation"]
    counts = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (counts["SubscriptionsPending"], counts["SubscriptionsConfirmed"]) == ("1", "0")

    (asked, *_) = pages.webhook(name)
    assert asked["method"] == "POST"
    headers = {key.lower(): value for key, value in asked["headers"].items()}
    assert headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    assert headers["x-amz-sns-topic-arn"] == topic
    assert headers["content-type"] == "text/plain; charset=UTF-8"
    assert headers["user-agent"] == "Amazon Simple Notification Service Agent"
    assert headers["accept-encoding"] == "gzip,deflate"
    assert "x-amz-sns-subscription-arn" not in headers
    assert "accept" not in headers
    document = json.loads(asked["body"])
    assert list(document) == [
        "Type", "MessageId", "Token", "TopicArn", "Message", "SubscribeURL", "Timestamp",
        "SignatureVersion", "Signature", "SigningCertURL",
    ]  # fmt: skip
    assert document["MessageId"] == headers["x-amz-sns-message-id"]
    verify(document, pem_of(document))

    sns.publish(TopicArn=topic, Message="nobody is confirmed")
    status, root = follow(document["SubscribeURL"])
    assert (status, root.tag) == (200, f"{NS}ConfirmSubscriptionResponse")
    assert root.findtext(f"{NS}ConfirmSubscriptionResult/{NS}SubscriptionArn") == arn
    assert follow(document["SubscribeURL"])[0] == 200, "confirming again is no error"
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["PendingConfirmation"] == "false"
    assert attributes["ConfirmationWasAuthenticated"] == "false"
    assert attributes["RawMessageDelivery"] == "false"
    listed = sns.list_subscriptions()["Subscriptions"]
    assert arn in [each["SubscriptionArn"] for each in listed]

    sns.publish(TopicArn=topic, Message="hello")
    (message,) = pages.webhook(name, after=2)
    assert json.loads(message["body"])["Message"] == "hello"


@pytest.mark.fidelity(
    "SNS",
    "A broken topic or token and another region are refused as recorded.",
    source="recorded: test_subscribe_external_http_endpoint",
)
def test_wrong_links_get_awss_errors(sns: Any, pages: Pages, topic: str, name: str):
    """A broken topic, a broken token and another region are refused as recorded from AWS."""
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=pages.webhook_url(name))
    token = json.loads(pages.webhook(name)[0]["body"])["Token"]
    base = f"{pages.endpoint_url}/?Action=ConfirmSubscription"

    def fault(topic_arn: str, its_token: str) -> tuple[int, tuple[str | None, str | None]]:
        status, root = follow(f"{base}&TopicArn={topic_arn}&Token={its_token}")
        return status, error_of(root)

    topic_fault = (400, ("InvalidParameter", "Invalid parameter: Topic"))
    assert fault("not-an-arn", token) == topic_fault
    assert fault(topic, "abc123") == (400, ("InvalidParameter", "Invalid parameter: Token"))
    assert fault(topic.replace("us-east-1", "eu-central-1"), token) == topic_fault
    # "weirdly, even with a wrong topic, SNS will confirm the topic" (recorded)
    assert follow(f"{base}&TopicArn={topic}x&Token={token}")[0] == 200
    with pytest.raises(ClientError, match="Invalid parameter: Token") as caught:
        sns.confirm_subscription(TopicArn=topic, Token="abc123")
    assert caught.value.response["Error"]["Code"] == "InvalidParameter"


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.fidelity(
    "SNS",
    "A notification verifies in both signature versions.",
    source="SNS guide: sns-verify-signature-of-message",
)
def test_notifications_are_signed(
    sns: Any,
    pages: Pages,
    topic: str,
    name: str,
    subscribed: Callable[..., str],
    version: str,
):
    """Headers and body of a Notification, which verifies in both signature versions."""
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version
    )
    arn = subscribed()
    sent = sns.publish(
        TopicArn=topic,
        Subject="New order",
        Message="CHARLIE & LOLA",
        MessageAttributes={"country": {"DataType": "String", "StringValue": "France"}},
    )
    (message,) = pages.webhook(name)
    headers = {key.lower(): value for key, value in message["headers"].items()}
    assert headers["x-amz-sns-message-type"] == "Notification"
    assert headers["x-amz-sns-message-id"] == sent["MessageId"]
    assert headers["x-amz-sns-subscription-arn"] == arn
    document = json.loads(message["body"])
    assert document["Message"] == "CHARLIE & LOLA"
    assert document["Subject"] == "New order"
    assert document["SignatureVersion"] == version
    assert document["MessageAttributes"] == {"country": {"Type": "String", "Value": "France"}}
    assert document["UnsubscribeURL"] == (
        f"{pages.endpoint_url}/?Action=Unsubscribe&SubscriptionArn={arn}"
    )
    verify(document, pem_of(document))


@pytest.mark.fidelity(
    "SNS",
    "UnsubscribeURL ends a subscription and sends an UnsubscribeConfirmation.",
    source="recorded: test_subscribe_external_http_endpoint",
)
def test_unsubscribing_offers_a_way_back(
    sns: Any, pages: Pages, topic: str, name: str, subscribed: Callable[..., str]
):
    """UnsubscribeURL ends the subscription; the goodbye's SubscribeURL restores it."""
    arn = subscribed()
    status, root = follow(f"{pages.endpoint_url}/?Action=Unsubscribe&SubscriptionArn={arn}")
    assert (status, root.tag) == (200, f"{NS}UnsubscribeResponse")
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    (goodbye,) = pages.webhook(name)
    document = json.loads(goodbye["body"])
    assert document["Type"] == "UnsubscribeConfirmation"
    assert f"deactivate subscription {arn}." in document["Message"]
    verify(document, pem_of(document))
    assert follow(document["SubscribeURL"])[0] == 200
    sns.publish(TopicArn=topic, Message="back again")
    (message,) = pages.webhook(name, after=1)
    assert json.loads(message["body"])["Message"] == "back again"


@pytest.mark.fidelity(
    "SNS",
    "AuthenticateOnUnsubscribe demands a signed request.",
    source="SNS API: ConfirmSubscription",
)
def test_a_protected_subscription_takes_no_unsigned_unsubscribe(
    sns: Any, pages: Pages, topic: str, name: str
):
    """AuthenticateOnUnsubscribe: only a signed request ends the subscription."""
    arn = sns.subscribe(
        TopicArn=topic,
        Protocol="http",
        Endpoint=pages.webhook_url(name),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    token = json.loads(pages.webhook(name)[0]["body"])["Token"]
    sns.confirm_subscription(TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true")
    status, root = follow(f"{pages.endpoint_url}/?Action=Unsubscribe&SubscriptionArn={arn}")
    assert (status, error_of(root)[0]) == (403, "AuthorizationError")
    sns.unsubscribe(SubscriptionArn=arn)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


@pytest.mark.fidelity(
    "SNS", "A token is valid for two days.", source="SNS API: ConfirmSubscription"
)
def test_a_token_expires_after_two_days(sns: Any, pages: Pages, topic: str, name: str):
    """It is good for all of two days on the lab's clock, and worthless after them."""
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=pages.webhook_url(name))
    document = json.loads(pages.webhook(name)[0]["body"])
    pages.advance(2 * 24 * 3600 - 120)
    assert follow(document["SubscribeURL"])[0] == 200
    pages.advance(121)
    status, root = follow(document["SubscribeURL"])
    assert (status, error_of(root)[1]) == (400, "Invalid parameter: Token")
    assert len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1


@pytest.mark.fidelity(
    "SNS",
    "A subscription that nobody has confirmed in 48 hours is deleted.",
    source="AWS news: 2023/05/amazon-sns-automatic-deletion-unconfirmed-subscriptions",
)
def test_an_unconfirmed_subscription_is_deleted(sns: Any, pages: Pages, topic: str, name: str):
    """Who subscribes again in time has another 48 hours."""
    wanted = {"TopicArn": topic, "Protocol": "http", "Endpoint": pages.webhook_url(name)}
    arn = sns.subscribe(**wanted, ReturnSubscriptionArn=True)["SubscriptionArn"]
    pages.advance(24 * 3600)
    assert sns.subscribe(**wanted, ReturnSubscriptionArn=True)["SubscriptionArn"] == arn
    pages.advance(24 * 3600 + 1)
    assert len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1
    pages.advance(24 * 3600)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    with pytest.raises(ClientError, match="Subscription does not exist"):
        sns.get_subscription_attributes(SubscriptionArn=arn)
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsPending"] == "0"


@pytest.mark.fidelity(
    "SNS",
    "Raw delivery is the message alone, with a header that says so.",
    source="recorded: test_subscribe_external_http_endpoint",
)
def test_raw_delivery_is_the_message_alone(
    sns: Any, pages: Pages, topic: str, name: str, subscribed: Callable[..., str]
):
    """Raw: the body is the message, a header says so, the content type follows the policy."""
    subscribed(
        RawMessageDelivery="true",
        DeliveryPolicy=json.dumps({"requestPolicy": {"headerContentType": "text/csv"}}),
    )
    sns.publish(TopicArn=topic, Message="a,b,c")
    (message,) = pages.webhook(name)
    headers = {key.lower(): value for key, value in message["headers"].items()}
    assert message["body"] == "a,b,c"
    assert headers["x-amz-sns-rawdelivery"] == "true"
    assert headers["content-type"] == "text/csv"


@pytest.mark.fidelity(
    "SNS",
    "Filter policies look at attributes or at the body.",
    source="SNS guide: sns-subscription-filter-policies",
)
@pytest.mark.fidelity(
    "SNS",
    "A filter policy holds at once.",
    source="SNS guide: sns-subscription-filter-policies",
    differs="AWS takes up to 15 minutes; a lesson does not wait.",
)
def test_filter_policies_of_both_scopes(
    sns: Any, pages: Pages, topic: str, name: str, subscribed: Callable[..., str]
):
    """A policy on attributes, then on the body: only matching messages arrive, none errs."""
    arn = subscribed(FilterPolicy=json.dumps({"country": ["France"]}))

    def publish(message: str, country: str) -> None:
        attribute = {"DataType": "String", "StringValue": country}
        sns.publish(TopicArn=topic, Message=message, MessageAttributes={"country": attribute})

    publish("no", "Norway")
    publish("yes", "France")
    (message,) = pages.webhook(name)
    assert json.loads(message["body"])["Message"] == "yes"
    sns.set_subscription_attributes(
        SubscriptionArn=arn,
        AttributeName="FilterPolicy",
        AttributeValue=json.dumps({"total": [{"numeric": [">", 100]}]}),
    )
    sns.set_subscription_attributes(
        SubscriptionArn=arn, AttributeName="FilterPolicyScope", AttributeValue="MessageBody"
    )
    for body in ("not json", '{"total": "a text"}', '{"total": 50}', '{"total": 150}'):
        sns.publish(TopicArn=topic, Message=body)
    (message,) = pages.webhook(name, after=1)
    assert json.loads(message["body"])["Message"] == '{"total": 150}'


@pytest.mark.fidelity(
    "SNS", "MessageStructure=json sends each protocol its own text.", source="SNS API: Publish"
)
def test_each_protocol_has_its_own_text(
    sns: Any, pages: Pages, topic: str, name: str, subscribed: Callable[..., str]
):
    """MessageStructure=json sends the text under the subscriber's protocol."""
    subscribed()
    texts = {"default": "for all", "http": "for http"}
    sns.publish(TopicArn=topic, Message=json.dumps(texts), MessageStructure="json")
    (message,) = pages.webhook(name)
    assert json.loads(message["body"])["Message"] == "for http"


@pytest.mark.fidelity(
    "SNS", "A batch is delivered message by message.", source="SNS API: PublishBatch"
)
def test_a_batch_is_delivered_message_by_message(
    sns: Any, pages: Pages, topic: str, name: str, subscribed: Callable[..., str]
):
    """PublishBatch delivers each entry, in order."""
    subscribed(RawMessageDelivery="true")
    entries = [{"Id": str(number), "Message": f"order {number}"} for number in range(5)]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert len(answer["Successful"]) == 5
    got: list[str] = []
    while len(got) < 5:
        got += [each["body"] for each in pages.webhook(name, after=len(got))]
    assert got == [f"order {number}" for number in range(5)]
