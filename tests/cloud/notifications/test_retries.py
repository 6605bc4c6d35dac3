"""Subscribers that fail, hang or are dead: retries, dead-letter queues, and the others go on."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.notifications.conftest import Pages
from tests.waiting import until


def receive(client: Callable[[str], Any], url: str) -> dict[str, Any]:
    """The next message of a queue, as soon as it is there."""
    answer = client("sqs").receive_message(
        QueueUrl=url, WaitTimeSeconds=20, MessageAttributeNames=["All"]
    )
    return answer["Messages"][0]


@pytest.mark.fidelity(
    "SNS",
    "A 5xx is retried with the same MessageId.",
    source="SNS guide: SendMessageToHttp.prepare",
)
def test_a_failing_subscriber_gets_the_message_again(
    sns: Any, pages: Pages, topic: str, name: str, subscribed: Callable[..., str]
):
    """Two 500s, then success: three attempts with one MessageId."""
    subscribed()
    pages.call("PUT", f"/_lab/webhook/{name}/answer", {"status": 500, "times": 2})
    sent = sns.publish(TopicArn=topic, Message="order")

    def third_attempt() -> bool:
        pages.advance(20)
        return len(pages.webhook(name, wait=0)) >= 3

    until(third_attempt)
    attempts = pages.webhook(name)
    assert [each["answered"] for each in attempts] == [500, 500, 200]
    assert {json.loads(each["body"])["MessageId"] for each in attempts} == {sent["MessageId"]}


@pytest.mark.fidelity(
    "SNS",
    "An HTTP 4xx other than 429 is permanent: the message goes to the dead-letter queue at once.",
    source="SNS guide: sns-message-delivery-retries",
)
def test_a_client_error_goes_straight_to_the_dead_letter_queue(
    sns: Any,
    pages: Pages,
    client: Callable[[str], Any],
    topic: str,
    name: str,
    queue: tuple[str, str],
    subscribed: Callable[..., str],
):
    """A 404 is not tried again; the envelope lands in the subscription's dead-letter queue."""
    subscribed(RedrivePolicy=json.dumps({"deadLetterTargetArn": queue[1]}))
    pages.call("PUT", f"/_lab/webhook/{name}/answer", {"status": 404})
    sns.publish(TopicArn=topic, Message="order")
    assert json.loads(receive(client, queue[0])["Body"])["Message"] == "order"
    assert len(pages.webhook(name)) == 1


@pytest.mark.fidelity(
    "SNS",
    "A 429 is tried again as a 5xx is.",
    source="SNS guide: sns-message-delivery-retries",
)
def test_a_subscriber_that_is_asked_too_much_gets_the_message_again(
    sns: Any, pages: Pages, topic: str, name: str, subscribed: Callable[..., str]
):
    """The policy's retries are for it, too."""
    healthy = {"numRetries": 1, "numNoDelayRetries": 1}
    subscribed(DeliveryPolicy=json.dumps({"healthyRetryPolicy": healthy}))
    pages.call("PUT", f"/_lab/webhook/{name}/answer", {"status": 429, "times": 1})
    sns.publish(TopicArn=topic, Message="order")
    until(lambda: len(pages.webhook(name)) == 2)
    assert [each["answered"] for each in pages.webhook(name)] == [429, 200]


@pytest.mark.fidelity(
    "SNS",
    "When the retries are used up the message goes to the subscription's dead-letter queue.",
    source="SNS guide: sns-dead-letter-queues",
)
def test_an_exhausted_policy_ends_in_the_dead_letter_queue(
    sns: Any,
    client: Callable[[str], Any],
    pages: Pages,
    topic: str,
    name: str,
    queue: tuple[str, str],
    subscribed: Callable[..., str],
):
    """With one immediate retry the message is buried after two attempts, raw as it was."""
    healthy = {"numRetries": 1, "numNoDelayRetries": 1}
    subscribed(
        RawMessageDelivery="true",
        DeliveryPolicy=json.dumps({"healthyRetryPolicy": healthy}),
        RedrivePolicy=json.dumps({"deadLetterTargetArn": queue[1]}),
    )
    pages.call("PUT", f"/_lab/webhook/{name}/answer", {"status": 503})
    attribute = {"country": {"DataType": "String", "StringValue": "France"}}
    sns.publish(TopicArn=topic, Message="order", MessageAttributes=attribute)
    buried = receive(client, queue[0])
    assert buried["Body"] == "order"
    assert buried["MessageAttributes"]["country"]["StringValue"] == "France"
    assert len(pages.webhook(name)) == 2


@pytest.mark.fidelity(
    "SNS",
    "A dead or hanging subscriber holds up no other.",
    source="SNS guide: sns-message-delivery-retries",
)
def test_a_dead_subscriber_holds_up_nobody(
    sns: Any, pages: Pages, topic: str, name: str, subscribed: Callable[..., str]
):
    """One port that nobody listens on and one webhook that hangs: the third gets everything."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=dead)
        subscribed(RawMessageDelivery="true")
        hanging = f"{name}-hanging"
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=pages.webhook_url(hanging))
        token = json.loads(pages.webhook(hanging)[0]["body"])["Token"]
        sns.confirm_subscription(TopicArn=topic, Token=token)
        pages.call("PUT", f"/_lab/webhook/{hanging}/answer", {"status": 200, "delay": 3600})
        for number in range(20):
            sns.publish(TopicArn=topic, Message=str(number))
        got: list[int] = []
        while len(got) < 20:
            got += [int(each["body"]) for each in pages.webhook(name, after=len(got))]
        assert sorted(got) == list(range(20))
        until(lambda: len(pages.webhook(hanging, wait=0)) == 21)


@pytest.mark.fidelity("SNS", "Retries end with the topic.", source="SNS API: DeleteTopic")
def test_a_deleted_topic_delivers_nothing_more(
    sns: Any, pages: Pages, topic: str, name: str, subscribed: Callable[..., str]
):
    """Retries end with the topic, without a goodbye."""
    subscribed()
    pages.call("PUT", f"/_lab/webhook/{name}/answer", {"status": 500})
    sns.publish(TopicArn=topic, Message="order")
    assert len(pages.webhook(name)) == 1
    sns.delete_topic(TopicArn=topic)
    pages.advance(120)
    assert pages.webhook(name, after=1, wait=0.3) == []


@pytest.mark.fidelity(
    "SNS",
    "The phases of a delivery policy are kept to the second, and its retries end it.",
    source="SNS guide: sns-message-delivery-retries",
)
def test_every_retry_comes_when_its_phase_says(
    sns: Any,
    client: Callable[[str], Any],
    pages: Pages,
    topic: str,
    name: str,
    queue: tuple[str, str],
    subscribed: Callable[..., str],
):
    """At once, twice after 5 s, after 5 and 15 s of back-off, after 15 s; then it is buried."""
    healthy = {
        "numRetries": 6,
        "numNoDelayRetries": 1,
        "numMinDelayRetries": 2,
        "numMaxDelayRetries": 1,
        "minDelayTarget": 5,
        "maxDelayTarget": 15,
        "backoffFunction": "linear",
    }
    subscribed(
        DeliveryPolicy=json.dumps({"healthyRetryPolicy": healthy}),
        RedrivePolicy=json.dumps({"deadLetterTargetArn": queue[1]}),
    )
    pages.call("PUT", f"/_lab/webhook/{name}/answer", {"status": 500})
    sns.publish(TopicArn=topic, Message="order")
    until(lambda: len(pages.webhook(name, wait=0)) == 2)
    for attempts, delay in enumerate((5, 5, 5, 15, 15), start=2):
        pages.advance(delay - 1)
        assert len(pages.webhook(name, wait=0)) == attempts, "not before its time"
        pages.advance(1)
        until(lambda count=attempts + 1: len(pages.webhook(name, wait=0)) == count)
    assert json.loads(receive(client, queue[0])["Body"])["Message"] == "order"


def test_an_attempt_is_given_up_after_fifteen_seconds(
    sns: Any, pages: Pages, topic: str, name: str, subscribed: Callable[..., str]
):
    """A subscriber that hangs gets the next attempt 20 s after that: 35 s between the two."""
    subscribed()
    pages.call("PUT", f"/_lab/webhook/{name}/answer", {"status": 200, "times": 1, "delay": 3600})
    sent = sns.publish(TopicArn=topic, Message="order")
    assert len(pages.webhook(name)) == 1
    pages.advance(15)
    pages.advance(19)
    assert len(pages.webhook(name, wait=0)) == 1
    pages.advance(1)
    until(lambda: len(pages.webhook(name, wait=0)) == 2)
    attempts = pages.webhook(name)
    first, second = (each["received"] for each in attempts)
    assert 35 <= second - first < 40
    assert {json.loads(each["body"])["MessageId"] for each in attempts} == {sent["MessageId"]}


def test_the_confirmation_is_retried_like_a_message(sns: Any, pages: Pages, topic: str, name: str):
    """The same token, 20 s later."""
    pages.call("PUT", f"/_lab/webhook/{name}/answer", {"status": 500, "times": 1})
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=pages.webhook_url(name))
    assert len(pages.webhook(name)) == 1
    until(lambda: pages.advance(20) or len(pages.webhook(name, wait=0)) == 2)
    first, second = (json.loads(each["body"]) for each in pages.webhook(name))
    assert first["Token"] == second["Token"]
    sns.confirm_subscription(TopicArn=topic, Token=second["Token"])


def test_retries_end_within_an_hour(sns: Any, topic: str, pages: Pages, name: str):
    """A policy whose retries would take longer than 3,600 s is refused, however it is set."""
    healthy = {"numRetries": 100, "minDelayTarget": 20, "maxDelayTarget": 600}
    policy = json.dumps({"healthyRetryPolicy": healthy})
    subscription = {"TopicArn": topic, "Protocol": "http", "Endpoint": pages.webhook_url(name)}
    with pytest.raises(ClientError, match=r"DeliveryPolicy.*3600"):
        sns.subscribe(**subscription, Attributes={"DeliveryPolicy": policy})
    arn = sns.subscribe(**subscription, ReturnSubscriptionArn=True)["SubscriptionArn"]
    with pytest.raises(ClientError, match=r"DeliveryPolicy.*3600"):
        sns.set_subscription_attributes(
            SubscriptionArn=arn, AttributeName="DeliveryPolicy", AttributeValue=policy
        )
