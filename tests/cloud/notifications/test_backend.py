"""The parts of moto that SNS's data plane leans on are still where they were."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.sns.models import SNSBackend, Subscription, Topic
from moto.sns.responses import SNSResponse

from labkit.cloud.notifications.backend import LabSNSBackend
from labkit.cloud.notifications.responses import LabSNSResponse

OVERRIDDEN = [
    "delete_topic",
    "get_subscription_attributes",
    "publish",
    "publish_batch",
    "set_subscription_attributes",
    "subscribe",
    "unsubscribe",
]


@pytest.mark.parametrize("method", OVERRIDDEN)
def test_the_backends_methods_have_motos_signatures(method: str):
    """Each method that moto's response class calls takes the same parameters as moto's own."""
    ours, motos = (
        list(inspect.signature(getattr(backend, method)).parameters)
        for backend in (LabSNSBackend, SNSBackend)
    )
    assert ours == motos


def test_every_action_of_ours_is_one_of_motos():
    """The response class adds no action that moto's dispatcher would not call."""
    actions = [name for name in vars(LabSNSResponse) if not name.startswith("_")]
    assert [name for name in actions if not hasattr(SNSResponse, name)] == []


def test_motos_records_have_the_fields_that_are_used():
    """Topics, subscriptions and filters keep their names."""
    topic = Topic("orders", SNSBackend("us-east-1", "123456789012"))
    subscription = Subscription("123456789012", topic, "http://127.0.0.1/", "http")
    for name in ("arn", "delivery_policy", "display_name", "sent_notifications", "sns_backend"):
        assert hasattr(topic, name)
    assert topic.subscriptions_deleted == 0
    for name in ("arn", "attributes", "endpoint", "owner", "protocol", "topic"):
        assert hasattr(subscription, name)
    assert subscription._filter_policy is None


def test_a_topic_that_is_not_there_is_what_subscribe_says_first(client: Callable[..., Any]):
    """NotFound comes before any word about the endpoint."""
    topic_arn = "arn:aws:sns:us-east-1:123456789012:nowhere"
    with pytest.raises(ClientError) as refused:
        client("sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint="no-arn")
    assert refused.value.response["Error"]["Code"] == "NotFound"
