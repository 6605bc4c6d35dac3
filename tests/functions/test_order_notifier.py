"""The order notifier: announces what is new, once, and stops where it cannot go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeSerializer

from labkit import orders


@pytest.fixture
def app(cloud: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The notifier's module in a fresh worker: its clients reach the local cloud."""
    from labkit.functions.order_notifier import app

    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    app.topic_client.cache_clear()
    yield app
    app.topic_client.cache_clear()


class FakeTopic:
    """Takes publications, and refuses those whose subject it is told to refuse."""

    def __init__(self, refused: str = "nothing") -> None:
        self.published: list[dict[str, Any]] = []
        self._refused = refused

    def publish(self, **message: Any) -> dict[str, str]:
        """Keep one publication, as SNS would take it."""
        if self._refused in message["Subject"]:
            raise ConnectionError("the topic does not answer")
        self.published.append(message)
        return {"MessageId": f"sns-{len(self.published)}"}


def stream(*names: str, event: str = "INSERT") -> dict[str, Any]:
    """A stream event with one record for each named order: sequence numbers 100, 101, ..."""
    serialize = TypeSerializer().serialize
    records = []
    for number, name in enumerate(names, start=100):
        order = orders.difficult()[name]
        image = {"orderID": order["id"], **{key: order[key] for key in order if key != "id"}}
        change = {"SequenceNumber": str(number), "Keys": {"orderID": {"S": order["id"]}}}
        if event != "REMOVE":
            change["NewImage"] = {key: serialize(value) for key, value in image.items()}
        records.append({"eventName": event, "dynamodb": change})
    return {"Records": records}


@pytest.fixture
def topic(app: ModuleType, monkeypatch: pytest.MonkeyPatch) -> FakeTopic:
    """A topic that refuses the order with the plus sign."""
    fake = FakeTopic(refused="536381")
    monkeypatch.setattr(app, "topic_client", fake_cache(fake))
    monkeypatch.setenv("TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:order-events")
    return fake


def fake_cache(fake: FakeTopic) -> Callable[[], FakeTopic]:
    """What stands for the cached function that checks the topic."""

    def topic_client() -> FakeTopic:
        return fake

    topic_client.cache_clear = lambda: None  # type: ignore[attr-defined]
    return topic_client


def test_a_new_order_is_announced_for_people_and_for_programs(
    app: ModuleType, topic: FakeTopic
) -> None:
    """The subject and summary read well; the message is JSON with the whole order."""
    assert app.handler(stream("ampersand"), None) == {"batchItemFailures": []}
    [message] = topic.published
    total = orders.difficult()["ampersand"]["total"]
    assert message["Subject"] == f"Order 536378: {total} GBP"
    told = json.loads(message["Message"])
    assert told["summary"].endswith(" GBP to United Kingdom")
    assert told["orderID"] == "536378"
    assert any("CHARLIE & LOLA" in line["description"] for line in told["lines"])
    assert message["MessageAttributes"] == {
        "orderID": {"DataType": "String", "StringValue": "536378"},
        "country": {"DataType": "String", "StringValue": "United Kingdom"},
        "customer_type": {"DataType": "String", "StringValue": "account"},
        "total": {"DataType": "Number", "StringValue": str(total)},
    }


def test_the_largest_order_fits_into_one_message(app: ModuleType, topic: FakeTopic) -> None:
    """592 lines stay below SNS's limit of 262,144 bytes, and the buyer is a guest."""
    app.handler(stream("largest"), None)
    [message] = topic.published
    assert len(message["Message"].encode()) < 262_144
    assert message["MessageAttributes"]["customer_type"]["StringValue"] == "guest"


@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_only_inserts_are_announced(app: ModuleType, topic: FakeTopic, event: str) -> None:
    """A change or a removal passes by; it is no failure."""
    assert app.handler(stream("ampersand", event=event), None) == {"batchItemFailures": []}
    assert topic.published == []


def test_the_first_failure_ends_the_batch(app: ModuleType, topic: FakeTopic) -> None:
    """Its sequence number is returned, and nothing after it is published before the retry."""
    answer = app.handler(stream("ampersand", "plus", "largest"), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "101"}]}
    assert [message["Subject"][:12] for message in topic.published] == ["Order 536378"]


def test_a_topic_that_is_gone_is_named_at_the_cold_start(
    app: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says which topic, and where its ARN is set."""
    monkeypatch.setenv("TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:gone")
    with pytest.raises(RuntimeError, match=r"Topic .*:gone does not exist.*TOPIC_ARN"):
        app.handler(stream("ampersand"), None)


def test_a_fifo_topic_is_refused_at_the_cold_start(
    app: ModuleType, client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every message to it would need a message group."""
    arn = client("sns").create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"})
    monkeypatch.setenv("TOPIC_ARN", arn["TopicArn"])
    with pytest.raises(RuntimeError, match="is a FIFO topic"):
        app.handler(stream("ampersand"), None)
