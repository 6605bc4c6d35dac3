"""Asynchronous invocation: an event is accepted, then delivered, with AWS's retries.

A function error, or code that cannot be unpacked, is retried twice: after one minute and after two
more. Throttling, or a role that Lambda cannot assume, is retried for as long as the event lives,
after 1 second and then twice as long up to 5 minutes. An event that has become too old, has used up
its retries, or whose function may not run at all, is given up; its record goes to the destinations
(see `destinations`).
Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from labkit.cloud.functions.destinations import tell
from labkit.cloud.functions.errors import InvalidZipFile, Refused, RoleNotAssumed, Throttled
from labkit.cloud.functions.outcome import Outcome
from labkit.cloud.functions.records import Event

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

RETRY_DELAYS = (60.0, 120.0)  # seconds
FIRST_THROTTLE_DELAY = 1.0
LONGEST_THROTTLE_DELAY = 300.0


class Condition(StrEnum):
    """How the delivery of an event ended, in the words of its record."""

    SUCCESS = "Success"
    RETRIES_EXHAUSTED = "RetriesExhausted"
    EVENT_AGE_EXCEEDED = "EventAgeExceeded"
    ZERO_RESERVED_CONCURRENCY = "ZeroReservedConcurrency"


@dataclass(frozen=True)
class Patience:
    """How long and how often a function's events are tried."""

    retries: int = 2
    longest_age: float = 21_600.0  # seconds

    @classmethod
    def of(cls, config: dict[str, Any]) -> Patience:
        """What an event invoke configuration says."""
        return cls(
            retries=config.get("MaximumRetryAttempts", cls.retries),
            longest_age=config.get("MaximumEventAgeInSeconds", cls.longest_age),
        )


def next_attempt(
    event: Event, patience: Patience, *, now: float, errors: int, throttles: int
) -> float | Condition:
    """When to try again after the last of `errors` errors or `throttles` throttles, or why not.

    `throttles` counts those since the last error; it is 0 after an error.
    """
    if throttles:
        delay = min(FIRST_THROTTLE_DELAY * 2 ** min(throttles - 1, 20), LONGEST_THROTTLE_DELAY)
    elif errors > patience.retries:
        return Condition.RETRIES_EXHAUSTED
    else:
        delay = RETRY_DELAYS[errors - 1]
    due = now + delay
    return due if due - event.accepted <= patience.longest_age else Condition.EVENT_AGE_EXCEEDED


async def deliver(cloud: Cloud, event: Event) -> None:
    """Run an event's function until it succeeds or the event is given up, and tell of the end."""
    outcome: Outcome | Refused | None = None
    errors = throttles = 0
    while True:
        name = cloud.functions.catalogue.name(event.function_arn)
        try:
            function = cloud.functions.catalogue.find(name)
            reserved = cloud.functions.catalogue.reserved_concurrency(name)
            config = cloud.functions.catalogue.event_config(name)
            ahead = cloud.clock.ahead
            try:
                outcome = await _attempt(cloud, event)
                errors, throttles = errors + 1, 0
            except InvalidZipFile as refused:
                outcome, errors, throttles = refused, errors + 1, 0
            except (Throttled, RoleNotAssumed) as refused:
                outcome, throttles = outcome or refused, throttles + 1
        except Refused:
            return  # the function has been deleted, and with it whom to tell
        now = cloud.clock.unturned(ahead)
        end: float | Condition
        if throttles == 0 and isinstance(outcome, Outcome) and outcome.function_error is None:
            end = Condition.SUCCESS
        elif reserved == 0:
            end = Condition.ZERO_RESERVED_CONCURRENCY
        else:
            patience = Patience.of(config)
            end = next_attempt(event, patience, now=now, errors=errors, throttles=throttles)
        if isinstance(end, Condition):
            told = config.get("DestinationConfig") or {}
            tell(cloud, function, event, end, outcome, attempts=errors, destinations=told)
            return
        await cloud.clock.sleep_until(end)


async def _attempt(cloud: Cloud, event: Event) -> Outcome:
    return await cloud.functions.invoke(
        event.function_arn,
        event.payload,
        client_context=event.client_context,
        request_id=event.request_id,
        trace=event.trace,
    )
