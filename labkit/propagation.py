"""Patience with AWS: some changes take seconds to reach every server, and calls fail until then.

A role made a moment ago cannot be assumed yet, its new permissions are not seen yet, and the name
of a deleted queue is blocked for a minute. The local cloud has no such delays, so this is used on
AWS only. It joins botocore's own retries: the handler says how long to wait, or nothing.
"""

from __future__ import annotations

from typing import Any

# What each service says while a change is on its way (aws-behaviour: roles take about 10 s).
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (eventual consistency)
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
PASSING = (
    "cannot be assumed by Lambda",
    "does not have permissions to call",
    "Please ensure the role can perform",
    "must wait 60 seconds",
)
PAUSE = 3  # seconds between two tries
TRIES = 25  # longer than the minute for which SQS blocks a deleted queue's name


def be_patient(client: Any) -> None:
    """Make a boto3 client repeat a call that AWS refuses only for the moment."""
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"needs-retry.{service}", _pause_of_event)


def pause(error_message: str, attempts: int) -> int | None:
    """Seconds to wait before the same call is made again; None when that would not help.

    >>> pause("The role defined for the function cannot be assumed by Lambda.", attempts=1)
    3
    >>> pause("Stream not found", attempts=1) is None
    True
    """
    passing = any(text in error_message for text in PASSING)
    return PAUSE if passing and attempts < TRIES else None


def _pause_of_event(response: Any, attempts: int, **_: Any) -> int | None:
    if response is None:
        return None
    message = response[1].get("Error", {}).get("Message", "")
    return pause(message, attempts)
