"""A subscriber's lane: order, retries on the lab's clock, patience."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from labkit.cloud.clock import Clock
from labkit.cloud.notifications.delivery_policy import RetryPolicy
from labkit.cloud.notifications.errors import DeliveryFailed, DeliveryRefused
from labkit.cloud.notifications.lane import ATTEMPT_TIMEOUT, Lane, within
from labkit.cloud.tasks import Tasks


class Subscriber:
    """A subscriber that notes what it is offered, and behaves as it is told."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.tasks = Tasks()
        self.lane = Lane(self.clock, self.tasks, "test")
        self.offered: list[str] = []
        self.buried: list[str] = []
        self.fault: Exception | None = None
        self.hangs: set[str] = set()
        self.meanwhile: Callable[[], object] = lambda: None
        self.noted = asyncio.Condition()

    def send(self, text: str, policy: RetryPolicy | None = None, gap: float = 0.0) -> None:
        """Put a message on the lane."""
        self.lane.deliver(
            partial(self._take, text),
            policy=policy or RetryPolicy(),
            give_up=partial(self._bury, text),
            gap=gap,
        )

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for a note that makes `reached` true, and for the lane to deal with it."""
        async with asyncio.timeout(5), self.noted:
            await self.noted.wait_for(reached)
        for _ in range(10):
            await asyncio.sleep(0)

    async def _take(self, text: str) -> None:
        async with self.noted:
            self.offered.append(text)
            self.noted.notify_all()
        if text in self.hangs:
            await asyncio.Event().wait()
        self.meanwhile()
        if self.fault:
            raise self.fault

    async def _bury(self, text: str) -> None:
        async with self.noted:
            self.buried.append(text)
            self.noted.notify_all()


def with_subscriber(test: Callable[[Subscriber], Awaitable[None]]) -> None:
    """Run a test on a loop of its own, and leave nothing behind."""

    async def run() -> None:
        subscriber = Subscriber()
        try:
            await test(subscriber)
        finally:
            await subscriber.tasks.stop()
            subscriber.clock.reset()

    asyncio.run(run())


@pytest.mark.fidelity(
    "SNS",
    "A prompt subscriber gets a standard topic's messages in order.",
    differs="AWS promises no order on a standard topic; a lesson looks the same at every run.",
)
def test_messages_arrive_in_order():
    """A prompt subscriber gets what was published in the order of publishing."""

    async def test(subscriber: Subscriber) -> None:
        texts = [str(number) for number in range(50)]
        for text in texts:
            subscriber.send(text)
        await subscriber.until(lambda: len(subscriber.offered) == 50)
        assert subscriber.offered == texts

    with_subscriber(test)


@pytest.mark.fidelity(
    "SNS",
    "Retries have no jitter.",
    source="SNS guide: sns-message-delivery-retries",
    differs="A lesson looks the same at every run.",
)
def test_a_failure_is_retried_on_the_labs_clock_and_then_given_up():
    """Four attempts 20 s apart cost no real time; the last failure buries the message."""

    async def test(subscriber: Subscriber) -> None:
        subscriber.fault = DeliveryFailed("500")
        subscriber.send("order")
        for attempts in (1, 2, 3):
            await subscriber.until(lambda n=attempts: len(subscriber.offered) == n)
            assert subscriber.buried == []
            subscriber.clock.advance(20)
        await subscriber.until(lambda: subscriber.buried == ["order"])
        assert len(subscriber.offered) == 4

    with_subscriber(test)


def test_a_turn_of_the_clock_counts_while_an_answer_is_on_its_way():
    """The wait for a retry begins with the answer, as if the clock had been turned after it."""

    async def test(subscriber: Subscriber) -> None:
        subscriber.fault = DeliveryFailed("500")
        subscriber.meanwhile = lambda: subscriber.clock.advance(20)
        subscriber.send("order")
        await subscriber.until(lambda: subscriber.buried == ["order"])
        assert len(subscriber.offered) == 4

    with_subscriber(test)


def test_a_retry_that_succeeds_ends_the_matter():
    """A subscriber that recovers gets its message and nothing is buried."""

    async def test(subscriber: Subscriber) -> None:
        subscriber.fault = DeliveryFailed("500")
        subscriber.send("order")
        await subscriber.until(lambda: len(subscriber.offered) == 1)
        subscriber.fault = None
        subscriber.clock.advance(20)
        await subscriber.until(lambda: len(subscriber.offered) == 2)
        assert (subscriber.buried, subscriber.tasks.names()) == ([], [])

    with_subscriber(test)


def test_a_failing_message_does_not_hold_up_the_next():
    """While one message waits for its retry, others are delivered."""

    async def test(subscriber: Subscriber) -> None:
        subscriber.fault = DeliveryFailed("500")
        subscriber.send("first")
        await subscriber.until(lambda: subscriber.offered == ["first"])
        subscriber.fault = None
        subscriber.send("second")
        await subscriber.until(lambda: subscriber.offered == ["first", "second"])

    with_subscriber(test)


def test_a_refusal_is_not_retried():
    """A client-side error buries the message at once."""

    async def test(subscriber: Subscriber) -> None:
        subscriber.fault = DeliveryRefused("404")
        subscriber.send("order")
        await subscriber.until(lambda: subscriber.buried == ["order"])
        assert len(subscriber.offered) == 1

    with_subscriber(test)


def test_an_unexpected_error_is_a_failed_attempt():
    """A fault of our own loses no message: it is tried again like any failure."""

    async def test(subscriber: Subscriber) -> None:
        subscriber.fault = RuntimeError("boom")
        subscriber.send("order", RetryPolicy(retries=1, minimum=1, maximum=1))
        await subscriber.until(lambda: len(subscriber.offered) == 1)
        subscriber.fault = None
        subscriber.clock.advance(1)
        await subscriber.until(lambda: len(subscriber.offered) == 2)

    with_subscriber(test)


@pytest.mark.fidelity(
    "SNS",
    "An attempt times out after 15 s; a subscriber that hangs holds up only itself.",
    source="SNS guide: SendMessageToHttp.prepare",
)
def test_a_hanging_delivery_holds_up_no_other_and_times_out():
    """Messages behind one that hangs are delivered; it fails after 15 s and is retried."""

    async def test(subscriber: Subscriber) -> None:
        subscriber.hangs = {"stuck"}
        for text in ("stuck", "a", "b", "c"):
            subscriber.send(text)
        await subscriber.until(lambda: subscriber.offered == ["stuck", "a", "b", "c"])
        subscriber.hangs = set()
        subscriber.clock.advance(15)
        for _ in range(10):
            await asyncio.sleep(0)
        subscriber.clock.advance(20)
        await subscriber.until(lambda: subscriber.offered[-1] == "stuck")
        assert subscriber.buried == []

    with_subscriber(test)


@pytest.mark.fidelity(
    "SNS",
    "maxReceivesPerSecond keeps attempts apart.",
    source="SNS guide: creating-delivery-policy",
)
def test_a_throttle_keeps_attempts_apart():
    """With one receive a second, the second message waits for the clock."""

    async def test(subscriber: Subscriber) -> None:
        subscriber.send("first", gap=1.0)
        subscriber.send("second", gap=1.0)
        await subscriber.until(lambda: subscriber.offered == ["first"])
        assert subscriber.offered == ["first"]
        subscriber.clock.advance(1)
        await subscriber.until(lambda: subscriber.offered == ["first", "second"])

    with_subscriber(test)


def test_a_stopped_lane_drops_what_waits():
    """After stop nothing is offered any more, and no task is left."""

    async def test(subscriber: Subscriber) -> None:
        subscriber.fault = DeliveryFailed("500")
        subscriber.send("order")
        await subscriber.until(lambda: len(subscriber.offered) == 1)
        subscriber.lane.stop()
        subscriber.clock.advance(100)
        for _ in range(10):
            await asyncio.sleep(0)
        assert (len(subscriber.offered), subscriber.tasks.names()) == (1, [])

    with_subscriber(test)


def test_turning_the_clock_fails_no_delivery_that_is_about_to_end():
    """What is under way has a moment to end: otherwise what was delivered would be sent twice."""

    async def test() -> str:
        clock, answered = Clock(), asyncio.Event()

        async def work() -> str:
            await answered.wait()
            return "delivered"

        attempt = asyncio.ensure_future(within(clock, ATTEMPT_TIMEOUT, work()))
        await asyncio.sleep(0)
        clock.advance(ATTEMPT_TIMEOUT + 1)
        await asyncio.sleep(0)
        answered.set()
        return await attempt

    assert asyncio.run(test()) == "delivered"
