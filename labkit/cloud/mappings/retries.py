"""What to do with a batch from a stream once its function has answered: go on, retry, bisect, drop.

https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html: a failed batch is
retried in place, so that its shard keeps its order, until it succeeds, its retries are used up or
its records are too old. Splitting a batch and being throttled use up no retry.

AWS does not publish its back-off; here the wait doubles from one second to a minute (`delay`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from labkit.cloud.mappings.outcomes import Verdict

if TYPE_CHECKING:
    from labkit.cloud.functions.outcome import Outcome

#: Conditions of the on-failure record: recorded, and LocalStack's stream poller for the second.
RETRY_ATTEMPTS_EXHAUSTED = "RetryAttemptsExhausted"
RECORD_AGE_EXCEEDED = "RecordAgeExceeded"

#: A record leaves a DynamoDB stream after 24 hours, whatever the mapping would allow.
RETENTION = 24 * 60 * 60.0

LONGEST_DELAY = 60.0

Record = dict[str, Any]


@dataclass(frozen=True)
class RetryPolicy:
    """The error handling of a mapping; `attempts` and `age` (seconds) of -1 mean no limit."""

    attempts: int = -1
    age: float = -1
    bisect: bool = False


@dataclass(frozen=True)
class Batch:
    """Records to hand to one invocation, how often that went wrong, and the last answer."""

    records: tuple[Record, ...]
    invocations: int = 0
    throttles: int = 0
    outcome: Outcome | None = None

    @property
    def sequence_numbers(self) -> list[str]:
        """The identifiers of the records, in order."""
        return [record["dynamodb"]["SequenceNumber"] for record in self.records]


@dataclass(frozen=True)
class Step:
    """What follows an attempt: batches to process next, in order, after `wait` seconds.

    `discarded` goes to the on-failure destination, with `condition` as the reason.
    """

    retry: tuple[Batch, ...] = ()
    wait: float = 0.0
    discarded: Batch | None = None
    condition: str | None = None


def after(batch: Batch, verdict: Verdict, policy: RetryPolicy) -> Step:
    """What follows an invocation of the function with `batch`, whose outcome it has by now."""
    if not verdict.failed:
        return Step()
    first = checkpoint(batch, verdict)
    if first > 0:
        # Progress was made: the rest is a batch of its own with all of its retries (recorded: one
        # poison record, once in company, then 1 + MaximumRetryAttempts times alone).
        return Step(retry=(Batch(batch.records[first:]),), wait=delay(1))
    tried = replace(batch, invocations=batch.invocations + 1, throttles=0)
    if policy.bisect and verdict.complete and len(batch.records) > 1:
        half = len(batch.records) // 2
        halves = (Batch(batch.records[:half]), Batch(batch.records[half:]))
        return Step(retry=halves, wait=delay(1))
    if policy.attempts >= 0 and tried.invocations > policy.attempts:
        return Step(discarded=tried, condition=RETRY_ATTEMPTS_EXHAUSTED)
    return Step(retry=(tried,), wait=delay(tried.invocations))


def after_throttle(batch: Batch) -> Step:
    """What follows when the function could not be invoked: the batch waits, and only ages."""
    throttled = replace(batch, throttles=batch.throttles + 1)
    return Step(retry=(throttled,), wait=delay(throttled.throttles))


def checkpoint(batch: Batch, verdict: Verdict) -> int:
    """How many records at the front of `batch` are done: those before the lowest failed one."""
    failed = set(verdict.failed)
    numbers = batch.sequence_numbers
    return next((at for at, number in enumerate(numbers) if number in failed), len(numbers))


def expire(batch: Batch, policy: RetryPolicy, now: float) -> tuple[Batch | None, Batch | None]:
    """`batch` as (records that have become too old, records still to process); either may be None.

    >>> old, young = ({"dynamodb": {"ApproximateCreationDateTime": t}} for t in (0, 90))
    >>> expired, alive = expire(Batch((old, young)), RetryPolicy(age=60), now=100)
    >>> expired.records == (old,) and alive.records == (young,)
    True
    """
    limit = RETENTION if policy.age < 0 else min(policy.age, RETENTION)
    ages = [now - created(record) for record in batch.records]
    first = next((at for at, age in enumerate(ages) if age <= limit), len(ages))
    return _part(batch, batch.records[:first]), _part(batch, batch.records[first:])


def delay(failures: int) -> float:
    """Seconds to wait after so many failures in a row: 1, 2, 4, ... 60.

    >>> [delay(n) for n in range(1, 9)]
    [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    """
    return min(LONGEST_DELAY, 2.0 ** min(failures - 1, 16))


def created(record: Record) -> float:
    """When the change behind a stream record was made, in seconds since the epoch."""
    return float(record["dynamodb"]["ApproximateCreationDateTime"])


def _part(batch: Batch, records: tuple[Record, ...]) -> Batch | None:
    return replace(batch, records=records) if records else None
