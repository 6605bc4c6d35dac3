"""Background work and its one way to stop."""

from __future__ import annotations

import asyncio
import logging

import pytest

from labkit.cloud.callers import access_key, present_request
from labkit.cloud.messages import Request
from labkit.cloud.tasks import Tasks


def test_stop_waits_until_each_task_has_cleaned_up():
    """`stop` cancels what runs and returns after its clean-up."""
    cleaned: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(name)

    async def scenario() -> list[str]:
        tasks = Tasks()
        for name in ("poller", "delivery"):
            tasks.start(work(name), name=name)
        await asyncio.sleep(0)
        names = tasks.names()
        await tasks.stop()
        return names

    assert asyncio.run(scenario()) == ["delivery", "poller"]
    assert sorted(cleaned) == ["delivery", "poller"]


def test_background_work_is_not_in_the_name_of_who_started_it():
    """What a poller sends is not sent by whoever created its mapping."""
    scope = "AKIA/20261123/us-east-1/lambda/aws4_request"
    request = Request("POST", "/")
    request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}"
    seen: list[str | None] = []

    async def look() -> None:
        seen.append(access_key())

    async def scenario() -> None:
        present = present_request.set(request)
        await look()
        await Tasks().start(look(), name="poller")
        present_request.reset(present)

    asyncio.run(scenario())
    assert seen == ["AKIA", None]


def test_an_unexpected_end_is_logged_with_its_name(caplog: pytest.LogCaptureFixture):
    """A task that fails says so, with its name and its traceback."""

    async def fail() -> None:
        raise ZeroDivisionError("on purpose")

    async def scenario() -> None:
        tasks = Tasks()
        task = tasks.start(fail(), name="poller orders")
        await asyncio.gather(task, return_exceptions=True)

    with caplog.at_level(logging.ERROR, logger="labkit.cloud"):
        asyncio.run(scenario())
    assert "poller orders ended unexpectedly" in caplog.text
    assert "ZeroDivisionError: on purpose" in caplog.text
