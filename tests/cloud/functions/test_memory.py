"""Functions that use more memory than they have."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.cloud.functions.surroundings import surroundings

CODE = """
def handler(event, context):
    try:
        kept = bytearray(b"x" * event["megabytes"] * 1024 * 1024)
    except MemoryError:
        if not event.get("catch"):
            raise
    return "done"
"""


@pytest.mark.fidelity(
    "Lambda",
    "A function that uses more memory than it has ends as a killed process; the REPORT line says "
    "`Runtime.OutOfMemory`.",
    source="Lambda guide: troubleshooting-invocation",
)
@pytest.mark.parametrize("megabytes", [100, 5_000])
def test_a_function_that_runs_out_of_memory_is_killed(megabytes: int) -> None:
    """A little too much or far too much: AWS's payload, log lines and a new worker afterwards."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("hungry", CODE)
            assert (await cloud.invoke("hungry", {"megabytes": 1})).payload == b'"done"'
            outcome = await cloud.invoke("hungry", {"megabytes": megabytes})
            killed = (
                f"RequestId: {outcome.request_id} Error: Runtime exited with error: signal: killed"
            )
            assert outcome.function_error == "Unhandled"
            assert json.loads(outcome.payload) == {
                "errorType": "Runtime.ExitError",
                "errorMessage": killed,
            }
            *_, crash, end, report = cloud.log("hungry")
            assert crash == f"{killed}\nRuntime.ExitError\n"
            assert end.startswith("END RequestId: ")
            assert "\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t" in report
            assert "\tStatus: error\tError Type: Runtime.OutOfMemory\t" in report
            again = await cloud.invoke("hungry", {"megabytes": 1})
            assert (again.payload, again.cold) == (b'"done"', True)

    asyncio.run(scenario())


def test_more_memory_is_what_helps() -> None:
    """The same work fits into a larger function."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("large", CODE, MemorySize=512)
            outcome = await cloud.invoke("large", {"megabytes": 100})
            assert outcome.function_error is None
            assert 100 < outcome.memory_mb < 512

    asyncio.run(scenario())


def test_many_threads_are_no_waste_of_memory() -> None:
    """A thread's stack counts as far as it is used, not as far as it is reserved."""
    code = """
import threading
def handler(event, context):
    go = threading.Event()
    threads = [threading.Thread(target=go.wait) for _ in range(30)]
    for thread in threads: thread.start()
    go.set()
    for thread in threads: thread.join()
"""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("threads", code)
            assert (await cloud.invoke("threads")).function_error is None

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "Using too much memory is noticed when the function answers.",
    differs="What it does between the two it does here, but not on AWS; children have their own.",
)
def test_a_handler_that_catches_memory_error_is_killed_all_the_same() -> None:
    """Memory that was used counts, whatever the handler made of it."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("catches", CODE)
            outcome = await cloud.invoke("catches", {"megabytes": 200, "catch": True})
            assert "signal: killed" in json.loads(outcome.payload)["errorMessage"]

    asyncio.run(scenario())
