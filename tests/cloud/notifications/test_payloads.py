"""What SNS sends, field for field, without a socket."""

from __future__ import annotations

import json

import pytest

from labkit.cloud.instants import iso_time
from labkit.cloud.notifications import payloads
from labkit.cloud.notifications.publication import Publication

TOPIC = "arn:aws:sns:us-east-1:123456789012:orders"
SUBSCRIPTION = f"{TOPIC}:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55"
ATTRIBUTES = {
    "country": {"Type": "String", "Value": "France"},
    "total": {"Type": "Number", "Value": "12.5"},
    "seal": {"Type": "Binary", "Value": "AAH/"},
}


def publication(**changes: object) -> Publication:
    """A publication with some fields changed."""
    fields = {
        "message_id": "m-1",
        "topic_arn": TOPIC,
        "message": "GIN + TONIC",
        "timestamp": "2026-11-23T03:41:30.000Z",
    }
    return Publication(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.fidelity(
    "SNS",
    "Subject and MessageAttributes are there only if given.",
    source="recorded: test_subscribe_external_http_endpoint",
)
def test_a_notification_holds_optional_fields_only_when_set():
    """Subject and MessageAttributes appear only if the publisher gave them."""
    plain = payloads.notification(publication(), "http", "u")
    assert list(plain) == [
        "Type", "MessageId", "TopicArn", "Message", "Timestamp", "SignatureVersion",
        "UnsubscribeURL",
    ]  # fmt: skip
    rich = payloads.notification(publication(subject="Hi", attributes=ATTRIBUTES), "http", "u")
    assert (rich["Subject"], rich["MessageAttributes"]) == ("Hi", ATTRIBUTES)


@pytest.mark.fidelity(
    "SNS",
    "With MessageStructure=json attributes are not delivered.",
    source="SNS guide: sns-message-attributes",
)
def test_a_json_structure_chooses_the_text_and_drops_the_attributes():
    """A protocol gets its own text or the default one, and no attributes, as AWS documents."""
    message = json.dumps({"default": "for all", "email": "for mail", "sqs": 1})
    structured = publication(message=message, structure="json", attributes=ATTRIBUTES)
    assert [structured.text_for(p) for p in ("email", "http", "sqs")] == [
        "for mail",
        "for all",
        "for all",
    ]
    assert "MessageAttributes" not in payloads.notification(structured, "http", "u")


@pytest.mark.fidelity(
    "SNS",
    "The JSON is written as SNS writes it: order, indent, spaces.",
    source="recorded: test_subscribe_external_http_endpoint",
)
def test_a_document_is_rendered_as_sns_writes_it():
    """Two spaces of indent, spaces around the colon, SNS's order of fields, UTF-8 as it is."""
    document = payloads.notification(publication(message="café", subject="Hi"), "http", "u")
    assert payloads.render(document) == (
        '{\n  "Type" : "Notification",\n  "MessageId" : "m-1",\n'
        f'  "TopicArn" : "{TOPIC}",\n  "Subject" : "Hi",\n  "Message" : "café",\n'
        '  "Timestamp" : "2026-11-23T03:41:30.000Z",\n  "SignatureVersion" : "1",\n'
        '  "UnsubscribeURL" : "u"\n}'
    )


@pytest.mark.fidelity(
    "SNS",
    "SubscribeURL and UnsubscribeURL lead to this cloud.",
    differs="AWS's host is not there offline.",
)
def test_confirmations_say_what_to_do():
    """Both confirmations carry AWS's text and a link with the token."""
    facts = {
        "message_id": "m-1",
        "topic_arn": TOPIC,
        "subscription_arn": SUBSCRIPTION,
        "token": "t",
        "timestamp": "now",
        "endpoint_url": "http://127.0.0.1:4566",
        "signature_version": "1",
    }
    asked = payloads.confirmation("SubscriptionConfirmation", **facts)
    assert asked["Message"] == (
        f"You have chosen to subscribe to the topic {TOPIC}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )
    assert asked["SubscribeURL"] == (
        f"http://127.0.0.1:4566/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"
    )
    ended = payloads.confirmation("UnsubscribeConfirmation", **facts)
    assert ended["Message"] == (
        f"You have chosen to deactivate subscription {SUBSCRIPTION}.\n"
        "To cancel this operation and restore the subscription, "
        "visit the SubscribeURL included in this message."
    )


@pytest.mark.fidelity(
    "SNS",
    "HTTP headers are as recorded; Content-Type is text/plain.",
    source="recorded: test_subscribe_external_http_endpoint",
)
def test_headers_name_the_subscription_only_once_it_is_confirmed():
    """The header set of each kind of message, as recorded from AWS."""
    asked = payloads.http_headers("SubscriptionConfirmation", message_id="m", topic_arn=TOPIC)
    assert asked == {
        "x-amz-sns-message-type": "SubscriptionConfirmation",
        "x-amz-sns-message-id": "m",
        "x-amz-sns-topic-arn": TOPIC,
        "Content-Type": "text/plain; charset=UTF-8",
        "Connection": "Keep-Alive",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "Accept-Encoding": "gzip,deflate",
    }
    raw = payloads.http_headers(
        "Notification",
        message_id="m",
        topic_arn=TOPIC,
        subscription_arn=SUBSCRIPTION,
        raw=True,
        content_type="text/csv",
    )
    assert raw["x-amz-sns-subscription-arn"] == SUBSCRIPTION
    assert raw["x-amz-sns-rawdelivery"] == "true"
    assert raw["Content-Type"] == "text/csv"


@pytest.mark.fidelity(
    "SNS",
    "Lambda's event spells SigningCertUrl and UnsubscribeUrl.",
    source="Lambda guide: with-sns",
)
def test_a_function_gets_sns_event_with_its_own_spelling():
    """Lambda's event spells two names differently and always has Subject and MessageAttributes."""
    document = payloads.notification(publication(), "lambda", "u")
    signed = {**document, "Signature": "s", "SigningCertURL": "c"}
    (record,) = payloads.lambda_event(signed, SUBSCRIPTION)["Records"]
    assert record["EventSource"] == "aws:sns"
    assert record["EventSubscriptionArn"] == SUBSCRIPTION
    assert record["Sns"]["SigningCertUrl"] == "c"
    assert record["Sns"]["UnsubscribeUrl"] == "u"
    assert record["Sns"]["Subject"] is None
    assert record["Sns"]["MessageAttributes"] == {}


def test_attributes_become_those_of_a_queue_message():
    """Raw delivery to SQS keeps type and value; binary values are bytes again."""
    assert payloads.queue_attributes(ATTRIBUTES) == {
        "country": {"DataType": "String", "StringValue": "France"},
        "total": {"DataType": "Number", "StringValue": "12.5"},
        "seal": {"DataType": "Binary", "BinaryValue": b"\x00\x01\xff"},
    }


def test_times_have_milliseconds_and_a_z():
    """SNS's timestamps are ISO 8601 in UTC."""
    assert iso_time(0) == "1970-01-01T00:00:00.000Z"
