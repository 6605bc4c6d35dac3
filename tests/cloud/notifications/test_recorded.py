"""What AWS was recorded to do with topics, FIFO topics above all, through boto3.

The facts are those of LocalStack's recording, tests/aws/services/sns/test_sns.snapshot.json of
github.com/localstack/localstack at 19b4f38 (Apache-2.0). Each docstring names its test.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.cloud.notifications.test_retries import receive

RECORDING = "LocalStack's recording: sns/test_sns"
TRACE = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"


@pytest.fixture
def fifo_topic(sns: Any) -> str:
    """The ARN of a new FIFO topic."""
    return sns.create_topic(Name=f"orders-{uuid4()}.fifo", Attributes={"FifoTopic": "true"})[
        "TopicArn"
    ]


def refused(call: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    """The whole answer with which a call is refused, but for its metadata."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return {
        name: part for name, part in caught.value.response.items() if name != "ResponseMetadata"
    }


def test_an_error_is_told_once(sns: Any, topic: str) -> None:
    """test_create_topic_test_arn: no second text beside the first one."""
    assert refused(sns.get_topic_attributes, TopicArn=f"{topic}-gone") == {
        "Error": {"Code": "NotFound", "Message": "Topic does not exist", "Type": "Sender"}
    }


def test_a_subscription_has_an_id(sns: Any, topic: str) -> None:
    """test_unsubscribe_wrong_arn_format: an ARN without one is not enough."""
    assert refused(sns.unsubscribe, SubscriptionArn=topic)["Error"]["Message"] == (
        "Invalid parameter: SubscriptionId"
    )


def test_a_batch_is_of_one_region(client: Callable[..., Any], topic: str) -> None:
    """test_topic_publish_another_region: Publish and PublishBatch alike."""
    elsewhere = client("sns", region_name="eu-north-1")
    entries = [{"Id": "1", "Message": "x"}]
    for answer in (
        refused(elsewhere.publish, TopicArn=topic, Message="x"),
        refused(elsewhere.publish_batch, TopicArn=topic, PublishBatchRequestEntries=entries),
    ):
        assert answer["Error"]["Message"] == "Invalid parameter: TopicArn"


@pytest.mark.parametrize(
    ("attribute", "source"),
    [
        ("FilterPolicy", '(String)"{invalidjson}"'),
        ("RedrivePolicy", "java.io.StringReader@469cc9aa"),
    ],
)
def test_a_policy_that_is_no_json_has_its_place(
    sns: Any, topic: str, queue: tuple[str, str], attribute: str, source: str
) -> None:
    """test_validate_set_sub_attributes."""
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue[1])
    answer = refused(
        sns.set_subscription_attributes,
        SubscriptionArn=subscription["SubscriptionArn"],
        AttributeName=attribute,
        AttributeValue="{invalidjson}",
    )
    assert answer["Error"]["Message"] == (
        f"Invalid parameter: {attribute}: failed to parse JSON. Unexpected character "
        "('i' (code 105)): was expecting double-quote to start field name\n "
        f"at [Source: {source}; line: 1, column: 3]"
    )


def test_raw_delivery_is_true_in_any_case(sns: Any, topic: str, queue: tuple[str, str]) -> None:
    """test_create_subscriptions_with_attributes; an empty filter policy is none."""
    attributes = {
        "RawMessageDelivery": "TrUe",
        "FilterPolicyScope": "MessageBody",
        "FilterPolicy": "",
    }
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue[1], Attributes=attributes)[
        "SubscriptionArn"
    ]
    shown = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert shown["RawMessageDelivery"] == "true"
    assert not {"FilterPolicy", "FilterPolicyScope"} & shown.keys()


@pytest.mark.fidelity(
    "SNS",
    "Subscribing again with the same attributes gives the same subscription.",
    source=RECORDING,
)
def test_defaults_are_the_same_attributes(sns: Any, topic: str, queue: tuple[str, str]) -> None:
    """test_subscribe_idempotency."""
    wanted = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue[1]}
    arn = sns.subscribe(**wanted, Attributes={"RawMessageDelivery": "True"})["SubscriptionArn"]
    for attributes in (
        {"RawMessageDelivery": "true"},
        {"RawMessageDelivery": "true", "FilterPolicyScope": "MessageAttributes"},
        {"FilterPolicyScope": "MessageAttributes"},
        {},
    ):
        assert sns.subscribe(**wanted, Attributes=attributes)["SubscriptionArn"] == arn
    different = {"RawMessageDelivery": "false", "FilterPolicyScope": "MessageBody"}
    assert refused(sns.subscribe, **wanted, Attributes=different)["Error"]["Message"] == (
        "Invalid parameter: Attributes Reason: Subscription already exists with different "
        "attributes"
    )


def test_a_page_has_a_hundred_and_a_token(sns: Any, topic: str) -> None:
    """test_list_subscriptions_by_topic_pagination."""
    for number in range(101):
        endpoint = f"arn:aws:sqs:us-east-1:123456789012:queue-{number}"
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)
    first = sns.list_subscriptions_by_topic(TopicArn=topic)
    assert base64.b64decode(first["NextToken"], validate=True)
    assert len(first["Subscriptions"]) == 100
    second = sns.list_subscriptions_by_topic(TopicArn=topic, NextToken=first["NextToken"])
    assert "NextToken" not in second
    (last,) = second["Subscriptions"]
    assert last not in first["Subscriptions"]
    assert refused(sns.list_subscriptions, NextToken="garbage")["Error"]["Message"] == (
        "Invalid parameter: NextToken"
    )


@pytest.mark.parametrize("entry_id", ["message.id", "msg@123#test", "a" * 81])
def test_an_entry_of_a_batch_has_a_good_id(sns: Any, topic: str, entry_id: str) -> None:
    """test_publish_batch_invalid_entry_id, in the words of SNS API: PublishBatch."""
    entries = [{"Id": entry_id, "Message": "test message"}]
    answer = refused(sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=entries)
    assert answer["Error"] == {
        "Code": "InvalidBatchEntryId",
        "Message": "The Id of a batch entry in a batch request doesn't abide by the specification.",
        "Type": "Sender",
    }


def test_a_delivery_policy_leaves_out_what_is_null(sns: Any, topic: str) -> None:
    """test_topic_delivery_policy_crud."""
    policy = {"http": {"defaultHealthyRetryPolicy": None}}
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue=json.dumps(policy)
    )
    shown = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DeliveryPolicy"]
    assert json.loads(shown) == {"http": {"disableSubscriptionOverrides": False}}


@pytest.mark.fidelity(
    "SNS",
    "A FIFO topic takes a duplicate within five minutes, and answers as for the first.",
    source=RECORDING,
)
def test_a_fifo_topic_tells_duplicates(
    sns: Any, client: Callable[..., Any], fifo_topic: str, queue: tuple[str, str]
) -> None:
    """test_fifo_topic_to_regular_sqs: a standard queue gets it once, and without its group."""
    sns.subscribe(TopicArn=fifo_topic, Protocol="sqs", Endpoint=queue[1])
    ids = {"MessageGroupId": "message-group-id-1", "MessageDeduplicationId": "1"}
    first = sns.publish(TopicArn=fifo_topic, Message="Test", **ids)
    again = sns.publish(TopicArn=fifo_topic, Message="Test", **ids)
    for member in ("MessageId", "SequenceNumber"):
        assert again[member] == first[member]
    sns.publish(TopicArn=fifo_topic, Message="Last", **ids | {"MessageDeduplicationId": "2"})
    message = receive(client, queue[0])
    assert json.loads(message["Body"])["Message"] == "Test"
    assert json.loads(receive(client, queue[0])["Body"])["Message"] == "Last"


def test_a_batch_of_duplicates_is_answered_as_the_first(sns: Any, fifo_topic: str) -> None:
    """test_publish_batch_messages_from_fifo_topic_to_fifo_queue."""
    entries = [
        {
            "Id": str(number),
            "Message": "x",
            "MessageGroupId": "complexMessageGroupId",
            "MessageDeduplicationId": f"MessageDeduplicationId-{number}",
        }
        for number in range(3)
    ]
    first, again = (
        sns.publish_batch(TopicArn=fifo_topic, PublishBatchRequestEntries=entries)["Successful"]
        for _ in range(2)
    )
    assert [sent["Id"] for sent in first] == ["0", "1", "2"]
    assert again == first


def test_a_new_topic_of_the_same_name_knows_no_duplicates(sns: Any, fifo_topic: str) -> None:
    """So that a lesson can be done again at once."""
    ids = {"MessageGroupId": "g", "MessageDeduplicationId": "1"}
    first = sns.publish(TopicArn=fifo_topic, Message="Test", **ids)
    sns.delete_topic(TopicArn=fifo_topic)
    sns.create_topic(Name=fifo_topic.rpartition(":")[2], Attributes={"FifoTopic": "true"})
    again = sns.publish(TopicArn=fifo_topic, Message="Test", **ids)
    assert again["MessageId"] != first["MessageId"]


@pytest.mark.parametrize("kind", ["standard", "fifo"])
@pytest.mark.fidelity(
    "SNS",
    "A standard queue gets the group of a message from a standard topic, not from a FIFO one.",
    source=RECORDING,
)
def test_groups_end_at_a_standard_queue(
    sns: Any,
    client: Callable[..., Any],
    topic: str,
    fifo_topic: str,
    queue: tuple[str, str],
    kind: str,
) -> None:
    """test_fifo_topic_to_regular_sqs; SNS's guide has the other half since 2025."""
    arn = fifo_topic if kind == "fifo" else topic
    ids = {"MessageGroupId": "g"} | ({"MessageDeduplicationId": "1"} if kind == "fifo" else {})
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue[1])
    sns.publish(TopicArn=arn, Message="Test", **ids)
    (message,) = client("sqs").receive_message(
        QueueUrl=queue[0], WaitTimeSeconds=10, MessageSystemAttributeNames=["All"]
    )["Messages"]
    assert ("MessageGroupId" in message["Attributes"]) is (kind == "standard")


def test_a_sampled_trace_goes_on_to_the_queue(
    client: Callable[..., Any], topic: str, queue: tuple[str, str]
) -> None:
    """test_publish_sqs_from_sns_with_xray_propagation."""
    sns = client("sns")

    def add_trace(request: Any, **_: Any) -> None:
        request.headers["X-Amzn-Trace-Id"] = TRACE

    sns.meta.events.register("before-send.sns.Publish", add_trace)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue[1])
    sns.publish(TopicArn=topic, Message="X-Ray propagation test msg")
    (message,) = client("sqs").receive_message(
        QueueUrl=queue[0], WaitTimeSeconds=10, AttributeNames=["AWSTraceHeader"]
    )["Messages"]
    assert message["Attributes"] == {"AWSTraceHeader": TRACE}


def test_a_custom_type_has_a_label(sns: Any, topic: str) -> None:
    """test_message_attributes_prefixes: `String.prefixed` is a type, `String.` is none."""

    def publish(data_type: str) -> None:
        attributes = {"attr1": {"DataType": data_type, "StringValue": "x"}}
        sns.publish(TopicArn=topic, Message="x", MessageAttributes=attributes)

    publish("String.prefixed")
    publish("String.  prefixed.")
    assert refused(publish, data_type="String.")["Error"] == {
        "Code": "ParameterValueInvalid",
        "Message": "The message attribute 'attr1' has an invalid message attribute type, the set "
        "of supported type prefixes is Binary, Number, and String.",
        "Type": "Sender",
    }
