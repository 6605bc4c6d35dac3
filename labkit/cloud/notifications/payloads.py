"""What SNS sends, field for field: envelopes, HTTP headers, Lambda events, queue attributes.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html, and the recordings of
real deliveries by the LocalStack project (test_subscribe_external_http_endpoint).
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

from labkit.cloud.notifications.publication import Publication

USER_AGENT = "Amazon Simple Notification Service Agent"
CONTENT_TYPE = "text/plain; charset=UTF-8"  # though the body is JSON

# SNS's own order of fields.
FIELD_ORDER = (
    "Type", "MessageId", "SequenceNumber", "Token", "TopicArn", "Subject", "Message",
    "SubscribeURL", "Timestamp", "SignatureVersion", "Signature", "SigningCertURL",
    "UnsubscribeURL", "MessageAttributes",
)  # fmt: skip

CONFIRM = (
    "You have chosen to subscribe to the topic {topic_arn}.\n"
    "To confirm the subscription, visit the SubscribeURL included in this message."
)
UNSUBSCRIBED = (
    "You have chosen to deactivate subscription {subscription_arn}.\n"
    "To cancel this operation and restore the subscription, "
    "visit the SubscribeURL included in this message."
)


def subscribe_url(endpoint_url: str, topic_arn: str, token: str) -> str:
    """The link that confirms a subscription."""
    return f"{endpoint_url}/?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}"


def unsubscribe_url(endpoint_url: str, subscription_arn: str) -> str:
    """The link that ends a subscription."""
    return f"{endpoint_url}/?Action=Unsubscribe&SubscriptionArn={quote(subscription_arn, ':')}"


def confirmation(
    kind: str,
    *,
    message_id: str,
    topic_arn: str,
    subscription_arn: str,
    token: str,
    timestamp: str,
    endpoint_url: str,
    signature_version: str,
) -> dict[str, Any]:
    """An unsigned SubscriptionConfirmation or UnsubscribeConfirmation."""
    text = CONFIRM if kind == "SubscriptionConfirmation" else UNSUBSCRIBED
    return {
        "Type": kind,
        "MessageId": message_id,
        "Token": token,
        "TopicArn": topic_arn,
        "Message": text.format(topic_arn=topic_arn, subscription_arn=subscription_arn),
        "SubscribeURL": subscribe_url(endpoint_url, topic_arn, token),
        "Timestamp": timestamp,
        "SignatureVersion": signature_version,
    }


def notification(publication: Publication, protocol: str, unsubscribe: str) -> dict[str, Any]:
    """An unsigned Notification for subscribers of `protocol`."""
    document: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": publication.message_id,
        "TopicArn": publication.topic_arn,
        "Message": publication.text_for(protocol),
        "Timestamp": publication.timestamp,
    }
    if publication.sequence_number:
        document["SequenceNumber"] = publication.sequence_number
    else:  # messages of FIFO topics are not signed
        document["SignatureVersion"] = publication.signature_version
    document["UnsubscribeURL"] = unsubscribe
    if publication.subject:
        document["Subject"] = publication.subject
    if publication.delivered_attributes:
        document["MessageAttributes"] = publication.delivered_attributes
    return document


def render(document: dict[str, Any]) -> str:
    """A document as SNS writes it: its order of fields, two spaces, and spaces around the colon."""
    ordered = {name: document[name] for name in FIELD_ORDER if name in document}
    return json.dumps(ordered, indent=2, separators=(",", " : "), ensure_ascii=False)


def http_headers(
    kind: str,
    *,
    message_id: str,
    topic_arn: str,
    subscription_arn: str | None = None,
    raw: bool = False,
    content_type: str = CONTENT_TYPE,
) -> dict[str, str]:
    """The headers of a POST; a subscription to be confirmed has no ARN yet."""
    headers = {
        "x-amz-sns-message-type": kind,
        "x-amz-sns-message-id": message_id,
        "x-amz-sns-topic-arn": topic_arn,
    }
    if subscription_arn:
        headers["x-amz-sns-subscription-arn"] = subscription_arn
    if raw:
        headers["x-amz-sns-rawdelivery"] = "true"
    return headers | {
        "Content-Type": content_type,
        "Connection": "Keep-Alive",
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "gzip,deflate",
    }


def lambda_event(document: dict[str, Any], subscription_arn: str) -> dict[str, Any]:
    """The event of a subscribed function, from a signed Notification.

    Two names differ in case, and Subject and MessageAttributes are always there.
    https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
    """
    sns = {
        "Type": document["Type"],
        "MessageId": document["MessageId"],
        "TopicArn": document["TopicArn"],
        "Subject": document.get("Subject"),
        "Message": document["Message"],
        "Timestamp": document["Timestamp"],
        "SignatureVersion": document["SignatureVersion"],
        "Signature": document["Signature"],
        "SigningCertUrl": document["SigningCertURL"],
        "UnsubscribeUrl": document["UnsubscribeURL"],
        "MessageAttributes": document.get("MessageAttributes", {}),
    }
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription_arn,
        "Sns": sns,
    }
    return {"Records": [record]}


def queue_attributes(attributes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A publication's attributes as the message attributes of a raw delivery to SQS.

    >>> queue_attributes({"price": {"Type": "Number", "Value": "3"}})
    {'price': {'DataType': 'Number', 'StringValue': '3'}}
    """
    mapped = {}
    for name, attribute in attributes.items():
        if attribute["Type"].startswith("Binary"):
            value = {"BinaryValue": base64.b64decode(attribute["Value"])}
        else:
            value = {"StringValue": str(attribute["Value"])}
        mapped[name] = {"DataType": attribute["Type"], **value}
    return mapped
