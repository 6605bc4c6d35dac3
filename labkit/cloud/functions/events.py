"""Asynchronous invocation: an event is accepted, then delivered, with AWS's retries.

A function error is retried twice, after one minute and after two more. Throttling is retried for as
long as the event lives, after 1 second and then twice as long up to 5 minutes. An event that has
become too old, or used up its retries, is given up.
Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labkit.cloud.functions.errors import Refused, Throttled
from labkit.cloud.functions.outcome import Outcome

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

log = logging.getLogger("labkit.cloud")

RETRY_DELAYS = (60.0, 120.0)  # seconds
FIRST_THROTTLE_DELAY = 1.0
LONGEST_THROTTLE_DELAY = 300.0


@dataclass(frozen=True)
class Event:
    """An accepted event; every attempt has the same request id."""

    function_arn: str
    payload: bytes
    request_id: str
    accepted: float
    client_context: str | None = None


@dataclass(frozen=True)
class Patience:
    """How long and how often a function's events are tried."""

    retries: int = 2
    longest_age: float = 21_600.0  # seconds

    @classmethod
    def of(cls, function: Any) -> Patience:
        """What the function's event invoke configuration says."""
        if not function.event_invoke_config:
            return cls()
        config = function.event_invoke_config[-1].config
        return cls(
            retries=config.get("MaximumRetryAttempts", cls.retries),
            longest_age=config.get("MaximumEventAgeInSeconds", cls.longest_age),
        )


def next_attempt(
    event: Event, patience: Patience, *, now: float, errors: int, throttles: int
) -> float | None:
    """When to try again after the last of `errors` errors or `throttles` throttles, or None.

    `throttles` counts those since the last error; it is 0 after an error.
    """
    if throttles:
        delay = min(FIRST_THROTTLE_DELAY * 2 ** min(throttles - 1, 20), LONGEST_THROTTLE_DELAY)
    elif errors > patience.retries:
        return None
    else:
        delay = RETRY_DELAYS[errors - 1]
    due = now + delay
    return due if due - event.accepted <= patience.longest_age else None


async def deliver(cloud: Cloud, event: Event) -> None:
    """Run an event's function until it succeeds or the event is given up."""
    errors = throttles = 0
    while True:
        try:
            outcome = await _attempt(cloud, event)
            if outcome is not None and outcome.function_error is None:
                return
            function = cloud.functions.catalogue.find(
                cloud.functions.catalogue.name(event.function_arn)
            )
        except Refused as refused:
            log.info("Event %s of %s: %s", event.request_id, event.function_arn, refused.message)
            return
        if outcome is None:
            throttles += 1
        else:
            errors, throttles = errors + 1, 0
        now = cloud.clock.now()
        patience = Patience.of(function)
        due = next_attempt(event, patience, now=now, errors=errors, throttles=throttles)
        if due is None:
            log.info("Event %s of %s is given up.", event.request_id, event.function_arn)
            return
        await cloud.clock.sleep_until(due)


async def _attempt(cloud: Cloud, event: Event) -> Outcome | None:
    """Try once; None means throttled."""
    try:
        return await cloud.functions.invoke(
            event.function_arn,
            event.payload,
            client_context=event.client_context,
            request_id=event.request_id,
        )
    except Throttled:
        return None
