"""The page that says when a part of the cloud has come to rest."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request

import pytest

from labkit.cloud.activity import Activity
from labkit.cloud.clock import Clock, Signal
from labkit.cloud.tasks import Tasks


def test_a_task_that_ends_and_one_that_waits_are_counted() -> None:
    """Whoever waits for the count to grow is woken by either."""

    async def scenario() -> None:
        clock, signal = Clock(), Signal()
        tasks = Tasks(clock.activity)
        woken = asyncio.ensure_future(clock.activity.after(0, wait=10))
        work = tasks.start(clock.wait(signal), name="work")
        assert await woken == 1
        signal.ring()
        assert await clock.activity.after(1, wait=10) == 2
        assert work.done()

    asyncio.run(scenario())


def test_when_nothing_is_done_the_wait_ends() -> None:
    """With the count as it was, and nobody left waiting."""

    async def scenario() -> None:
        activity = Activity()
        assert await activity.after(0, wait=0) == 0
        assert not activity._waiting

    asyncio.run(scenario())


def test_the_page_refuses_what_is_no_number(cloud: str) -> None:
    """As every long poll of the lab's pages."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{cloud}/_lab/activity?after=x")
    with refused.value as answer:
        assert answer.code == 400
