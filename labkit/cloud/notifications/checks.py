"""What SNS refuses, with its code and text, before anything is stored.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, API_Subscribe.html,
API_SetTopicAttributes.html and API_SetSubscriptionAttributes.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.sns.exceptions import InvalidParameterValue

from labkit.cloud.notifications.filter_grammar import IN_ATTRIBUTES, IN_BODY, fault_of_filter
from labkit.cloud.notifications.policy_faults import fault_of_policy
from labkit.cloud.notifications.tokens import Fault, tokens

LARGEST_MESSAGE = 262_144  # bytes, attributes included
LONGEST_DISPLAY_NAME = 100
HTTP_PROTOCOLS = ("http", "https")
RAW_PROTOCOLS = (*HTTP_PROTOCOLS, "sqs")

MAIL_ADDRESS = r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+"

# How the endpoint of a protocol begins or looks, and what SNS says when it does not.
ENDPOINTS = {
    "http": (r"http://.+", "Endpoint must match the specified protocol"),
    "https": (r"https://.+", "Endpoint must match the specified protocol"),
    "email": (MAIL_ADDRESS, "Email address"),
    "email-json": (MAIL_ADDRESS, "Email address"),
    "sqs": (r"arn:aws[\w-]*:sqs:[\w-]+:\d{12}:[\w.-]+", "SQS endpoint ARN"),
    "lambda": (r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:.+", "Lambda endpoint ARN"),
}
TOPIC_ATTRIBUTES = re.compile(
    r"Policy|DisplayName|DeliveryPolicy|KmsMasterKeyId|SignatureVersion|TracingConfig"
    r"|ContentBasedDeduplication|FifoTopic|FifoThroughputScope"
    r"|(HTTP|Firehose|Lambda|Application|SQS)(Success|Failure)Feedback(RoleArn|SampleRate)"
)
FIFO_ATTRIBUTES = ("ContentBasedDeduplication", "FifoThroughputScope")
SUBSCRIPTION_ATTRIBUTES = {
    "DeliveryPolicy",
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
    "SubscriptionRoleArn",
}
TOPIC_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}(\.fifo)?")
# "UTF-8 text with no line breaks or control characters"; AWS takes 100, though it documents fewer
SUBJECT = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,100}")
READER = "java.io.StringReader@469cc9aa"  # as recorded; on AWS an address, of no meaning


def refuse(fault: str) -> InvalidParameterValue:
    """SNS's error for a fault in a request."""
    return InvalidParameterValue(f"Invalid parameter: {fault}")


def check_publication(
    message: str,
    *,
    subject: str | None,
    attributes: dict[str, dict[str, Any]] | None,
    structure: str | None,
) -> None:
    """Refuse a message that SNS would not take."""
    if not message:
        raise refuse("Empty message")
    if subject is not None and not SUBJECT.fullmatch(subject):
        raise refuse("Subject")
    if size_of(message, attributes) > LARGEST_MESSAGE:
        raise refuse("Message too long")
    if structure == "json":
        check_structured(message)
    elif structure:
        raise refuse("MessageStructure")


def size_of(message: str, attributes: dict[str, dict[str, Any]] | None) -> int:
    """The bytes that count towards the limit: body, and names, types and values of attributes."""
    parts = [message]
    for name, attribute in (attributes or {}).items():
        parts += [name, attribute["Type"], str(attribute["Value"])]
    return sum(len(part.encode()) for part in parts)


def check_endpoint(protocol: str, endpoint: str | None) -> None:
    """Refuse a protocol that SNS does not know and an endpoint that is not of the protocol."""
    if protocol not in ENDPOINTS:
        raise refuse(f"Amazon SNS does not support this protocol string: {protocol}")
    pattern, fault = ENDPOINTS[protocol]
    if not re.fullmatch(pattern, endpoint or ""):
        raise refuse(fault)


def check_arn(arn: str, parameter: str = "TopicArn") -> None:
    """Refuse what does not look like an ARN."""
    elements = len(arn.split(":"))
    if elements < 6:
        fault = f"An ARN must have at least 6 elements, not {elements}"
        raise refuse(f"{parameter} Reason: {fault}")


def is_topic_arn(text: str) -> bool:
    """Whether a text has the form of a topic's ARN."""
    parts = text.split(":")
    return len(parts) == 6 and parts[0] == "arn" and parts[2] == "sns"


def check_topic_attribute(name: str, value: Any, *, fifo: bool) -> None:
    """Refuse a topic attribute that SNS does not know, or a value that it does not take."""
    if not TOPIC_ATTRIBUTES.fullmatch(name):
        raise refuse("AttributeName")
    if name in FIFO_ATTRIBUTES and not fifo and str(value).lower() != "false":
        raise refuse(f"Unknown attribute {name}")
    if name == "DisplayName" and len(str(value)) > LONGEST_DISPLAY_NAME:
        # https://github.com/aws-solutions/cognito-user-profiles-export-reference-architecture/issues/7
        raise refuse("DisplayName")
    if name == "SignatureVersion" and value not in ("1", "2"):
        raise refuse("SignatureVersion")
    if name == "DeliveryPolicy" and value and (fault := fault_of_policy(value, of_topic=True)):
        raise refuse(f"DeliveryPolicy: {fault}")
    if name == "Policy" and _json_object(value) is None:
        raise refuse("Policy Error: null")


def check_subscription_attribute(
    protocol: str,
    name: str,
    value: Any,
    *,
    topic_arn: str,
    fifo: bool,
    scope: str = IN_ATTRIBUTES,
) -> None:
    """Refuse a subscription attribute that does not fit its protocol, or that is malformed.

    `fifo` says whether both the topic and the subscribed queue are FIFO, `scope` what a filter
    policy of the subscription is about.
    """
    if name not in SUBSCRIPTION_ATTRIBUTES:
        raise refuse("AttributeName")
    if name == "RawMessageDelivery":
        if str(value).lower() not in ("true", "false"):
            raise refuse(f"RawMessageDelivery: Invalid value [{value}]. Must be true or false.")
        if str(value).lower() == "true" and protocol not in RAW_PROTOCOLS:
            raise refuse(f"Delivery protocol [{protocol}] does not support raw message delivery.")
    if name == "DeliveryPolicy" and value:
        if protocol not in HTTP_PROTOCOLS:
            raise refuse(f"DeliveryPolicy: protocol [{protocol}] does not take a delivery policy")
        if fault := fault_of_policy(value, of_topic=False):
            raise refuse(f"DeliveryPolicy: {fault}")
    if name == "FilterPolicyScope" and value not in (IN_ATTRIBUTES, IN_BODY):
        raise refuse(
            f"FilterPolicyScope: Invalid value [{value}]. "
            "Please use either MessageBody or MessageAttributes"
        )
    if name == "FilterPolicy" and value and (fault := fault_of_filter(value, scope)):
        raise refuse(fault)
    if name == "RedrivePolicy" and value:
        policy = _redrive_policy(value)
        target = str(policy.get("deadLetterTargetArn"))
        if not re.fullmatch(ENDPOINTS["sqs"][0], target):
            raise refuse("RedrivePolicy: deadLetterTargetArn is an invalid arn")
        if target.split(":")[3:5] != topic_arn.split(":")[3:5]:
            # https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html, in our words
            raise refuse(
                "RedrivePolicy: deadLetterTargetArn must be of the topic's account and region"
            )
        if fifo and not target.endswith(".fifo"):
            raise refuse(
                "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO "
                "Topic."
            )


def check_structured(message: str) -> None:
    """Refuse a message of MessageStructure=json that has no text for everybody."""
    texts = _json_object(message)
    if texts is None:
        raise refuse("Message Structure - JSON message body failed to parse")
    if not isinstance(texts.get("default"), str):
        raise refuse("Message Structure - No default entry in JSON message body")


def _redrive_policy(text: str) -> dict[str, Any]:
    try:
        for _ in tokens(text, source=READER):
            pass
    except Fault as fault:
        raise refuse(f"RedrivePolicy: {fault}") from None
    except RecursionError:
        raise refuse("RedrivePolicy: failed to parse JSON") from None
    return _json_object(text) or {}


def _json_object(text: Any) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
