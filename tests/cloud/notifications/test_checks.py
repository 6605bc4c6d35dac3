"""What SNS refuses, with AWS's codes and texts, through boto3."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    """The code and message of a call that is refused."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"Message": "[", "MessageStructure": "json"}, "JSON message body failed to parse"),
        ({"Message": '{"http": "x"}', "MessageStructure": "json"}, "No default entry in JSON"),
        ({"Message": "x" * 262_145}, "Message too long"),
        ({"Message": "é" * 131_073}, "Message too long"),
        ({"Message": "x", "Subject": "x" * 101}, "Subject"),
        ({"Message": "x", "Subject": "two\nlines"}, "Subject"),
        ({"Message": "x", "Subject": "tab\there"}, "Subject"),
        ({"Message": "x", "Subject": "delete\x7f"}, "Subject"),
        ({"Message": "x", "Subject": "line\u2028line"}, "Subject"),
        ({"Message": "x", "Subject": ""}, "Subject"),
        ({"Message": "x", "MessageStructure": "xml"}, "MessageStructure"),
        ({"Message": ""}, "Empty message"),
    ],
)
@pytest.mark.fidelity(
    "SNS",
    "Publish refuses empty, too long and badly structured messages with AWS's words.",
    source="SNS API: Publish",
)
def test_a_bad_message_is_refused(sns: Any, topic: str, arguments: dict[str, str], fault: str):
    """Each limit of Publish has AWS's code and words."""
    code, message = refused(sns.publish, TopicArn=topic, **arguments)
    assert code == "InvalidParameter"
    assert message.startswith("Invalid parameter: ")
    assert fault in message


@pytest.mark.parametrize("subject", ["x" * 100, "Bestellung für Zoë", " 1 order", "注文"])
@pytest.mark.fidelity(
    "SNS",
    "A subject is up to 100 characters of UTF-8 without line breaks and control characters.",
    source="botocore: sns",
)
def test_a_subject_is_a_line_of_text(
    client: Any, sns: Any, topic: str, queue: tuple[str, str], subject: str
):
    """It arrives as it was given."""
    url, arn = queue
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="x", Subject=subject)
    (message,) = client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert json.loads(message["Body"])["Subject"] == subject


@pytest.mark.fidelity(
    "SNS",
    "A subscription's dead-letter queue is of the topic's account and region.",
    source="SNS guide: sns-dead-letter-queues",
)
def test_a_dead_letter_queue_is_of_the_same_account_and_region(
    sns: Any, topic: str, queue: tuple[str, str]
):
    """When it is subscribed and when it is changed."""
    arn = sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=queue[1], ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    for other in (
        queue[1].replace("us-east-1", "eu-west-1"),
        queue[1].replace("123456789012", "210987654321"),
    ):
        policy = json.dumps({"deadLetterTargetArn": other})
        code, message = refused(
            sns.set_subscription_attributes,
            SubscriptionArn=arn,
            AttributeName="RedrivePolicy",
            AttributeValue=policy,
        )
        assert code == "InvalidParameter"
        assert "account and region" in message
        code, _ = refused(
            sns.subscribe,
            TopicArn=topic,
            Protocol="http",
            Endpoint="http://127.0.0.1:9/",
            Attributes={"RedrivePolicy": policy},
        )
        assert code == "InvalidParameter"


@pytest.mark.fidelity(
    "SNS", "A message has at most 262,144 bytes, attributes included.", source="botocore: sns"
)
def test_the_attributes_count_towards_the_limit(sns: Any, topic: str):
    """262,144 bytes pass; one attribute more does not."""
    sns.publish(TopicArn=topic, Message="x" * 262_144)
    attribute = {"a": {"DataType": "String", "StringValue": "b"}}
    code, _ = refused(
        sns.publish, TopicArn=topic, Message="x" * 262_144, MessageAttributes=attribute
    )
    assert code == "InvalidParameter"


@pytest.mark.fidelity(
    "SNS", "Publishing to a missing topic is `NotFound`.", source="SNS API: Publish"
)
def test_a_topic_that_does_not_exist_is_not_found(sns: Any, topic: str):
    """Publishing to no topic is NotFound; a target that is no ARN is invalid."""
    assert refused(sns.publish, TopicArn=f"{topic}-not", Message="x")[0] == "NotFound"
    assert refused(sns.publish, TopicArn="orders", Message="x")[0] == "InvalidParameter"


@pytest.mark.fidelity("SNS", "TargetArn names a topic as TopicArn does.", source="SNS API: Publish")
def test_a_topic_may_be_the_target(sns: Any, topic: str):
    """TargetArn names a topic as well as TopicArn does."""
    assert sns.publish(TargetArn=topic, Message="x")["MessageId"]


@pytest.mark.parametrize(
    ("protocol", "endpoint", "fault"),
    [
        ("http", "https://example.com", "Endpoint must match the specified protocol"),
        ("email", "nobody", "Email address"),
        ("sqs", "orders", "SQS endpoint ARN"),
        ("lambda", "writer", "Lambda endpoint ARN"),
        ("pigeon", "loft", "does not support this protocol string: pigeon"),
    ],
)
@pytest.mark.fidelity(
    "SNS",
    "An endpoint must have the form of its protocol.",
    source="LocalStack's recording: sns/test_sns",
)
def test_an_endpoint_must_be_of_its_protocol(
    sns: Any, topic: str, protocol: str, endpoint: str, fault: str
):
    """Subscribe checks the endpoint's form."""
    code, message = refused(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    assert (code, fault in message) == ("InvalidParameter", True)


@pytest.mark.parametrize(
    ("protocol", "endpoint", "attributes", "fault"),
    [
        ("email", "a@b.c", {"RawMessageDelivery": "true"}, "protocol [email] does not support raw"),
        ("http", "http://127.0.0.1:9/", {"DeliveryPolicy": "[]"}, "DeliveryPolicy"),
        ("http", "http://127.0.0.1:9/", {"RedrivePolicy": "{}"}, "deadLetterTargetArn"),
        ("http", "http://127.0.0.1:9/", {"FilterPolicy": "nope"}, "FilterPolicy"),
        ("http", "http://127.0.0.1:9/", {"FilterPolicyScope": "All"}, "FilterPolicyScope"),
        ("http", "http://127.0.0.1:9/", {"Colour": "red"}, "AttributeName"),
    ],
)
@pytest.mark.fidelity(
    "SNS", "A Subscribe with a bad attribute leaves nothing behind.", source="SNS API: Subscribe"
)
def test_refused_attributes_leave_no_subscription(
    sns: Any, topic: str, protocol: str, endpoint: str, attributes: dict[str, str], fault: str
):
    """A Subscribe with a bad attribute names it and leaves nothing behind."""
    code, message = refused(
        sns.subscribe,
        TopicArn=topic,
        Protocol=protocol,
        Endpoint=endpoint,
        Attributes=attributes,
    )
    assert (code, fault in message) == ("InvalidParameter", True), message
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


@pytest.mark.fidelity(
    "SNS",
    "Subscribing again gives the same subscription, if the attributes are the same.",
    source="LocalStack's recording: sns/test_sns",
)
def test_subscribing_again_needs_the_same_attributes(sns: Any, topic: str, queue: tuple[str, str]):
    """The same subscription is returned; other attributes are refused."""
    arguments = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue[1]}
    raw = {"RawMessageDelivery": "true"}
    first = sns.subscribe(**arguments, Attributes=raw)
    assert sns.subscribe(**arguments, Attributes=raw)["SubscriptionArn"] == first["SubscriptionArn"]
    _, message = refused(sns.subscribe, **arguments, Attributes={"RawMessageDelivery": "false"})
    assert "Subscription already exists with different attributes" in message


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("SignatureVersion", "3"), ("Colour", "red"), ("DeliveryPolicy", "{"), ("Policy", "x")],
)
@pytest.mark.fidelity(
    "SNS",
    "SetTopicAttributes takes AWS's attributes and values only.",
    source="SNS API: SetTopicAttributes",
)
def test_a_topic_attribute_must_be_known(sns: Any, topic: str, attribute: str, value: str):
    """SetTopicAttributes takes AWS's attributes and values only."""
    code, _ = refused(
        sns.set_topic_attributes,
        TopicArn=topic,
        AttributeName=attribute,
        AttributeValue=value,
    )
    assert code == "InvalidParameter"


@pytest.mark.fidelity(
    "SNS",
    "A new topic shows the recorded attributes.",
    source="LocalStack's recording: sns/test_sns",
)
def test_topic_attributes_show_as_recorded_from_aws(sns: Any, topic: str):
    """A new topic: counts are strings, no DeliveryPolicy, the default in effect."""
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert sorted(attributes) == [
        "DisplayName", "EffectiveDeliveryPolicy", "Owner", "Policy", "SubscriptionsConfirmed",
        "SubscriptionsDeleted", "SubscriptionsPending", "TopicArn",
    ]  # fmt: skip
    effective = json.loads(attributes["EffectiveDeliveryPolicy"])
    assert effective["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 3


@pytest.mark.fidelity(
    "SNS",
    "A batch has up to ten entries, together no larger than one message.",
    source="SNS API: PublishBatch",
)
def test_batches_have_limits(sns: Any, topic: str):
    """No entries, eleven, too many bytes and a bad entry: each has its own answer."""

    def batch(*messages: str) -> dict[str, Any]:
        entries = [{"Id": str(n), "Message": message} for n, message in enumerate(messages)]
        return {"TopicArn": topic, "PublishBatchRequestEntries": entries}

    assert refused(sns.publish_batch, **batch())[0] == "EmptyBatchRequest"
    assert refused(sns.publish_batch, **batch(*"x" * 11))[0] == "TooManyEntriesInBatchRequest"
    assert len(sns.publish_batch(**batch(*"x" * 10))["Successful"]) == 10
    whole = ["x" * 131_072] * 2
    assert len(sns.publish_batch(**batch(*whole))["Successful"]) == 2
    assert refused(sns.publish_batch, **batch(*whole, "x"))[0] == "BatchRequestTooLong"
    assert refused(sns.publish_batch, **batch(*["x" * 100_000] * 3))[0] == "BatchRequestTooLong"
    answer = sns.publish_batch(**batch("x", ""))
    assert [each["Id"] for each in answer["Successful"]] == ["0"]
    assert [each["Code"] for each in answer["Failed"]] == ["InvalidParameter"]


@pytest.mark.fidelity(
    "SNS",
    "A filter policy has at most five names.",
    source="SNS guide: subscription-filter-policy-constraints",
)
def test_a_filter_policy_has_five_names(sns: Any, topic: str):
    """A sixth is refused."""
    policy = json.dumps({name: ["x"] for name in "abcdef"})
    code, _ = refused(
        sns.subscribe,
        TopicArn=topic,
        Protocol="sqs",
        Endpoint="arn:aws:sqs:us-east-1:123456789012:orders",
        Attributes={"FilterPolicy": policy},
    )
    assert code == "InvalidParameter"


@pytest.mark.fidelity(
    "SNS",
    "A FIFO topic takes no subscriber but queues.",
    source="report: hashicorp/terraform-provider-aws/issues/38441",
)
def test_a_fifo_topic_has_queues_only(sns: Any):
    """AWS calls it the wrong type of protocol."""
    topic = sns.create_topic(Name="only-queues.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    for protocol, endpoint in (("http", "http://example.com"), ("email", "a@example.com")):
        code, message = refused(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
        assert code == "InvalidParameter"
        assert f"Invalid protocol type: {protocol}" in message
