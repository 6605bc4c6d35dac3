"""One clock for everything in the local cloud, and the one way to wait on it.

Visibility timeouts, retries, back-off and retention all read this clock, and moto reads it too:
`advance` moves the time of the whole process with `time-machine`, then wakes whatever has become
due. Nothing in the cloud sleeps and polls: a consumer waits for a `Signal` that its producer
rings, or for an instant of this clock, whichever comes first.
"""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime

import time_machine

from labkit.cloud.activity import Activity
from labkit.cloud.schedule import Schedule

# Python's dates end with the year 9999, and much becomes due only years from now.
LATEST = datetime(9000, 1, 1, tzinfo=UTC).timestamp()


class Signal:
    """What a producer rings and consumers wait for.

    All of the cloud runs on one event loop, so the pattern below cannot miss a ring: nothing else
    runs between the test of the condition and the wait.

        while not queue.has_visible():
            await clock.wait(queue.arrival, until=queue.next_due())
    """

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[bool]] = set()

    def ring(self) -> None:
        """Wake every consumer that waits now."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(True)


class Clock:
    """The time of the local cloud, in seconds since the epoch."""

    def __init__(self) -> None:
        self.activity = Activity()
        self._alarms: Schedule[asyncio.Future[bool]] = Schedule()
        self._timer: asyncio.TimerHandle | None = None
        self._ahead = 0.0
        self._traveller: time_machine.travel | None = None

    @property
    def ahead(self) -> float:
        """Seconds that this clock runs ahead of the machine's."""
        return self._ahead

    def now(self) -> float:
        """Seconds since the epoch, on this clock."""
        return time.time()

    def unturned(self, ahead: float) -> float:
        """What this clock would show if nobody had turned it since it was `ahead`.

        A function or a subscriber takes its time on the machine, whatever this clock says. What
        waits after its answer waits from here, so that a turn counts towards that wait whether it
        comes after the answer or while it is on its way.
        """
        return self.now() - (self._ahead - ahead)

    async def wait(self, signal: Signal, *, until: float | None = None) -> bool:
        """Wait until `signal` rings (True) or the clock reaches `until` (False)."""
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        signal._waiters.add(waiter)
        self.activity.rest()
        if until is not None:
            self._alarms.put(waiter, until)
            if self._alarms.first() == until:
                self._arm()
        try:
            return await waiter
        finally:
            signal._waiters.discard(waiter)
            self._alarms.discard(waiter)
            waiter.cancel()

    async def sleep_until(self, due: float) -> None:
        """Wait until the clock reaches `due`."""
        await self.wait(Signal(), until=due)

    @property
    def waiting(self) -> int:
        """How many wait for an instant of this clock."""
        return len(self._alarms)

    def advance(self, seconds: float) -> float:
        """Move the clock forward and wake what has become due; return the new time."""
        if not 0 <= seconds < math.inf:
            raise ValueError(f"The clock only moves forward, not by {seconds} seconds.")
        if time.time() + seconds > LATEST:
            raise ValueError("The clock stays before the year 9000")
        traveller = time_machine.travel(time.time() + seconds, tick=True)
        self._stop_travelling()
        self._ahead += seconds
        self._traveller = traveller
        self._traveller.start()
        self._ring_due()
        return self.now()

    def reset(self) -> None:
        """Return to the machine's own time."""
        self._stop_travelling()
        self._ahead = 0.0
        self._ring_due()

    def _stop_travelling(self) -> None:
        if self._traveller is not None:
            self._traveller.stop()
            self._traveller = None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (due := self._alarms.first()) is not None:
            delay = max(0.0, due - self.now())
            self._timer = asyncio.get_running_loop().call_later(delay, self._ring_due)

    def _ring_due(self) -> None:
        for waiter in self._alarms.pop_due(self.now()):
            if not waiter.done():
                waiter.set_result(False)
        self._arm()
