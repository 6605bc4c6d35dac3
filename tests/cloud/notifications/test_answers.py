"""What SNS's API answers to slips, as AWS was recorded to (LocalStack's sns/test_sns)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.permissions import let_send

SHORT = "An ARN must have at least 6 elements, not"


@pytest.fixture(scope="module")
def careless(client: Callable[..., Any]) -> Any:
    """A client that sends whatever it is given."""
    return client("sns", config=Config(parameter_validation=False))


def fault(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """Code and text of a refusal."""
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def invalid(text: str) -> tuple[str, str]:
    """SNS's most frequent refusal."""
    return "InvalidParameter", f"Invalid parameter: {text}"


@pytest.mark.fidelity(
    "SNS",
    "What is no ARN is refused with the number of its elements.",
    source="LocalStack's recording: sns/test_sns",
)
def test_what_is_no_arn_is_refused(careless: Any) -> None:
    """The text counts its elements, wherever it is given."""
    one, two = invalid(f"TopicArn Reason: {SHORT} 1"), invalid(f"TopicArn Reason: {SHORT} 2")
    assert fault(careless.publish, TopicArn="orders", Message="m") == one
    assert fault(careless.publish, TopicArn="orders:1", Message="m") == two
    assert fault(careless.publish, TopicArn="", Message="m") == one
    assert fault(careless.get_topic_attributes, TopicArn="orders") == one


@pytest.mark.parametrize("deep", ["[" * 5000, '{"http":' * 5000])
def test_what_is_too_deep_to_read_is_refused(sns: Any, topic: str, deep: str) -> None:
    """As what is no JSON at all."""
    endpoint = "arn:aws:sqs:us-east-1:123456789012:nowhere"
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)["SubscriptionArn"]
    redrive = {"AttributeName": "RedrivePolicy", "AttributeValue": deep}
    delivery = {"AttributeName": "DeliveryPolicy", "AttributeValue": deep}
    message = {"Message": deep, "MessageStructure": "json"}
    for call, given in (
        (sns.set_subscription_attributes, {"SubscriptionArn": arn, **redrive}),
        (sns.set_topic_attributes, {"TopicArn": topic, **delivery}),
        (sns.publish, {"TopicArn": topic, **message}),
    ):
        code, text = fault(call, **given)
        assert (code, "failed to parse" in text) == ("InvalidParameter", True)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a" * 257])
def test_a_topics_name_is_checked(careless: Any, name: str) -> None:
    """Letters, digits, hyphens and underscores, up to 256."""
    assert fault(careless.create_topic, Name=name) == invalid("Topic Name")


@pytest.mark.fidelity(
    "SNS",
    "A topic is made once; with other tags or attributes the second call is refused.",
    source="LocalStack's recording: sns/test_sns",
)
def test_a_topic_is_made_once(sns: Any, name: str) -> None:
    """The same call gives the same ARN."""
    tags = [{"Key": "lab", "Value": "orders"}]
    arn = sns.create_topic(Name=name, Tags=tags)["TopicArn"]
    assert sns.create_topic(Name=name, Tags=tags)["TopicArn"] == arn
    assert sns.create_topic(Name=name)["TopicArn"] == arn
    other = [*tags, {"Key": "stage", "Value": "7"}]
    different = "Topic already exists with different"
    assert fault(sns.create_topic, Name=name, Tags=other) == invalid(
        f"Tags Reason: {different} tags"
    )
    attributes = {"DisplayName": "Orders"}
    assert fault(sns.create_topic, Name=name, Attributes=attributes) == invalid(
        f"Attributes Reason: {different} attributes"
    )
    twice = [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]
    assert fault(sns.tag_resource, ResourceArn=arn, Tags=twice) == invalid(
        "Duplicated keys are not allowed."
    )


@pytest.mark.fidelity(
    "SNS",
    "A topic's DisplayName has 100 characters at most; only a FIFO topic deduplicates.",
    source="SNS API: CreateTopic",
)
def test_topic_attributes_are_checked(sns: Any, topic: str) -> None:
    """In CreateTopic the text says that it is about attributes."""
    for name, value, wrong in (
        ("DisplayName", "x" * 101, "DisplayName"),
        ("ContentBasedDeduplication", "true", "Unknown attribute ContentBasedDeduplication"),
        ("SignatureVersion", "3", "SignatureVersion"),
    ):
        created = fault(sns.create_topic, Name="checked", Attributes={name: value})
        assert created == invalid(f"Attributes Reason: {wrong}")
        setting = {"TopicArn": topic, "AttributeName": name, "AttributeValue": value}
        assert fault(sns.set_topic_attributes, **setting) == invalid(wrong)
    taken = {"DisplayName": "x" * 100, "ContentBasedDeduplication": "false"}
    for _ in range(2):
        sns.create_topic(Name="checked", Attributes=taken)


def test_subscription_attributes_are_checked(sns: Any, topic: str, queue: tuple[str, str]) -> None:
    """In Subscribe the text says that it is about attributes."""
    subscribe = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue[1]}
    wrong = "RawMessageDelivery: Invalid value [yes]. Must be true or false."
    attributes = {"RawMessageDelivery": "yes"}
    assert fault(sns.subscribe, **subscribe, Attributes=attributes) == invalid(
        f"Attributes Reason: {wrong}"
    )
    arn = sns.subscribe(**subscribe)["SubscriptionArn"]

    def setting(name: str, value: str) -> tuple[str, str]:
        return fault(
            sns.set_subscription_attributes,
            SubscriptionArn=arn,
            AttributeName=name,
            AttributeValue=value,
        )

    assert setting("RawMessageDelivery", "yes") == invalid(wrong)
    assert setting("Colour", "red") == invalid("AttributeName")
    assert setting("RedrivePolicy", "{x}")[1].startswith(
        "Invalid parameter: RedrivePolicy: failed to parse JSON."
    )


def test_a_token_looks_like_one(sns: Any, topic: str) -> None:
    """What is not hexadecimal is no token; what is may be unknown."""
    confirm = sns.confirm_subscription
    assert fault(confirm, TopicArn=topic, Token="mine") == ("InvalidParameter", "Invalid token")
    assert fault(confirm, TopicArn=topic, Token="abc123") == invalid("Token")


@pytest.mark.fidelity(
    "SNS",
    "A FIFO topic answers a sequence number, which stands in the unsigned envelope too.",
    source="LocalStack's recording: sns/test_sns",
)
def test_a_fifo_topic_numbers_its_messages(sns: Any, client: Callable[..., Any], name: str) -> None:
    """Publish and PublishBatch answer the number; the content makes the deduplication id."""
    sqs = client("sqs")
    topic = sns.create_topic(
        Name=f"{name}.fifo", Attributes={"FifoTopic": "true", "ContentBasedDeduplication": "true"}
    )["TopicArn"]
    url = sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    let_send(sqs, url)
    arn = f"arn:aws:sqs:us-east-1:123456789012:{name}.fifo"
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    dead = json.dumps({"deadLetterTargetArn": arn.removesuffix(".fifo")})
    assert "must use a FIFO queue" in fault(
        sns.set_subscription_attributes,
        SubscriptionArn=subscription,
        AttributeName="RedrivePolicy",
        AttributeValue=dead,
    )[1]  # fmt: skip
    published = sns.publish(TopicArn=topic, Message="Test", MessageGroupId="g")
    entry = {"Id": "1", "Message": "Next", "MessageGroupId": "g"}
    [batched] = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[entry])["Successful"]
    assert int(published["SequenceNumber"]) < int(batched["SequenceNumber"])
    [message, *_] = sqs.receive_message(
        QueueUrl=url, WaitTimeSeconds=10, MessageSystemAttributeNames=["All"]
    )["Messages"]
    envelope = json.loads(message["Body"])
    assert envelope.keys() == {
        "Type", "MessageId", "SequenceNumber", "TopicArn", "Message", "Timestamp", "UnsubscribeURL",
    }  # fmt: skip
    assert envelope["SequenceNumber"] == published["SequenceNumber"]
    assert message["Attributes"]["MessageDeduplicationId"] == (
        "532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25"
    )


def test_one_entry_without_its_ids_refuses_the_whole_batch(sns: Any, name: str) -> None:
    """As recorded: no group, no deduplication id, no default text."""
    topic = sns.create_topic(Name=f"{name}.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]

    def batch(**entry: str) -> str:
        entries = [{"Id": "1", "Message": "m", **entry}]
        return fault(sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=entries)[1]

    assert "The MessageGroupId parameter is required" in batch()
    assert "ContentBasedDeduplication enabled" in batch(MessageGroupId="g")
    assert "No default entry" in batch(
        MessageGroupId="g", MessageStructure="json", Message='{"sqs": "x"}'
    )


@pytest.mark.parametrize(("entry", "lacking"), [({"Message": "m"}, "id"), ({"Id": "1"}, "message")])
def test_an_entry_has_an_id_and_a_message(
    careless: Any, topic: str, entry: dict[str, str], lacking: str
) -> None:
    """What SDKs send always, and others may forget."""
    entries = [{"Id": "0", "Message": "m"}, entry]
    code, text = fault(careless.publish_batch, TopicArn=topic, PublishBatchRequestEntries=entries)
    assert code == "ValidationError"
    assert f"Value null at 'publishBatchRequestEntries.2.member.{lacking}'" in text


@pytest.mark.fidelity(
    "SNS",
    "A filter policy that is malformed is refused with SNS's reason.",
    source="LocalStack's recording: sns/test_sns_filter_policy",
)
@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ([["value"]], "Match value must be String, number, true, false, or null"),
        ([{"wrong-operator": True}], "Unrecognized match type wrong-operator"),
        ([{"suffix": "a", "prefix": "b"}], "Only one key allowed in match expression"),
        ([{"suffix": 100}], "suffix match pattern must be a string"),
        ({"suffix": "value"}, '"suffix" must be an object or an array'),
        ([{"numeric": []}], "Invalid member in numeric match: ]"),
        ([{"numeric": ["operator"]}], "Unrecognized numeric range operator: operator"),
        ([{"numeric": ["=", "000"]}], "Value of equals must be numeric"),
        ([{"numeric": [">="]}], "Value of >= must be numeric"),
        ([{"numeric": ["<", 100, ">", 10]}], "Too many elements in numeric expression"),
        ([{"numeric": [">", 3, "<", 1]}], "Bottom must be less than top"),
        ([{"numeric": [">", 20, 30]}], "Bad value in numeric range: 30"),
        ([{"exists": "no"}], "exists match pattern must be either true or false."),
    ],
)
def test_a_malformed_filter_policy_is_refused(
    sns: Any, topic: str, queue: tuple[str, str], rules: Any, reason: str
) -> None:
    """Before the subscription is made."""
    code, text = fault(
        sns.subscribe,
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue[1],
        Attributes={"FilterPolicy": json.dumps({"key": rules})},
    )
    assert code == "InvalidParameter"
    assert text.startswith(f"Invalid parameter: Attributes Reason: FilterPolicy: {reason}")
