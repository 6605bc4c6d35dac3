"""One subscriber's deliveries: started in order, retried by policy, and nobody else's concern.

A delivery waits for the one before it while the subscriber is prompt, so a prompt subscriber gets
its messages in order. One that takes longer than PATIENCE no longer holds up those behind it, and
at most WIDTH are under way at once. A failed delivery waits for its next attempt aside.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from labkit.cloud.clock import Clock, Signal
from labkit.cloud.notifications.counts import DeliveryCounts
from labkit.cloud.notifications.delivery_policy import RetryPolicy, next_retry
from labkit.cloud.notifications.errors import DeliveryFailed, DeliveryRefused, NoAnswer
from labkit.cloud.tasks import Tasks

log = logging.getLogger("labkit.cloud")

PATIENCE = 0.05  # seconds of real time
WIDTH = 32
# https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
ATTEMPT_TIMEOUT = 15.0  # seconds
MOMENT = 0.5  # seconds of real time that an answer may take, however the clock is turned

Attempt = Callable[[], Awaitable[None]]
GiveUp = Callable[[], Awaitable[None]]


class Lane:
    """The way to one subscriber."""

    def __init__(self, clock: Clock, tasks: Tasks, name: str) -> None:
        self._clock = clock
        self._tasks = tasks
        self._name = name
        self._deliveries: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(WIDTH)
        self._order = asyncio.Lock()
        self._turn: object = None
        self._overdue = 0
        self._earliest = 0.0

    def deliver(
        self,
        attempt: Attempt,
        *,
        policy: RetryPolicy,
        give_up: GiveUp,
        gap: float = 0.0,
        counts: DeliveryCounts | None = None,
    ) -> None:
        """Deliver in the background, with attempts at least `gap` seconds after one another.

        An attempt raises DeliveryFailed to be made again as `policy` says. After the last one, or
        on DeliveryRefused, `give_up` is called. `counts` hears how each attempt went.
        """
        delivery = self._tasks.start(
            self._deliver(attempt, policy, give_up, gap, counts), name=f"deliver to {self._name}"
        )
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)

    def stop(self) -> None:
        """Drop everything that has not been delivered."""
        for delivery in self._deliveries:
            delivery.cancel()

    async def _deliver(
        self,
        attempt: Attempt,
        policy: RetryPolicy,
        give_up: GiveUp,
        gap: float,
        counts: DeliveryCounts | None,
    ) -> None:
        for number in count(1):
            try:
                async with self._next_turn(gap):
                    ahead, latest = self._clock.ahead, self._clock.now() + ATTEMPT_TIMEOUT
                    await within(self._clock, ATTEMPT_TIMEOUT, attempt())
                if counts is not None:
                    counts.delivered()
                return
            except DeliveryRefused as error:
                reason, delay = str(error), None
            except NoAnswer as error:
                reason, delay, ended = str(error), next_retry(policy, number), latest
            except DeliveryFailed as error:
                reason, delay = str(error), next_retry(policy, number)
                ended = self._clock.unturned(ahead)
            except Exception as error:
                log.exception("delivery to %s", self._name)
                reason, delay = repr(error), next_retry(policy, number)
                ended = self._clock.unturned(ahead)
            if counts is not None:
                counts.failed(last=delay is None)
            if delay is None:
                log.warning("delivery to %s given up, attempt %d: %s", self._name, number, reason)
                await give_up()
                return
            log.info("delivery to %s, attempt %d: %s", self._name, number, reason)
            await self._clock.sleep_until(ended + delay)

    @asynccontextmanager
    async def _next_turn(self, gap: float) -> AsyncIterator[None]:
        """A turn for one attempt: they begin in the order in which they came.

        A turn ends with its attempt, or after PATIENCE: then it passes on while the attempt, which
        is overdue, goes on. As long as one is overdue nobody has patience, so that a hung
        subscriber costs the others 50 ms in all and not each.
        """
        async with self._places:
            await self._order.acquire()
            turn = self._turn = object()
            try:
                if gap:
                    await self._clock.sleep_until(self._earliest)
                    self._earliest = self._clock.now() + gap
                patience = 0 if self._overdue else PATIENCE
                timer = asyncio.get_running_loop().call_later(patience, self._pass_on)
                try:
                    yield
                finally:
                    timer.cancel()
            finally:
                if self._turn is turn:
                    self._turn = None
                    self._order.release()
                else:
                    self._overdue -= 1

    def _pass_on(self) -> None:
        self._turn = None
        self._overdue += 1
        self._order.release()


async def within(clock: Clock, seconds: float, work: Awaitable[Any]) -> Any:
    """The result of `work`, or NoAnswer when the clock reaches `seconds` from now first.

    Turning the clock makes no network faster: what has arrived must not be sent again because its
    answer was on its way when the clock was turned.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    attempt = asyncio.ensure_future(work)
    ended = Signal()
    attempt.add_done_callback(lambda _: ended.ring())
    try:
        if not await clock.wait(ended, until=clock.now() + seconds):
            await asyncio.wait({attempt}, timeout=max(0, began + MOMENT - loop.time()))
        if not attempt.done():
            raise NoAnswer(f"no answer in {seconds:.0f} s")
        return attempt.result()
    finally:
        attempt.cancel()
