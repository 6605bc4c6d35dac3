"""Queues through boto3 and curl, against a running local cloud."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.permissions import ANYTHING, powerful_role
from tests.waiting import activity


def code_of(call: Callable[[], object]) -> str:
    """The code with which AWS's SDK reports that `call` was refused."""
    with pytest.raises(ClientError) as refused:
        call()
    return refused.value.response["Error"]["Code"]


@pytest.mark.fidelity(
    "SQS",
    "System attributes come only when asked for; times are milliseconds as text, counts text.",
    source="SQS API: ReceiveMessage",
)
def test_a_message_goes_there_and_back(sqs: Any, url: str) -> None:
    """With its digests, its attributes and the system attributes that were asked for."""
    attributes = {
        "kind": {"DataType": "String", "StringValue": "order"},
        "blob": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-2-3"}}
    body = "CHARLIE & LOLA + 100 % ü"
    sent = sqs.send_message(
        QueueUrl=url,
        MessageBody=body,
        MessageAttributes=attributes,
        MessageSystemAttributes=trace,
    )
    assert sent["MD5OfMessageBody"] == hashlib.md5(body.encode()).hexdigest()
    (message,) = sqs.receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    )["Messages"]
    assert message["Body"] == body
    assert message["MessageId"] == sent["MessageId"]
    assert message["MessageAttributes"] == attributes
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert message["Attributes"].keys() == {
        "SenderId",
        "SentTimestamp",
        "ApproximateReceiveCount",
        "ApproximateFirstReceiveTimestamp",
        "AWSTraceHeader",
    }
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert message["Attributes"]["AWSTraceHeader"] == "Root=1-2-3"
    sent_at, received_at = (
        int(message["Attributes"][name])
        for name in ("SentTimestamp", "ApproximateFirstReceiveTimestamp")
    )
    clock = f"{sqs.meta.endpoint_url}/_lab/clock"
    with urllib.request.urlopen(clock) as answer:
        now = json.load(answer)["now"] * 1000
    assert now - 60_000 < sent_at <= received_at <= now


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], set()),
        (["All"], {"General", "Hello", "Help.Me"}),
        ([".*"], {"General", "Hello", "Help.Me"}),
        (["Hel.*"], {"Hello", "Help.Me"}),
        (["Hello", "Nobody"], {"Hello"}),
    ],
)
@pytest.mark.fidelity(
    "SQS",
    "Message attributes come by name, by prefix (`shop.*`) or all of them.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_gives_the_message_attributes_that_were_asked_for(
    sqs: Any, url: str, names: list[str], found: set[str]
) -> None:
    """By name, by prefix or all of them, as recorded."""
    attributes = {
        name: {"DataType": "String", "StringValue": "x"} for name in ("General", "Hello", "Help.Me")
    }
    sqs.send_message(QueueUrl=url, MessageBody="msg", MessageAttributes=attributes)
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=names)["Messages"]
    assert message.get("MessageAttributes", {}).keys() == found


@pytest.mark.fidelity(
    "SQS",
    "A long poll returns as soon as a message comes.",
    source="SQS guide: sqs-short-and-long-polling",
)
def test_a_long_poll_ends_when_a_message_comes(sqs: Any, url: str) -> None:
    """Not when its time is over."""
    received: list[dict[str, Any]] = []
    poller = threading.Thread(
        target=lambda: received.extend(
            sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", [])
        )
    )
    seen = activity()
    poller.start()
    activity(after=seen, wait=10)
    assert poller.is_alive(), "it waits"
    sqs.send_message(QueueUrl=url, MessageBody="here")
    poller.join(10)
    assert [message["Body"] for message in received] == ["here"]


@pytest.mark.fidelity(
    "SQS",
    "The end of a visibility timeout or of a delay ends a long poll too.",
    source="SQS guide: sqs-short-and-long-polling",
)
def test_a_long_poll_sees_a_message_that_becomes_visible(sqs: Any, url: str) -> None:
    """The end of a visibility timeout wakes it, as does that of its own time without one."""
    sqs.send_message(QueueUrl=url, MessageBody="again")
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=1)
    began = time.monotonic()
    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert [message["Body"] for message in answer["Messages"]] == ["again"]
    assert time.monotonic() - began < 15
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)


@pytest.mark.fidelity(
    "SQS",
    "A long poll ends with the error of a missing queue when its queue is deleted.",
    differs="AWS does not say; on AWS deleting takes up to a minute, here none.",
)
def test_a_long_poll_ends_when_its_queue_is_deleted(sqs: Any, url: str) -> None:
    """With the error that a later call would get."""
    codes: list[str] = []
    poll = threading.Thread(
        target=lambda: codes.append(
            code_of(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        )
    )
    seen = activity()
    poll.start()
    activity(after=seen, wait=10)
    sqs.delete_queue(QueueUrl=url)
    poll.join(10)
    assert codes == ["AWS.SimpleQueueService.NonExistentQueue"]


@pytest.mark.fidelity("SQS", "A batch fails entry by entry.", source="SQS API: SendMessageBatch")
def test_a_batch_fails_entry_by_entry(sqs: Any, url: str) -> None:
    """One message with an illegal character does not keep the other from being sent."""
    answer = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "good", "MessageBody": "a"},
            {"Id": "bad", "MessageBody": "\x08"},
            {"Id": "late", "MessageBody": "a", "DelaySeconds": 901},
        ],
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert {entry["Id"]: entry["Code"] for entry in answer["Failed"]} == {
        "bad": "InvalidMessageContents",
        "late": "InvalidParameterValue",
    }
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    answer = sqs.delete_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "good", "ReceiptHandle": message["ReceiptHandle"]},
            {"Id": "bad", "ReceiptHandle": "nonsense"},
        ],
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert [entry["Code"] for entry in answer["Failed"]] == ["ReceiptHandleIsInvalid"]


@pytest.mark.fidelity(
    "SQS",
    "A batch has up to ten entries with distinct ids and 1 MiB together.",
    source="SQS API: SendMessageBatch",
)
def test_a_batch_is_refused_as_a_whole_when_malformed(sqs: Any, url: str) -> None:
    """Too many entries, equal ids, bad ids, more than 1 MiB together."""

    def send(*ids: str, body: str = "a") -> None:
        sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": name, "MessageBody": body} for name in ids]
        )

    prefix = "AWS.SimpleQueueService."
    assert code_of(lambda: send(*"abcdefghijk")) == f"{prefix}TooManyEntriesInBatchRequest"
    assert code_of(lambda: send("a", "a")) == f"{prefix}BatchEntryIdsNotDistinct"
    assert code_of(lambda: send("a:b")) == f"{prefix}InvalidBatchEntryId"
    assert code_of(lambda: send("a" * 81)) == f"{prefix}InvalidBatchEntryId"
    half = "x" * 524_288
    assert code_of(lambda: send("a", "b", body=half + "x")) == f"{prefix}BatchRequestTooLong"
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    send("a", "b", body=half)
    send(*"abcdefghij")
    send("a" * 80)


@pytest.mark.fidelity(
    "SQS",
    "A message has at most 1 MiB with its attributes, less if MaximumMessageSize says so.",
    source="botocore: sqs",
)
def test_the_limit_is_one_mebibyte(sqs: Any, url: str) -> None:
    """Body and attributes together, and lower when the queue says so."""
    attribute = {"a": {"DataType": "String", "StringValue": "1234567"}}
    full = "x" * (1_048_576 - len("aString1234567"))
    sqs.send_message(QueueUrl=url, MessageBody=full, MessageAttributes=attribute)
    with pytest.raises(ClientError, match="Message must be shorter than 1048576 bytes"):
        sqs.send_message(QueueUrl=url, MessageBody=full + "x", MessageAttributes=attribute)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "1024"})
    with pytest.raises(ClientError, match="Message must be shorter than 1024 bytes"):
        sqs.send_message(QueueUrl=url, MessageBody="x" * 1025)


@pytest.mark.fidelity(
    "SQS",
    "Parameters out of range are refused with AWS's codes and words.",
    source="LocalStack's recording: sqs/test_sqs",
)
def test_refuses_parameters_in_the_words_of_aws(sqs: Any, url: str) -> None:
    """Recorded texts and codes."""
    with pytest.raises(
        ClientError,
        match=r"Value 11 for parameter MaxNumberOfMessages is invalid\. "
        r"Reason: Must be between 1 and 10, if provided\.",
    ):
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=11)
    assert code_of(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=21)) == (
        "InvalidParameterValue"
    )
    assert code_of(lambda: sqs.receive_message(QueueUrl=url, VisibilityTimeout=-1)) == (
        "InvalidParameterValue"
    )
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix="[")
    assert code_of(lambda: sqs.send_message(QueueUrl=url, MessageBody="")) == "MissingParameter"
    assert code_of(lambda: sqs.send_message(QueueUrl=url, MessageBody="\x00")) == (
        "InvalidMessageContents"
    )
    assert code_of(lambda: sqs.delete_message(QueueUrl=url, ReceiptHandle="x")) == (
        "ReceiptHandleIsInvalid"
    )
    assert code_of(lambda: sqs.receive_message(QueueUrl=url + "0")) == (
        "AWS.SimpleQueueService.NonExistentQueue"
    )


@pytest.mark.fidelity(
    "SQS", "A dead letter has DeadLetterQueueSourceArn.", source="SQS API: ReceiveMessage"
)
def test_a_dead_letter_says_where_it_came_from(sqs: Any, url: str) -> None:
    """DeadLetterQueueSourceArn, among all attributes or alone."""
    dead_url = sqs.create_queue(QueueName=f"dead-{uuid4()}")["QueueUrl"]
    arns = [
        sqs.get_queue_attributes(QueueUrl=each, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        for each in (url, dead_url)
    ]
    policy = {"deadLetterTargetArn": arns[1], "maxReceiveCount": 1}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy)})
    sent = sqs.send_message(QueueUrl=url, MessageBody="body")
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    (message,) = sqs.receive_message(QueueUrl=dead_url, AttributeNames=["All"])["Messages"]
    assert message["MessageId"] == sent["MessageId"]
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == arns[0]
    assert message["Attributes"]["ApproximateReceiveCount"] == "2"


@pytest.mark.fidelity(
    "SQS",
    "The query protocol is still spoken, and answered in XML.",
    source="SQS guide: sqs-making-api-requests-xml",
)
def test_the_query_protocol_answers_in_xml(sqs: Any, url: str) -> None:
    """As curl and API Gateway use it, signed with nothing but a scope."""
    form = urllib.parse.urlencode({"Action": "SendMessage", "MessageBody": "GIN + TONIC & more"})
    request = urllib.request.Request(
        url,
        data=form.encode(),
        headers={
            "Authorization": "AWS4-HMAC-SHA256 Credential=x/20261123/us-east-1/sqs/aws4_request"
        },
    )
    with urllib.request.urlopen(request) as answer:
        assert b"<MessageId>" in answer.read()
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "GIN + TONIC & more"


@pytest.mark.fidelity(
    "SQS",
    "SenderId is the id of the user, or `ROLEID:session` of a role's session.",
    source="botocore: sqs",
)
def test_the_sender_is_on_record(client: Callable[..., Any]) -> None:
    """An IAM user by its id, a role's session by the role's id and the session's name."""
    iam, sqs = client("iam"), client("sqs")
    url = sqs.create_queue(QueueName="senders")["QueueUrl"]

    def sender_with(keys: dict[str, str]) -> str:
        boto3.client(
            "sqs",
            endpoint_url=sqs.meta.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
        ).send_message(QueueUrl=url, MessageBody="x")
        received = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["SenderId"])
        return received["Messages"][0]["Attributes"]["SenderId"]

    powerful_role(iam, "sender", trusted={"AWS": "*"})
    role = iam.get_role(RoleName="sender")["Role"]
    assert role["RoleId"].startswith("AROA")
    session = client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="shop")
    assert sender_with(session["Credentials"]) == f"{role['RoleId']}:shop"
    user = iam.create_user(UserName="till")["User"]
    assert user["UserId"].startswith("AIDA")
    iam.put_user_policy(UserName="till", PolicyName="anything", PolicyDocument=json.dumps(ANYTHING))
    keys = iam.create_access_key(UserName="till")["AccessKey"]
    assert sender_with(keys) == user["UserId"]


def test_a_queue_that_is_not_there_has_no_attributes_to_ask_for(sqs: Any, url: str) -> None:
    """Also when no attribute is named, for which a queue answers nothing."""
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_attributes(QueueUrl=f"{url}-not")


@pytest.mark.fidelity(
    "SQS",
    "A change of an attribute but DeduplicationScope holds at once.",
    differs="AWS takes up to a minute, for the retention period 15; a lesson does not wait.",
    source="SQS API: SetQueueAttributes",
)
@pytest.mark.fidelity(
    "SQS",
    "Counts of messages are exact.",
    differs="AWS's are approximate, since a queue is on many servers; a laptop has one.",
    source="SQS API: GetQueueAttributes",
)
@pytest.mark.fidelity(
    "SQS",
    "A short poll sees every message.",
    differs="AWS asks some of a queue's servers; here there is one.",
    source="SQS guide: sqs-short-and-long-polling",
)
def test_there_is_one_server(sqs: Any, url: str) -> None:
    """Attributes hold at once, and neither counts nor a short poll miss a message."""
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    for _ in range(2):  # with a timeout of 0 what was received is visible again
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        assert sorted(message["Body"] for message in received) == ["0", "1", "2"]
    name = "ApproximateNumberOfMessages"
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    assert shown["Attributes"] == {name: "3"}


@pytest.mark.fidelity(
    "SQS",
    "The name of a deleted queue can be used again at once.",
    differs="AWS wants a minute; building a stage again should not.",
    source="SQS API: DeleteQueue",
)
def test_a_name_can_be_used_again(sqs: Any) -> None:
    """And the new queue has nothing of the old one."""
    name = f"again-{uuid4()}"
    first = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.send_message(QueueUrl=first, MessageBody="old")
    sqs.delete_queue(QueueUrl=first)
    second = sqs.create_queue(QueueName=name)["QueueUrl"]
    assert second == first
    assert "Messages" not in sqs.receive_message(QueueUrl=second)


@pytest.mark.fidelity(
    "SQS",
    "A standard queue takes a MessageGroupId (fair queues), which gives no order.",
    source="botocore: sqs",
)
def test_a_standard_queue_has_groups_without_order(sqs: Any, url: str) -> None:
    """A second message of a group is received while the first one is in flight."""
    for body in ("first", "second"):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="a")
    bodies = [sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] for _ in range(2)]
    assert sorted(bodies) == ["first", "second"]


def test_an_attribute_without_a_type_is_refused(client: Callable[..., Any], url: str) -> None:
    """In a message and in a batch."""
    sqs = client("sqs", config=Config(parameter_validation=False))
    message = {"MessageBody": "x", "MessageAttributes": {"a": {"StringValue": "1"}}}
    with pytest.raises(ClientError, match="must contain the parameter DataType"):
        sqs.send_message(QueueUrl=url, **message)
    with pytest.raises(ClientError, match="must contain the parameter DataType"):
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", **message}])


@pytest.mark.fidelity(
    "SQS",
    "List values of message attributes are refused, and system attributes but AWSTraceHeader.",
    source="botocore: sqs",
)
@pytest.mark.parametrize(
    "options",
    [
        {
            "MessageAttributes": {
                "a": {"DataType": "String", "StringValue": "1", "StringListValues": ["x"]}
            }
        },
        {"MessageSystemAttributes": {"SenderId": {"DataType": "String", "StringValue": "me"}}},
    ],
)
def test_refuses_what_is_reserved(sqs: Any, url: str, options: dict[str, Any]) -> None:
    """And nothing is sent."""
    code_of(lambda: sqs.send_message(QueueUrl=url, MessageBody="x", **options))
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


def test_a_batch_entry_without_a_timeout_fails_alone(sqs: Any, url: str) -> None:
    """The API's model does not require it, so that boto3 lets it through."""
    sqs.send_message(QueueUrl=url, MessageBody="hidden")
    handle = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    answer = sqs.change_message_visibility_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "without", "ReceiptHandle": handle},
            {"Id": "with", "ReceiptHandle": handle, "VisibilityTimeout": 1},
        ],
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["with"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [
        ("without", "MissingParameter")
    ]
