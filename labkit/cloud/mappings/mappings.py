"""The pollers of all mappings: one for each, started and stopped as the mapping is changed.

A poller is a task of its own, so no mapping ever waits for another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from labkit.cloud.mappings.in_flight import InFlight
from labkit.cloud.mappings.kinds import Kind
from labkit.cloud.mappings.mapping import Mapping, State
from labkit.cloud.mappings.queue_source import QueueSource
from labkit.cloud.mappings.stream_source import StreamSource

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

log = logging.getLogger(__name__)

BACK_OFF = 1.0  # seconds after an error that a poller does not know


class Poller:
    """One mapping at work."""

    def __init__(self, cloud: Cloud, mapping: Mapping) -> None:
        self._cloud = cloud
        self._mapping = mapping
        self._task: asyncio.Task[Any] | None = None
        self.in_flight = InFlight(cloud.tasks)
        if mapping.kind is Kind.STREAM:
            self._source: QueueSource | StreamSource = StreamSource(cloud, mapping, self.in_flight)
        else:
            self._source = QueueSource(cloud, mapping, self.in_flight)

    def start(self) -> None:
        """Poll with the mapping's present settings, or settle down if it is disabled."""
        self.pause()
        work = self._poll(self._task) if self._mapping.enabled else self._come_to_rest()
        self._task = self._cloud.tasks.start(work, name=f"mapping {self._mapping.uuid}")

    def pause(self) -> None:
        """Stop polling; what is under way goes on."""
        if self._task is not None:
            self._task.cancel()

    async def finish(self, then: Callable[[], object]) -> None:
        """Call `then` once nothing is under way."""
        await self.in_flight.fewer_than(1, self._cloud.clock)
        then()

    async def stop(self) -> None:
        """Stop polling and give up what is under way."""
        if self._task is not None:
            await self._cloud.tasks.cancel(self._task)
        await self.in_flight.cancel()

    async def _poll(self, previous: asyncio.Task[Any] | None) -> None:
        if previous is not None:
            await asyncio.wait([previous])
        self._mapping.state = State.ENABLED
        while True:
            try:
                await self._source.run()
                return
            except Exception as error:  # a mapping that is enabled goes on, whatever it has met
                log.exception("mapping %s", self._mapping.uuid)
                self._mapping.last_processing_result = f"PROBLEM: {error}"
                await self._cloud.clock.sleep_until(self._cloud.clock.now() + BACK_OFF)

    async def _come_to_rest(self) -> None:
        await self.in_flight.fewer_than(1, self._cloud.clock)
        self._mapping.state = State.DISABLED


class Mappings:
    """The data plane of event source mappings."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._pollers: dict[str, Poller] = {}

    def create(self, mapping: Mapping) -> None:
        """Start the poller of a new mapping."""
        poller = self._pollers[mapping.uuid] = Poller(self._cloud, mapping)
        poller.start()

    def update(self, mapping: Mapping) -> None:
        """Go on with the changed settings of a mapping, enabled or disabled."""
        self._pollers[mapping.uuid].start()

    def delete(self, mapping: Mapping, *, forget: Callable[[], object]) -> None:
        """Stop polling, and call `forget` when no invocation is under way any more."""
        poller = self._pollers.pop(mapping.uuid)
        poller.pause()
        if not poller.in_flight:
            forget()
            return
        self._cloud.tasks.start(poller.finish(forget), name=f"end of mapping {mapping.uuid}")

    async def reset(self) -> None:
        """Stop every poller, and forget every mapping."""
        pollers, self._pollers = list(self._pollers.values()), {}
        for poller in pollers:
            await poller.stop()
