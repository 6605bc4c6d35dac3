"""The clock and its signals."""

from __future__ import annotations

import asyncio
import time

import pytest

from labkit.cloud.clock import Clock, Signal


def test_a_ring_wakes_every_waiter():
    """`ring` wakes all that wait, and each learns that it was rung."""

    async def scenario() -> list[bool]:
        clock, signal = Clock(), Signal()
        waiters = [asyncio.create_task(clock.wait(signal)) for _ in range(3)]
        await asyncio.sleep(0)
        signal.ring()
        return await asyncio.gather(*waiters)

    assert asyncio.run(scenario()) == [True, True, True]


@pytest.mark.fidelity(
    "The local cloud",
    "The cloud's clock can be turned forward; what is due then happens at once.",
    differs="AWS's time cannot be turned; a lesson about 12 hours takes a second.",
)
def test_advancing_wakes_what_is_due_and_nothing_else():
    """A jump of two hours wakes a wait of one hour at once, and not one of a day."""

    async def scenario() -> tuple[bool, bool]:
        clock = Clock()
        try:
            hour = asyncio.create_task(clock.wait(Signal(), until=clock.now() + 3600))
            day = asyncio.create_task(clock.wait(Signal(), until=clock.now() + 86400))
            await asyncio.sleep(0)
            clock.advance(7200)
            woken_by_ring = await hour
            still_waiting = not day.done()
            day.cancel()
            return woken_by_ring, still_waiting
        finally:
            clock.reset()

    assert asyncio.run(scenario()) == (False, True)


def test_moto_reads_the_same_clock():
    """`time.time`, which moto reads, is ahead by what the clock was advanced."""

    async def scenario() -> float:
        clock, before = Clock(), time.time()
        try:
            clock.advance(3600)
            clock.advance(60)
            return time.time() - before
        finally:
            clock.reset()

    assert asyncio.run(scenario()) == pytest.approx(3660, abs=5)


def test_a_past_instant_is_due_at_once():
    """Waiting for an instant that has passed returns without a ring."""

    async def scenario() -> bool:
        clock = Clock()
        return await clock.wait(Signal(), until=clock.now() - 1)

    assert asyncio.run(scenario()) is False


def test_what_takes_its_time_on_the_machine_can_be_told_from_turns():
    """An answer that was on its way when the clock was turned by an hour is not an hour late."""
    clock, began = Clock(), time.time()
    try:
        clock.advance(60)
        ahead = clock.ahead
        clock.advance(3600)
        assert clock.unturned(ahead) - began == pytest.approx(60, abs=5)
    finally:
        clock.reset()


def test_the_clock_does_not_run_backwards():
    """A negative advance is refused with the reason."""
    with pytest.raises(ValueError, match="only moves forward"):
        Clock().advance(-1)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 1e300, 3.2e11])
def test_an_impossible_advance_changes_nothing(seconds: float):
    """The clock is where it was, also when it had been turned before."""

    async def scenario() -> float:
        clock = Clock()
        try:
            clock.advance(60)
            with pytest.raises((ValueError, OverflowError)):
                clock.advance(seconds)
            return clock.ahead
        finally:
            clock.reset()

    assert asyncio.run(scenario()) == 60


def test_a_wait_that_was_rung_leaves_no_alarm_behind():
    """A consumer that is woken often, long before its instant, costs no memory."""

    async def scenario() -> int:
        clock, signal = Clock(), Signal()
        for _ in range(1000):
            task = asyncio.create_task(clock.wait(signal, until=clock.now() + 43200))
            await asyncio.sleep(0)
            signal.ring()
            await task
        return len(clock._alarms._heap)

    assert asyncio.run(scenario()) < 200


def test_a_cancelled_wait_leaves_nothing_behind():
    """A consumer that is stopped leaves no waiter on its signal."""

    async def scenario() -> int:
        clock, signal = Clock(), Signal()
        task = asyncio.create_task(clock.wait(signal, until=clock.now() + 10))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return len(signal._waiters)

    assert asyncio.run(scenario()) == 0
