"""Where the end of an asynchronous invocation is told: destinations and the dead-letter queue.

A destination (queue, topic or function) gets a record of request and response; a dead-letter queue
or topic gets the event itself. What cannot be told is logged and goes no further, as on AWS.
Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import ServiceException
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from werkzeug.exceptions import HTTPException

from labkit.cloud.functions.errors import Refused
from labkit.cloud.functions.outcome import Outcome
from labkit.cloud.functions.records import Event, dead_letter_attributes, invocation_record
from labkit.cloud.notifications.message_attributes import delivered_form

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
    if not (arn and denial_of(access, role, function_name, arn)):
        return None
    service = arn.split(":")[2]
    return (
        "The provided execution role does not have permissions to call "
        f"{_operation(service)} on {service.upper()}"
    )


def destination_refusal(access: Access, role: str, function_name: str, arn: str) -> str | None:
    """The same for a destination of a function's events."""
    if not denial_of(access, role, function_name, arn):
        return None
    operation = _operation(arn.split(":")[2])
    return f"The function's execution role does not have permissions to call {operation} on {arn}"


def tell(
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
        _tell(cloud, function, destination, json.dumps(record))
    dead_letters = function.dead_letter_config.get("TargetArn")
    if dead_letters and not succeeded:
        text = event.payload.decode(errors="replace") or "{}"
        _tell(cloud, function, dead_letters, text, dead_letter_attributes(event, outcome))


def send(
    cloud: Cloud,
    target_arn: str,
    text: str,
    attributes: dict[str, dict[str, str]] | None = None,
    *,
    role: str,
    session: str,
) -> str | None:
    """Send a text to a queue, a topic or a function, with a role; why not, or None."""
    service, region, account_id, name = target_arn.split(":", 5)[2:]
    if denial := denial_of(cloud.access, role, session, target_arn):
        return denial.message()
    try:
        match service:
            case "lambda":
                cloud.functions.accept(target_arn, text.encode())
            case "sqs":
                sqs_backends[account_id][region].send_message(name, text, attributes)
            case "sns":
                sns_backends[account_id][region].publish(
                    text, target_arn, message_attributes=delivered_form(attributes or {})
                )
    except (Refused, ServiceException, HTTPException) as error:
        return str(error)
    return None


def denial_of(access: Access, role: str, session: str, target_arn: str) -> Denial | None:
    """Why a role may not send to a queue, a topic or a function."""
    action = ACTIONS[target_arn.split(":")[2]]
    return access.role_denial(role, action, target_arn, session=session)


def _tell(
    cloud: Cloud,
    function: Any,
    target_arn: str,
    text: str,
    attributes: dict[str, dict[str, str]] | None = None,
) -> None:
    role, session = function.role, function.function_name
    if problem := send(cloud, target_arn, text, attributes, role=role, session=session):
        log.warning("%s was not told: %s", target_arn, problem)


def _operation(service: str) -> str:
    """The action as the refusals name it; that of a function is `InvokeFunction`."""
    return ACTIONS[service].partition(":")[2]
