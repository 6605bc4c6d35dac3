"""Which worker gets the next invocation."""

from __future__ import annotations

import asyncio

import pytest

from labkit.cloud.functions import pool as pool_module
from labkit.cloud.functions.pool import LARGEST, Pool


class FakeWorker:
    """As much of a worker as a pool looks at."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.usable = self.alive = True
        self.killed = False

    def kill(self) -> None:
        self.killed = True


def new_pool() -> Pool:
    made: list[FakeWorker] = []

    def make() -> FakeWorker:
        made.append(FakeWorker(len(made)))
        return made[-1]

    return Pool(make, lambda worker: worker.usable)  # type: ignore[arg-type,attr-defined]


def test_the_worker_that_was_used_last_comes_first() -> None:
    """It is the warmest, and the others may grow old."""

    async def scenario() -> None:
        pool = new_pool()
        workers = [await pool.take() for _ in range(2)]
        for worker in workers:
            pool.give_back(worker)  # type: ignore[arg-type]
        assert await pool.take() is workers[1]

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "A function has max(2, processors) workers; further invocations wait in order, for a second at "
    "most while it has fewer than 16.",
    source="Lambda guide: lambda-concurrency",
    differs="Lambda starts a worker for each of up to 1,000; a laptop has few processors.",
)
def test_further_invocations_wait_in_order() -> None:
    """Whoever waits for longest gets the first worker that becomes free."""

    async def scenario() -> None:
        pool = new_pool()
        busy = [await pool.take() for _ in range(LARGEST)]
        waiting = [asyncio.ensure_future(pool.take()) for _ in range(2)]
        await asyncio.sleep(0)
        pool.give_back(busy[0])  # type: ignore[arg-type]
        await asyncio.sleep(0)
        assert [turn.done() for turn in waiting] == [True, False]
        pool.give_back(waiting[0].result())  # type: ignore[arg-type]
        assert await waiting[1] is busy[0]

    asyncio.run(scenario())


def test_who_has_waited_for_long_gets_a_worker_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a function that hangs, or waits for itself, is not stuck; there is a limit to it."""
    monkeypatch.setattr(pool_module, "PATIENCE", 0)
    monkeypatch.setattr(pool_module, "MOST", LARGEST + 2)

    async def scenario() -> None:
        pool = new_pool()
        workers = {await pool.take() for _ in range(LARGEST + 2)}
        assert len(workers) == LARGEST + 2
        waiting = asyncio.ensure_future(pool.take())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.05)
        pool.give_back(next(iter(workers)))  # type: ignore[arg-type]
        assert await waiting in workers

    asyncio.run(scenario())


def test_a_dead_worker_is_replaced_for_whoever_waits() -> None:
    """Its death takes no place away."""

    async def scenario() -> None:
        pool = new_pool()
        busy = [await pool.take() for _ in range(LARGEST)]
        waiting = asyncio.ensure_future(pool.take())
        await asyncio.sleep(0)
        busy[0].usable = busy[0].alive = False  # type: ignore[union-attr]
        pool.give_back(busy[0])  # type: ignore[arg-type]
        replacement = await waiting
        assert replacement not in busy
        assert len(pool.workers) == LARGEST

    asyncio.run(scenario())


def test_a_caller_that_no_longer_waits_is_passed_over() -> None:
    """The worker goes to the next one."""

    async def scenario() -> None:
        pool = new_pool()
        busy = [await pool.take() for _ in range(LARGEST)]
        waiting = [asyncio.ensure_future(pool.take()) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
        pool.give_back(busy[0])  # type: ignore[arg-type]
        assert await waiting[1] is busy[0]

    asyncio.run(scenario())


def test_a_retired_pool_ends_its_workers_and_sends_callers_on() -> None:
    """Idle ones now, busy ones when they come back; who waits asks the next pool."""

    async def scenario() -> None:
        pool = new_pool()
        busy = [await pool.take() for _ in range(LARGEST)]
        waiting = asyncio.ensure_future(pool.take())
        await asyncio.sleep(0)
        pool.retire()
        assert await waiting is None
        pool.give_back(busy[0])  # type: ignore[arg-type]
        assert busy[0].killed  # type: ignore[union-attr]
        assert not busy[1].killed  # type: ignore[union-attr]

    asyncio.run(scenario())


def test_a_worker_that_is_killed_is_there_until_its_process_has_ended() -> None:
    """Whoever ends the cloud meanwhile waits for it, too."""

    async def scenario() -> None:
        pool = new_pool()
        worker = await pool.take()
        assert worker is not None
        worker.usable = False  # type: ignore[attr-defined]
        pool.give_back(worker)
        assert worker.killed  # type: ignore[attr-defined]
        assert pool.workers == {worker}
        pool.lost(worker)
        assert pool.workers == set()

    asyncio.run(scenario())
