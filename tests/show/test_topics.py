"""The topic and its subscriptions."""

from __future__ import annotations

import pytest

from labkit.errors import StageMissing
from labkit.show import subscriptions, topic
from labkit.show.topics import SUBSCRIPTION_COLUMNS, TOPIC_COLUMNS


def build_topic(lab) -> str:
    sns = lab.client("sns")
    arn = sns.create_topic(Name="order-events")["TopicArn"]
    queue_arn = "arn:aws:sqs:us-east-1:123456789012:orders-audit"
    lab.client("sqs").create_queue(QueueName="orders-audit")
    sns.subscribe(
        TopicArn=arn,
        Protocol="sqs",
        Endpoint=queue_arn,
        Attributes={"RawMessageDelivery": "true", "FilterPolicy": '{"country": ["France"]}'},
    )
    sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="student@example.com")
    return arn


def test_topic(aws_lab):
    """One row with the number of subscriptions in each state."""
    build_topic(aws_lab)
    frame = topic(aws_lab)
    assert list(frame.columns) == TOPIC_COLUMNS
    assert frame.loc[0, "topic"] == "order-events"
    assert frame.loc[0, ["confirmed", "pending"]].sum() == 2


def test_subscriptions_by_protocol(aws_lab):
    """Subscriptions are sorted, endpoints readable, filters shown."""
    build_topic(aws_lab)
    frame = subscriptions(aws_lab)
    assert list(frame.columns) == SUBSCRIPTION_COLUMNS
    assert list(frame["endpoint"]) == ["student@example.com", "orders-audit"]
    assert list(frame["filter policy"]) == ["", '{"country": ["France"]}']
    assert list(frame["subscription"]) == ["subscription-1", "subscription-2"]
    assert list(frame["raw"]) == [False, True]


def test_ids_on_request(aws_lab):
    """With `ids=True` subscriptions have their ARNs and endpoints as they are."""
    arn = build_topic(aws_lab)
    frame = subscriptions(aws_lab, ids=True)
    assert frame.loc[1, "subscription"].startswith(arn)
    assert frame.loc[1, "endpoint"].startswith("arn:aws:sqs:")


def test_nobody_subscribed(aws_lab):
    """A topic without subscriptions is an empty table."""
    aws_lab.client("sns").create_topic(Name="order-events")
    assert subscriptions(aws_lab).empty


@pytest.mark.parametrize("look", [topic, subscriptions])
def test_missing_topic_says_what_to_do(aws_lab, look):
    """A topic that is not there is an error with the next step."""
    with pytest.raises(
        StageMissing, match=r"Topic 'order-events' does not exist yet. Run notebook 06"
    ):
        look(aws_lab)
