"""What SQS refuses in the attributes of a queue, and how it reads a redrive policy.

Ranges are those of the SetQueueAttributes API reference
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html);
texts are AWS's as users report them and as recorded in LocalStack's test-suite (Apache-2.0).
"""

from __future__ import annotations

import json
from typing import Any

from moto.sqs.exceptions import InvalidAttributeName, InvalidAttributeValue

from labkit.cloud.queues.checks import invalid

RANGES = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
OTHERS = {
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
}
MAX_RECEIVE_COUNT = 1000
MAX_SOURCES = 10


def check_attributes(attributes: dict[str, Any]) -> None:
    """Refuse attributes that do not exist or are out of range."""
    for name, value in attributes.items():
        if name in RANGES:
            lowest, highest = RANGES[name]
            if not (str(value).isdecimal() and lowest <= int(value) <= highest):
                raise InvalidAttributeValue(name)
        elif name not in OTHERS:
            raise InvalidAttributeName(name)


def read_redrive_policy(text: str | None) -> dict[str, Any] | None:
    """The redrive policy as a dict with an integer count; None when `text` takes it away."""
    if not text:
        return None
    policy = _read_json(text, "RedrivePolicy")
    for name in ("deadLetterTargetArn", "maxReceiveCount"):
        if name not in policy:
            reason = f"Redrive policy does not contain mandatory attribute: {name}."
            raise invalid("RedrivePolicy", text, reason)
    if len(str(policy["deadLetterTargetArn"]).split(":")) != 6:
        raise invalid("RedrivePolicy", text, "Invalid value for deadLetterTargetArn.")
    count = str(policy["maxReceiveCount"])
    if not (count.isdecimal() and 1 <= int(count) <= MAX_RECEIVE_COUNT):
        raise invalid(
            "RedrivePolicy",
            text,
            f"Invalid value for maxReceiveCount: {count}, "
            f"valid values are from 1 to {MAX_RECEIVE_COUNT} both inclusive.",
        )
    return {**policy, "maxReceiveCount": int(count)}


def read_redrive_allow_policy(text: str | None) -> dict[str, Any] | None:
    """Which queues may use this one as their dead-letter queue; None for all of them."""
    if not text:
        return None
    policy = _read_json(text, "RedriveAllowPolicy")
    sources = policy.get("sourceQueueArns")
    match policy.get("redrivePermission"):
        case "allowAll" | "denyAll" if sources is None:
            return policy
        case "byQueue" if isinstance(sources, list) and 1 <= len(sources) <= MAX_SOURCES:
            return policy
    raise invalid(
        "RedriveAllowPolicy",
        text,
        "redrivePermission must be allowAll, denyAll, or byQueue "
        f"with 1 to {MAX_SOURCES} sourceQueueArns.",
    )


def allows(policy: dict[str, Any] | None, source_arn: str) -> bool:
    """Whether a queue with this RedriveAllowPolicy takes dead letters from `source_arn`."""
    match (policy or {}).get("redrivePermission", "allowAll"):
        case "byQueue":
            return source_arn in policy["sourceQueueArns"]
        case permission:
            return permission == "allowAll"


def _read_json(text: str, name: str) -> dict[str, Any]:
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict):
        raise invalid(name, text, f"{name} is not valid JSON.")
    return policy
