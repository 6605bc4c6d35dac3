"""The AWS services that an HTTP API calls by itself: the integration subtype `SQS-SendMessage`.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from multidict import CIMultiDict

from labkit.cloud.gateway.backend_request import BackendRequest
from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.messages import FORM

SEND_MESSAGE = "SQS-SendMessage"
REQUIRED = {"QueueUrl", "MessageBody"}
ALLOWED = REQUIRED | {
    "DelaySeconds",
    "MessageAttributes",
    "MessageDeduplicationId",
    "MessageGroupId",
    "MessageSystemAttributes",
    "Region",
}
# The members of an attribute's value in SQS's query protocol.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_MessageAttributeValue.html
VALUES = ("DataType", "StringValue", "BinaryValue")


def problem(parameters: Mapping[str, str]) -> str | None:
    """Why these request parameters do not make a `SQS-SendMessage`, or None."""
    for name in parameters:
        if name not in ALLOWED:
            return f"Parameter: {name} does not fit schema for Operation: {SEND_MESSAGE}."
    missing = sorted(REQUIRED - set(parameters))
    return f"Missing parameters for Operation: {SEND_MESSAGE}: {missing}." if missing else None


def send_message(values: Mapping[str, str]) -> BackendRequest:
    """The request to SQS for a message with these parameters.

    Raises:
        GatewayError: 400 for attributes that are not the JSON that SQS's API has.
    """
    form = [("Action", "SendMessage")]
    for name, value in values.items():
        if name in ("MessageAttributes", "MessageSystemAttributes"):
            form += _attributes(name, value)
        elif name != "Region":
            form.append((name, value))
    return BackendRequest(
        uri="",
        method="POST",
        headers=CIMultiDict({"Content-Type": FORM}),
        query=(),
        body=urlencode(form, errors="replace").encode(),
    )


def _attributes(name: str, text: str) -> list[tuple[str, str]]:
    try:
        attributes = sorted(json.loads(text).items())
        return [
            pair
            for number, (key, value) in enumerate(attributes, 1)
            for pair in (
                (f"{name.removesuffix('s')}.{number}.Name", key),
                *(
                    (f"{name.removesuffix('s')}.{number}.Value.{member}", str(value[member]))
                    for member in VALUES
                    if member in value
                ),
            )
        ]
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise GatewayError(
            ErrorType.DEFAULT_4XX, f"Unable to read {name}: it must be a JSON object."
        ) from None
