"""What AWS was recorded to answer at the edges of SQS's API, through boto3 and by URL.

The facts are those of LocalStack's recordings, tests/aws/services/sqs/test_sqs.snapshot.json of
github.com/localstack/localstack at 8b9a79f (Apache-2.0), and where these hold no answer those of
the tests beside them that LocalStack marks as validated against AWS. Each docstring names them.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

from labkit.aws_settings import REGION
from tests.fetching import fetch

RECORDING = "LocalStack's recording: sqs/test_sqs"
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


@pytest.fixture
def fifo(sqs: Any) -> str:
    """The URL of a new FIFO queue."""
    return sqs.create_queue(QueueName=f"orders-{uuid4()}.fifo", Attributes={"FifoQueue": "true"})[
        "QueueUrl"
    ]


def refused(call: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    """The error with which a call is refused, as the SDK shows it."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]


def text(value: str) -> dict[str, str]:
    """A message attribute that is a text."""
    return {"DataType": "String", "StringValue": value}


def get(url: str, accept: str = "*/*", **parameters: str) -> tuple[int, str]:
    """Status and body of a signed GET with its parameters in the URL."""
    full = f"{url}?{urllib.parse.urlencode(parameters)}" if parameters else url
    signed = AWSRequest("GET", full, headers={"Accept": accept})
    SigV4Auth(boto3.Session().get_credentials(), "sqs", REGION).add_auth(signed)
    answer = fetch(urllib.request.Request(full, headers=signed.headers))
    return answer.status, answer.body.decode()


@pytest.mark.fidelity(
    "SQS", "An invalid value is `InvalidParameterValueException` to the SDK.", source=RECORDING
)
def test_an_invalid_value_has_both_of_its_names(sqs: Any, url: str) -> None:
    """test_send_receive_max_number_of_messages: code and query error code differ."""
    assert refused(sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=11) == {
        "Code": "InvalidParameterValue",
        "Message": "Value 11 for parameter MaxNumberOfMessages is invalid. "
        "Reason: Must be between 1 and 10, if provided.",
        "QueryErrorCode": "InvalidParameterValueException",
        "Type": "Sender",
    }


@pytest.mark.fidelity("SQS", "`*` asks for all message attributes, too.", source=RECORDING)
def test_an_asterisk_asks_for_all_attributes(sqs: Any, url: str) -> None:
    """test_receive_message_message_attribute_names_filters."""
    sqs.send_message(QueueUrl=url, MessageBody="msg", MessageAttributes={"Hello": text("There")})
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["*"])["Messages"]
    assert message["MessageAttributes"] == {"Hello": text("There")}


@pytest.mark.parametrize("operation", ["delete_message_batch", "change_message_visibility_batch"])
def test_too_many_entries_are_told_first(sqs: Any, url: str, operation: str) -> None:
    """test_delete_message_batch_with_too_large_batch: also when handles repeat."""
    entries = [{"Id": str(number), "ReceiptHandle": "x"} for number in range(20)]
    if operation.startswith("change"):
        entries = [{**entry, "VisibilityTimeout": 123} for entry in entries]
    error = refused(getattr(sqs, operation), QueueUrl=url, Entries=entries)
    assert error["QueryErrorCode"] == "TooManyEntriesInBatchRequest"
    assert error["Message"] == "Maximum number of entries per request are 10. You have sent 20."


def test_an_entry_that_is_too_long_fails_alone(sqs: Any, url: str) -> None:
    """test_send_batch_message_size: in other words than a single message."""
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "1024"})
    entries = [{"Id": "long", "MessageBody": "a" * 1025}, {"Id": "short", "MessageBody": "a"}]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [sent["Id"] for sent in answer["Successful"]] == ["short"]
    assert answer["Failed"] == [
        {
            "Code": "InvalidParameterValue",
            "Id": "long",
            "Message": "One or more parameters cannot be validated. "
            "Reason: Message must be shorter than 1024 bytes.",
            "SenderFault": True,
        }
    ]


def test_no_tags_are_left_out(sqs: Any, url: str) -> None:
    """test_tag_untag_queue: an answer without tags has no `Tags`."""
    sqs.tag_queue(QueueUrl=url, Tags={"tag1": "value1", "tag2": ""})
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"tag1": "value1", "tag2": ""}
    sqs.untag_queue(QueueUrl=url, TagKeys=["tag1", "tag2"])
    assert "Tags" not in sqs.list_queue_tags(QueueUrl=url)


@pytest.mark.fidelity(
    "SQS", "AddPermission adds a statement, RemovePermission takes it away.", source=RECORDING
)
def test_permissions_come_and_go(sqs: Any, url: str) -> None:
    """test_sqs_permission_lifecycle."""

    def policy() -> dict[str, Any] | None:
        asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
        return json.loads(asked["Attributes"]["Policy"]) if "Attributes" in asked else None

    asked = {"QueueUrl": url, "AWSAccountIds": ["668614515564"], "Actions": ["ReceiveMessage"]}
    sqs.add_permission(**asked, Label="cross")
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    assert policy() == {
        "Version": "2008-10-17",
        "Id": f"{arn['QueueArn']}/SQSDefaultPolicy",
        "Statement": [
            {
                "Sid": "cross",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::668614515564:root"},
                "Action": "SQS:ReceiveMessage",
                "Resource": arn["QueueArn"],
            }
        ],
    }
    assert refused(sqs.add_permission, **asked, Label="cross")["Message"] == (
        "Value cross for parameter Label is invalid. Reason: Already exists."
    )
    sqs.remove_permission(QueueUrl=url, Label="cross")
    assert policy() is None
    assert refused(sqs.remove_permission, QueueUrl=url, Label="cross")["Message"] == (
        "Value cross for parameter Label is invalid. Reason: can't find label."
    )


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("FifoQueue", "false", "Unknown Attribute FifoQueue."),
        ("ContentBasedDeduplication", "true", "Unknown Attribute ContentBasedDeduplication."),
        (
            "DeduplicationScope",
            "queue",
            "You can specify the DeduplicationScope only when FifoQueue is set to true.",
        ),
        (
            "FifoThroughputLimit",
            "perQueue",
            "You can specify the FifoThroughputLimit only when FifoQueue is set to true.",
        ),
    ],
)
def test_a_standard_queue_has_no_fifo_attribute(
    sqs: Any, attribute: str, value: str, message: str
) -> None:
    """test_create_standard_queue_with_fifo_attribute_raises_error."""
    error = refused(sqs.create_queue, QueueName="standard", Attributes={attribute: value})
    assert (error["Code"], error["Message"]) == ("InvalidAttributeName", message)


def test_only_a_fifo_queue_is_named_like_one(sqs: Any) -> None:
    """test_standard_queue_cannot_have_fifo_suffix, validated without an answer on record."""
    error = refused(sqs.create_queue, QueueName="standard.fifo")
    assert error["Code"] == "InvalidParameterValue"


@pytest.mark.parametrize("value", ["", "a" * 129, "group 123"])
@pytest.mark.parametrize("parameter", ["MessageGroupId", "MessageDeduplicationId"])
@pytest.mark.fidelity(
    "SQS", "Group and deduplication ids are up to 128 visible characters.", source=RECORDING
)
def test_ids_have_visible_characters(
    sqs: Any, url: str, fifo: str, parameter: str, value: str
) -> None:
    """test_send_message_to_standard_queue_with_invalid_message_group_id and the like of FIFO."""
    wanted = {"QueueUrl": url, "MessageBody": "x", parameter: value}
    if parameter == "MessageDeduplicationId":
        wanted |= {"QueueUrl": fifo, "MessageGroupId": "g"}
    assert refused(sqs.send_message, **wanted)["Message"] == (
        f"Value {value} for parameter {parameter} is invalid. Reason: {parameter} can only "
        "include alphanumeric and punctuation characters. 1 to 128 in length."
    )


@pytest.mark.fidelity(
    "SQS", "A delay of 0 on a FIFO queue stands for the queue's own.", source=RECORDING
)
def test_a_fifo_message_without_delay_has_that_of_its_queue(sqs: Any, fifo: str) -> None:
    """test_fifo_queue_send_message_with_zero_delay_defaults_to_queue_delay."""
    sqs.set_queue_attributes(QueueUrl=fifo, Attributes={"DelaySeconds": "900"})
    ids = {"MessageGroupId": "1", "MessageDeduplicationId": "1"}
    sqs.send_message(QueueUrl=fifo, MessageBody="message-1", DelaySeconds=0, **ids)
    assert "Messages" not in sqs.receive_message(QueueUrl=fifo)


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("attr1", text("Invalid-\x08,\x0b")),
        ("aWs.-Invalid-attr", text("Valid")),
        ("AMAZON.-Invalid-attr", text("Valid")),
        (".-Invalid-attr", text("Valid")),
        ("Invalid.", text("Valid")),
        ("Invalid..Name", text("Valid")),
        ("L" * 257, text("Valid")),
        ("Attribute_name", {"DataType": f"Number.{'L' * 256}", "StringValue": "1"}),
    ],
)
def test_a_bad_message_attribute_is_refused(
    sqs: Any, url: str, name: str, attribute: dict[str, str]
) -> None:
    """test_send_message_with_invalid_string_attributes, validated without an answer on record."""
    error = refused(
        sqs.send_message, QueueUrl=url, MessageBody="test", MessageAttributes={name: attribute}
    )
    assert error["Code"] == "InvalidParameterValue"


@pytest.mark.fidelity(
    "SQS", "System attributes have a digest, that of user attributes stays.", source=RECORDING
)
def test_system_attributes_have_a_digest_of_their_own(sqs: Any, url: str) -> None:
    """test_system_attributes_have_no_effect_on_attr_md5; a batch answers likewise."""
    wanted = {
        "MessageBody": "test",
        "MessageAttributes": {"timestamp": {"DataType": "Number", "StringValue": "1493147359900"}},
        "MessageSystemAttributes": {"AWSTraceHeader": text(TRACE)},
    }
    sent = sqs.send_message(QueueUrl=url, **wanted)
    batch = sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", **wanted}])
    for answer in (sent, *batch["Successful"]):
        assert answer["MD5OfMessageAttributes"] == "235c5c510d26fb653d073faed50ae77c"
        assert answer["MD5OfMessageSystemAttributes"] == "5ae4d5d7636402d80f4eb6d213245a88"


@pytest.mark.fidelity(
    "SQS", "The X-Ray trace of a sampled request becomes AWSTraceHeader.", source=RECORDING
)
def test_a_sampled_trace_goes_with_the_message(client: Callable[..., Any], url: str) -> None:
    """test_aws_trace_header_propagation."""
    sqs = client("sqs")

    def add_trace(request: Any, **_: Any) -> None:
        request.headers["X-Amzn-Trace-Id"] = TRACE

    sqs.meta.events.register("before-send.sqs.SendMessage", add_trace)
    sqs.send_message(QueueUrl=url, MessageBody="test")
    (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["AWSTraceHeader"])["Messages"]
    assert message["Attributes"] == {"AWSTraceHeader": TRACE}


class TestByUrl:
    """The query protocol with its parameters in the URL (TestSqsQueryApi)."""

    @pytest.mark.fidelity(
        "SQS",
        "A queue's URL takes calls with their parameters in it, answered in XML or JSON.",
        source="SQS guide: sqs-making-api-requests-xml",
    )
    def test_a_message_goes_there_and_back(self, url: str) -> None:
        """test_get_send_and_receive_messages."""
        assert get(url, Action="SendMessage", MessageBody="foo & bar")[0] == 200
        status, body = get(url, Action="ReceiveMessage")
        assert status == 200
        assert "<Body>foo &amp; bar</Body>" in body
        assert "<ReceiveMessageResult/>" in get(url, Action="ReceiveMessage")[1]

    def test_the_older_name_of_system_attributes_wins(self, url: str) -> None:
        """test_message_system_attribute_names_with_attribute_names[sqs_query]."""
        get(url, Action="SendMessage", MessageBody="msg")
        asked = {"AttributeName.1": "SenderId", "MessageSystemAttributeName.1": "All"}
        body = get(url, Action="ReceiveMessage", **asked)[1]
        assert re.findall("<Name>(.*?)</Name>", body) == ["SenderId"]

    @pytest.mark.parametrize(
        ("action", "detailed"),
        [
            ("SendMessageBatch", True),
            ("DeleteMessageBatch", False),
            ("ChangeMessageVisibilityBatch", False),
        ],
    )
    def test_two_batches_tell_no_detail(self, url: str, action: str, detailed: bool) -> None:
        """test_invalid_batch_id and test_delete_message_batch_invalid_msg_id[sqs_query-]."""
        entry = f"{action}RequestEntry.1"
        parameters = {f"{entry}.Id": "invalid:id", f"{entry}.ReceiptHandle": "x"}
        parameters |= {f"{entry}.MessageBody": "x", f"{entry}.VisibilityTimeout": "0"}
        status, body = get(url, Action=action, **parameters)
        assert (status, "InvalidBatchEntryId" in body) == (400, True)
        assert ("<Detail/>" in body) is detailed

    def test_attributes_have_name_and_value(self, url: str) -> None:
        """test_get_queue_attributes_with_query_args and its like in JSON."""
        asked = {"Action": "GetQueueAttributes", "AttributeName.1": "QueueArn"}
        arn = f"arn:aws:sqs:{REGION}:123456789012:{url.rpartition('/')[2]}"
        assert (
            f"<Attribute><Name>QueueArn</Name><Value>{arn}</Value></Attribute>"
            in (get(url, **asked)[1])
        )
        document = json.loads(get(url, accept="application/json", **asked)[1])
        result = document["GetQueueAttributesResponse"]["GetQueueAttributesResult"]
        assert result["Attributes"] == [{"Name": "QueueArn", "Value": arn}]

    @pytest.mark.parametrize(
        ("parameters", "error"),
        [
            ({"Action": "SendMessage"}, ("MissingParameter", "parameter MessageBody.")),
            ({"Action": "FooBar"}, ("InvalidAction", "action FooBar is not valid for")),
            ({"Action": "ListQueues"}, ("InvalidAction", "action ListQueues is not valid for")),
            (
                {"Action": "CreateQueue", "QueueName": "new"},
                ("InvalidAction", "action CreateQueue is not valid for"),
            ),
            (
                {"Action": "GetQueueAttributes", "AttributeName.1": "Foobar"},
                ("InvalidAttributeName", "Unknown Attribute Foobar."),
            ),
        ],
    )
    def test_what_is_wrong_is_told_once(
        self, url: str, parameters: dict[str, str], error: tuple[str, str]
    ) -> None:
        """test_invalid_action_raises_exception, test_get_list_queues_fails and others."""
        status, body = get(url, **parameters)
        code, message = error
        assert status == 400
        assert f"<Type>Sender</Type><Code>{code}</Code><Message>" in body
        assert message in body
        assert "<message>" not in body

    def test_a_text_with_quotes_is_told_once(self, url: str) -> None:
        """Escaped or not, it is the same text."""
        status, body = get(url, Action="DeleteMessage", ReceiptHandle='a "handle"')
        assert status == 400
        assert "<Code>ReceiptHandleIsInvalid</Code>" in body
        assert "<message>" not in body
        assert "</Message><Detail/></Error>" in body
        told = get(
            url, accept="application/json", Action="DeleteMessage", ReceiptHandle='a "handle"'
        )
        assert json.loads(told[1])["Error"] == {
            "Type": "Sender",
            "Code": "ReceiptHandleIsInvalid",
            "Message": 'The input receipt handle "a "handle"" is not a valid receipt handle.',
        }

    def test_a_missing_queue_is_told_by_the_wsdl(self, url: str) -> None:
        """test_get_on_deleted_queue_fails: other words than those of the JSON protocol."""
        status, body = get(f"{url}-gone", Action="ReceiveMessage")
        assert status == 400
        assert "<Code>AWS.SimpleQueueService.NonExistentQueue</Code>" in body
        assert "The specified queue does not exist for this wsdl version." in body

    def test_no_action_is_an_unknown_operation(self, url: str) -> None:
        """test_get_without_query_returns_unknown_operation, whatever the caller accepts."""
        for accept in ("*/*", "application/json"):
            assert get(url, accept=accept) == (404, "<UnknownOperationException/>")
