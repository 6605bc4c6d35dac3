"""Where the end of an asynchronous invocation is told: destinations and the dead-letter queue.

A destination (queue, topic or function) gets a record of request and response; a dead-letter queue
or topic gets the event itself. What cannot be told is logged and goes no further, as on AWS.
Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from multidict import CIMultiDict

from labkit.cloud.callers import OF_A_SERVICE, in_the_name_of
from labkit.cloud.functions.errors import Refused
from labkit.cloud.functions.outcome import Outcome
from labkit.cloud.functions.records import Event, dead_letter_attributes, invocation_record
from labkit.cloud.messages import FORM, Request

if TYPE_CHECKING:
    from labkit.cloud.access.access import Access
    from labkit.cloud.access.denials import Denial
    from labkit.cloud.cloud import Cloud

log = logging.getLogger("labkit.cloud")

#: What an on-success or on-failure destination may be here; AWS adds event buses and buckets.
DESTINATIONS = ("sqs", "sns", "lambda")
DEAD_LETTER_TARGETS = ("sqs", "sns")
#: What the function's role must be allowed to do there.
ACTIONS = {"lambda": "lambda:InvokeFunction", "sns": "sns:Publish", "sqs": "sqs:SendMessage"}


def dead_letters_refusal(access: Access, role: str, function_name: str, arn: str) -> str | None:
    """Why a function cannot have this dead-letter queue or topic; Lambda tries when it is named.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    if not (arn and _denial(access, role, function_name, arn)):
        return None
    service = arn.split(":")[2]
    return (
        "The provided execution role does not have permissions to call "
        f"{_operation(service)} on {service.upper()}"
    )


def destination_refusal(access: Access, role: str, function_name: str, arn: str) -> str | None:
    """The same for a destination of a function's events."""
    if not _denial(access, role, function_name, arn):
        return None
    operation = _operation(arn.split(":")[2])
    return f"The function's execution role does not have permissions to call {operation} on {arn}"


async def tell(
    cloud: Cloud,
    function: Any,
    event: Event,
    condition: str,
    outcome: Outcome | Refused,
    *,
    attempts: int,
    destinations: dict[str, dict[str, str]],
) -> None:
    """Tell everybody that the function names of the end of `event`."""
    succeeded = condition == "Success"
    side = destinations.get("OnSuccess" if succeeded else "OnFailure") or {}
    if destination := side.get("Destination"):
        arn = function.function_arn
        record = invocation_record(
            event,
            condition,
            outcome,
            function_arn=f"{arn}:$LATEST" if str(function.version) == "$LATEST" else arn,
            attempts=attempts,
            now=cloud.clock.now(),
        )
        await send(cloud, function, destination, json.dumps(record))
    dead_letters = function.dead_letter_config.get("TargetArn")
    if dead_letters and not succeeded:
        text = event.payload.decode(errors="replace") or "{}"
        await send(cloud, function, dead_letters, text, dead_letter_attributes(event, outcome))


async def send(
    cloud: Cloud,
    function: Any,
    target_arn: str,
    text: str,
    attributes: dict[str, dict[str, str]] | None = None,
) -> None:
    """Send a text to a queue, a topic or a function, with the function's role."""
    service, region = target_arn.split(":")[2:4]
    if denial := _denial(cloud.access, function.role, function.function_name, target_arn):
        log.warning("%s was not told: %s", target_arn, denial.message())
        return
    if service == "lambda":
        try:
            cloud.functions.accept(target_arn, text.encode())
        except Refused as refused:
            log.warning("%s was not told: %s", target_arn, refused.message)
        return
    request = sqs_request if service == "sqs" else sns_request
    sent = request(target_arn, text, attributes or {})
    answer = await cloud.moto.call(
        in_the_name_of(OF_A_SERVICE, sent, service=service, region=region)
    )
    if answer.status >= 400:
        log.warning("%s was not told: %s", target_arn, answer.body.decode(errors="replace"))


def _denial(access: Access, role: str, function_name: str, target_arn: str) -> Denial | None:
    action = ACTIONS[target_arn.split(":")[2]]
    return access.role_denial(role, action, target_arn, session=function_name)


def _operation(service: str) -> str:
    """The action as the refusals name it; that of a function is `InvokeFunction`."""
    return ACTIONS[service].partition(":")[2]


def sqs_request(queue_arn: str, text: str, attributes: dict[str, dict[str, str]]) -> Request:
    """SendMessage."""
    account_id, name = queue_arn.split(":")[4:6]
    document = {
        "QueueUrl": f"https://queue.amazonaws.com/{account_id}/{name}",
        "MessageBody": text,
        "MessageAttributes": attributes,
    }
    headers = CIMultiDict(
        {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "AmazonSQS.SendMessage",
        }
    )
    return Request("POST", "/", headers=headers, body=json.dumps(document).encode())


def sns_request(topic_arn: str, text: str, attributes: dict[str, dict[str, str]]) -> Request:
    """Publish."""
    form = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": topic_arn, "Message": text}
    for number, (name, attribute) in enumerate(attributes.items(), start=1):
        entry = f"MessageAttributes.entry.{number}"
        form[f"{entry}.Name"] = name
        form[f"{entry}.Value.DataType"] = attribute["DataType"]
        form[f"{entry}.Value.StringValue"] = attribute["StringValue"]
    headers = CIMultiDict({"Content-Type": FORM})
    return Request("POST", "/", headers=headers, body=urlencode(form).encode())
