"""Polls an SQS queue for one mapping: gathers a batch, filters it, invokes, deletes what succeeded.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html. What a failed invocation held stays in
the queue and reappears when its visibility timeout ends; the queue's own redrive policy moves it to
the dead-letter queue. Nothing here counts attempts.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from moto.sqs.exceptions import SQSException

from labkit.cloud.functions import pool
from labkit.cloud.functions.errors import FunctionNotFound, Refused, Throttled
from labkit.cloud.mappings import configuration, events, filters, outcomes, permissions, sources
from labkit.cloud.mappings.in_flight import InFlight
from labkit.cloud.mappings.kinds import Kind
from labkit.cloud.mappings.mapping import Mapping
from labkit.cloud.mappings.retries import Record, delay

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud
    from labkit.cloud.functions.outcome import Outcome
    from labkit.cloud.queues.queue import IndexedQueue

# Lambda starts with five concurrent batches and scales up from there
# (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html). Here a function has
# fewer workers, and a batch that waits for one would use up its visibility timeout.
CONCURRENT_BATCHES = min(5, pool.LARGEST)

# "Lambda sets the visibility timeout to the sum plus 30 seconds" where a window would outlast it:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
VISIBILITY_MARGIN = 30


class QueueSource:
    """The poller of one mapping of a queue."""

    def __init__(self, cloud: Cloud, mapping: Mapping, in_flight: InFlight) -> None:
        self._cloud = cloud
        self._clock = cloud.clock
        self._mapping = mapping
        self._in_flight = in_flight
        self._undeleted: str | None = None  # why what was processed could not be deleted

    async def run(self) -> None:
        """Poll until cancelled; return when the function is gone."""
        mapping = self._mapping
        self._patterns = configuration.patterns(mapping.settings)
        scaling = mapping.settings.get("ScalingConfig", {})
        limit = min(CONCURRENT_BATCHES, scaling.get("MaximumConcurrency", CONCURRENT_BATCHES))
        while True:
            await self._in_flight.fewer_than(limit, self._clock)
            queue = sources.find_queue(mapping)
            if queue is None:
                mapping.last_processing_result = sources.SOURCE_MISSING
                await self._clock.wait(sources.queue_created(mapping))
                continue
            function = sources.find_function(mapping)
            if function is None:
                mapping.last_processing_result = sources.FUNCTION_MISSING
                return
            if refused := permissions.refusal(self._cloud.access, mapping, permissions.RECEIVE):
                mapping.last_processing_result = f"PROBLEM: {refused}"
                await self._clock.wait(self._cloud.access.changed)
                continue
            mapping.last_processing_result = self._undeleted
            if not queue.has_visible():
                await self._clock.wait(queue.arrival, until=queue.next_due())
                continue
            hidden_for = visibility(
                queue.visibility_timeout,
                window=mapping.settings["MaximumBatchingWindowInSeconds"],
                function_timeout=function.timeout,
            )
            deadline = self._clock.now() + hidden_for
            if records := await self._gather(queue, hidden_for):
                work = self._work_off(queue, records, deadline)
                self._in_flight.start(work, name=f"batch of mapping {mapping.uuid}")

    async def _gather(self, queue: IndexedQueue, hidden_for: int) -> list[Record]:
        """A batch: full, heavy enough for an event, or all there is when its window closes."""
        size = self._mapping.settings["BatchSize"]
        window = self._mapping.settings["MaximumBatchingWindowInSeconds"]
        batch: dict[str, Record] = {}  # by id: a clock that is turned far shows a message again
        weight = 0
        try:
            while not queue.deleted:
                received = self._receive(queue, size - len(batch), hidden_for)
                if not batch:
                    closes = self._clock.now() + window
                batch.update((record["messageId"], record) for record in received)
                weight += sum(len(record["body"]) for record in received)
                if len(batch) == size or weight >= events.LARGEST_EVENT:
                    break
                if queue.has_visible():
                    await asyncio.sleep(0)  # filtered out: others may have a turn before the rest
                    continue
                if not batch or self._clock.now() >= closes:
                    break
                await self._clock.wait(queue.arrival, until=_sooner(closes, queue.next_due()))
        except asyncio.CancelledError:
            for record in batch.values():
                _give_back(queue, record)
            raise
        return list(batch.values())

    def _receive(self, queue: IndexedQueue, count: int, hidden_for: int) -> list[Record]:
        """Received messages as records; those that no filter admits are deleted, as on AWS."""
        records = []
        for message in queue.receive(count, hidden_for):
            record = events.message_record(
                message,
                queue_arn=queue.queue_arn,
                region=queue.region,
                windowed=self._mapping.settings["MaximumBatchingWindowInSeconds"] > 0,
            )
            if filters.admits(self._patterns, filters.of_message(record)):
                records.append(record)
            else:
                self._delete(queue, [record])
        return records

    async def _work_off(self, queue: IndexedQueue, records: list[Record], deadline: float) -> None:
        """Invoke the function with a batch and delete what it did."""
        for part in events.within_limit(records):
            outcome = await self._invoke(part, deadline)
            identifiers = [record["messageId"] for record in part]
            failed = set(identifiers)
            if outcome is not None:
                failed = set(
                    outcomes.judge(
                        outcome.payload,
                        identifiers,
                        function_error=outcome.function_error,
                        reports=self._mapping.reports_failures,
                    ).failed
                )
            self._delete(queue, [each for each in part if each["messageId"] not in failed])
            if failed and self._mapping.kind is Kind.FIFO_QUEUE:
                return  # what follows in the group waits for its turn

    def _delete(self, queue: IndexedQueue, records: list[Record]) -> None:
        """Delete messages; what may not be deleted is delivered again."""
        if not records:
            return
        refused = permissions.refusal(self._cloud.access, self._mapping, permissions.DELETE)
        self._undeleted = refused and f"PROBLEM: {refused}"
        if refused:
            self._mapping.last_processing_result = self._undeleted
            return
        for record in records:
            with suppress(SQSException):  # one that is visible again comes once more
                queue.delete_message(record["receiptHandle"])

    async def _invoke(self, records: list[Record], deadline: float) -> Outcome | None:
        """The function's answer; None when it could not be invoked before `deadline`.

        "If your function is throttled, Lambda retries until the message's visibility timeout
        expires": https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
        """
        payload = events.event(records)
        throttles = 0
        while True:
            try:
                return await self._cloud.functions.invoke(self._mapping.function_arn, payload)
            except Throttled:
                throttles += 1
                due = self._clock.now() + delay(throttles)
                await self._clock.sleep_until(min(due, deadline))
                if self._clock.now() >= deadline:
                    return None
            except FunctionNotFound:
                return None
            except Refused as refused:
                self._mapping.last_processing_result = f"PROBLEM: {refused.message}"
                return None


def visibility(queue_timeout: int, *, window: int, function_timeout: float) -> int:
    """Seconds for which a batch stays hidden: at least one, and longer than its window.

    >>> visibility(30, window=0, function_timeout=60)
    30
    >>> visibility(30, window=20, function_timeout=15)
    65
    """
    if window > 0 and window + function_timeout > queue_timeout:
        return int(window + function_timeout + VISIBILITY_MARGIN)
    return max(1, queue_timeout)


def _give_back(queue: IndexedQueue, record: Record) -> None:
    """Show a message again that no function has seen, unless the queue is gone."""
    with suppress(SQSException):
        queue.change_visibility(record["receiptHandle"], 0)


def _sooner(closes: float, due: float | None) -> float:
    return closes if due is None else min(closes, due)
