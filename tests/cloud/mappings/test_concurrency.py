"""How many batches of a queue are under way at once, whatever this machine's processors."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from labkit.cloud.clock import Clock
from labkit.cloud.mappings import permissions, queue_source, sources
from labkit.cloud.mappings.configuration import create
from labkit.cloud.mappings.in_flight import InFlight
from labkit.cloud.mappings.kinds import Kind
from labkit.cloud.mappings.mapping import Mapping
from labkit.cloud.queues.message import LabMessage
from labkit.cloud.queues.queue import IndexedQueue
from labkit.cloud.tasks import Tasks

MESSAGES = 12
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:orders"


class Function:
    """A function whose invocations end when they are told to."""

    def __init__(self) -> None:
        self.running = self.most = 0
        self._ends = asyncio.Semaphore(0)

    async def invoke(self, *_: Any) -> Any:
        """Run until `end`."""
        self.running += 1
        self.most = max(self.most, self.running)
        await self._ends.acquire()
        self.running -= 1
        return SimpleNamespace(payload=b"null", function_error=None)

    async def end(self, count: int) -> None:
        """Let invocations end, and wait until nothing moves any more."""
        for _ in range(count):
            self._ends.release()
        for _ in range(100):
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("scaling", "batches"),
    [
        ({}, 5),
        ({"ScalingConfig": {"MaximumConcurrency": 2}}, 2),
        ({"ScalingConfig": {"MaximumConcurrency": 3}}, 3),
        ({"ScalingConfig": {"MaximumConcurrency": 1000}}, 5),
    ],
)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "A mapping begins with five batches at once, or with MaximumConcurrency of them.",
    source="Lambda guide: services-sqs-scaling",
)
def test_so_many_batches_are_under_way(
    monkeypatch: pytest.MonkeyPatch, scaling: dict[str, Any], batches: int
) -> None:
    """As many as allowed from the first to the last message, and never one more."""
    queue = IndexedQueue("orders", "us-east-1", "123456789012")
    monkeypatch.setattr(queue_source, "CONCURRENT_BATCHES", 5)  # with processors enough
    monkeypatch.setattr(sources, "find_queue", lambda mapping: queue)
    monkeypatch.setattr(sources, "find_function", lambda mapping: SimpleNamespace(timeout=3.0))
    monkeypatch.setattr(permissions, "refusal", lambda *_: None)
    mapping = Mapping(
        uuid="u",
        arn="arn:aws:lambda:us-east-1:123456789012:event-source-mapping:u",
        kind=Kind.QUEUE,
        event_source_arn=queue.queue_arn,
        function_arn=FUNCTION,
        settings=create({"BatchSize": 1, **scaling}, Kind.QUEUE),
        enabled=True,
        last_modified=0.0,
    )

    async def scenario() -> None:
        function, tasks = Function(), Tasks()
        cloud: Any = SimpleNamespace(clock=Clock(), access=None, functions=function)
        for number in range(MESSAGES):
            queue.add_message(LabMessage(str(uuid4()), str(number), None))
        source = queue_source.QueueSource(cloud, mapping, InFlight(tasks))
        tasks.start(source.run(), name="poller")
        await function.end(0)
        assert function.running == batches
        assert queue.approximate_number_of_messages == MESSAGES - batches, "the rest is visible"
        for ended in range(1, MESSAGES + 1):
            await function.end(1)
            assert function.running == min(batches, MESSAGES - ended)
        assert function.most == batches
        assert queue.approximate_number_of_messages_not_visible == 0
        await tasks.stop()

    asyncio.run(scenario())
