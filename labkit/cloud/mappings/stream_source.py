"""Polls a DynamoDB stream for one mapping: every shard in order, retried in place.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html. A reader shares the records of a shard
out to lanes; each lane works off one batch at a time, and a batch that fails blocks its lane until
`retries` lets it go. The position outlives updates and pauses, so nothing is skipped or repeated.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from labkit.cloud.clock import Signal
from labkit.cloud.functions import counts, destinations
from labkit.cloud.functions.errors import FunctionNotFound, Refused
from labkit.cloud.mappings import (
    configuration,
    events,
    filters,
    outcomes,
    permissions,
    retries,
    sources,
)
from labkit.cloud.mappings.in_flight import InFlight
from labkit.cloud.mappings.lanes import Lane, lane_of, rearranged
from labkit.cloud.mappings.mapping import CALL_FAILED, OK, Mapping
from labkit.cloud.mappings.retries import Batch, RetryPolicy, Step

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud
    from labkit.cloud.streams.shard import LabStreamShard

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
LARGEST_READ = 1000
# So many records may wait in the lanes of a shard before its reader pauses.
READ_AHEAD = 10_000


class StreamSource:
    """The poller of one mapping of a table's stream, which has one shard."""

    def __init__(self, cloud: Cloud, mapping: Mapping, in_flight: InFlight) -> None:
        self._cloud = cloud
        self._clock = cloud.clock
        self._mapping = mapping
        self._in_flight = in_flight
        self._lanes: list[Lane] = []
        self._progress = Signal()
        self._cursor: int | None = None
        if mapping.enabled and (shard := sources.find_shard(mapping)) is not None:
            # At once, so that LATEST misses nothing that is written from here on.
            self._cursor = self._start_of(shard)

    async def run(self) -> None:
        """Poll until cancelled; return when the stream is gone."""
        await self._in_flight.fewer_than(1, self._clock)
        shard = sources.find_shard(self._mapping)
        if shard is None:
            self._mapping.last_processing_result = sources.SOURCE_MISSING
            return
        settings = self._mapping.settings
        if self._cursor is None:
            self._cursor = self._start_of(shard)
        self._patterns = configuration.patterns(settings)
        self._policy = RetryPolicy(
            attempts=settings["MaximumRetryAttempts"],
            age=settings["MaximumRecordAgeInSeconds"],
            bisect=settings["BisectBatchOnFunctionError"],
        )
        self._lanes = rearranged(self._lanes, settings["ParallelizationFactor"])
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read(shard), name=f"reader of mapping {self._mapping.uuid}")
            for number, lane in enumerate(self._lanes):
                name = f"lane {number} of mapping {self._mapping.uuid}"
                group.create_task(self._work(shard, lane), name=name)

    def _start_of(self, shard: LabStreamShard) -> int:
        latest = self._mapping.settings["StartingPosition"] == "LATEST"
        return shard.latest if latest else shard.horizon

    async def _read(self, shard: LabStreamShard) -> None:
        """Share out the records of a shard; those that no filter admits are passed over."""
        while True:
            while sum(len(lane.waiting) for lane in self._lanes) >= READ_AHEAD:
                await self._clock.wait(self._progress)
            if refused := permissions.refusal(self._cloud.access, self._mapping, permissions.READ):
                self._mapping.last_processing_result = f"PROBLEM: {refused}"
                await self._clock.wait(self._cloud.access.changed)
                continue
            records = shard.records(self._cursor, LARGEST_READ)
            for record in records:
                self._cursor = int(record["dynamodb"]["SequenceNumber"])
                record = {**record, "eventSourceARN": self._mapping.event_source_arn}
                if filters.admits(self._patterns, record):
                    lane_of(record, self._lanes).append(record)
            if records:
                await asyncio.sleep(0)  # a long stream leaves others a turn between two reads
            elif shard.closed:
                self._mapping.last_processing_result = sources.SOURCE_MISSING
                return
            else:
                await self._clock.wait(shard.arrival)

    async def _work(self, shard: LabStreamShard, lane: Lane) -> None:
        """Work off a lane, one batch at a time."""
        while True:
            if not lane.batches:
                await self._gather(lane)
            while self._clock.now() < lane.resume_at:
                await self._clock.sleep_until(lane.resume_at)
            attempt = self._in_flight.start(
                self._attempt(shard, lane), name=f"batch of mapping {self._mapping.uuid}"
            )
            # A poller that is stopped here leaves its attempt to run to the end.
            await asyncio.shield(attempt)

    async def _gather(self, lane: Lane) -> None:
        """Make the next batch of a lane: full, or all there is when its window closes."""
        size = self._mapping.settings["BatchSize"]
        window = self._mapping.settings["MaximumBatchingWindowInSeconds"]
        while not lane.waiting:
            await self._clock.wait(lane.arrival)
        closes = self._clock.now() + window
        while len(lane.waiting) < size and self._clock.now() < closes:
            await self._clock.wait(lane.arrival, until=closes)
        lane.batches.extend(Batch(tuple(part)) for part in events.within_limit(lane.take(size)))
        self._progress.ring()

    async def _attempt(self, shard: LabStreamShard, lane: Lane) -> None:
        """Invoke the function once with the first batch of a lane, and settle what came of it."""
        now = self._clock.now()
        expired, alive = retries.expire(lane.batches.popleft(), self._policy, now)
        if alive is not None:
            lane.batches.appendleft(alive)
        if expired is not None:
            step = Step(discarded=expired, condition=retries.RECORD_AGE_EXCEEDED)
            self._discard(shard, step)
            return
        counts.lagged(
            self._cloud.metrics,
            self._cloud.functions.catalogue.name(self._mapping.function_arn),
            seconds=now - retries.created(alive.records[-1]),
        )
        ahead = self._clock.ahead
        try:
            outcome = await self._cloud.functions.invoke(
                self._mapping.function_arn, events.event(alive.records)
            )
        except Refused as refused:
            missing = isinstance(refused, FunctionNotFound)
            self._mapping.last_processing_result = (
                sources.FUNCTION_MISSING if missing else f"PROBLEM: {refused.message}"
            )
            step = retries.after_throttle(alive)
        else:
            verdict = outcomes.judge(
                outcome.payload,
                alive.sequence_numbers,
                function_error=outcome.function_error,
                reports=self._mapping.reports_failures,
            )
            self._mapping.last_processing_result = CALL_FAILED if verdict.failed else OK
            step = retries.after(replace(alive, outcome=outcome), verdict, self._policy)
        lane.batches.popleft()
        lane.batches.extendleft(reversed(step.retry))
        lane.resume_at = self._clock.unturned(ahead) + step.wait
        self._discard(shard, step)

    def _discard(self, shard: LabStreamShard, step: Step) -> None:
        """Tell the on-failure destination, if there is one, about a batch that is given up."""
        destination, function = self._mapping.on_failure, sources.find_function(self._mapping)
        if step.discarded is None or destination is None or function is None:
            return
        record = events.failure_record(
            step.discarded,
            condition=step.condition,
            function_arn=self._mapping.function_arn,
            shard_id=shard.id,
            stream_arn=self._mapping.event_source_arn,
            now=self._clock.now(),
        )
        session = permissions.SESSION_NAME
        text = json.dumps(record)
        problem = destinations.send(
            self._cloud, destination, text, role=function.role, session=session
        )
        if problem is not None:
            self._mapping.last_processing_result = f"PROBLEM: {destination} was not told: {problem}"
