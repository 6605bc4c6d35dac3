"""Workers over time: shared, limited, renewed, ended."""

from __future__ import annotations

import asyncio
import json
import shutil

import pytest

from labkit.cloud.clock import Clock
from labkit.cloud.functions import Throttled, fleet
from labkit.cloud.functions.errors import InvalidZipFile
from tests.cloud.functions.surroundings import (
    WAITING_HANDLER,
    Gate,
    Surroundings,
    base64_zip,
    gone,
    surroundings,
)
from tests.cloud.functions.test_package import full

ECHO = "def handler(event, context): return event"


@pytest.mark.fidelity(
    "Lambda", "A busy function holds up no other.", source="Lambda guide: lambda-concurrency"
)
def test_one_function_never_waits_for_another() -> None:
    """While all workers of one function are held up, another one answers."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create("waits", WAITING_HANDLER, Timeout=60)
            cloud.create("echo", ECHO)
            held = [asyncio.create_task(cloud.invoke("waits", {"gate": gate.port})) for _ in "12"]
            releases = [await gate.arrival() for _ in held]
            assert (await cloud.invoke("echo", {"a": 1})).payload == b'{"a": 1}'
            for release in releases:
                release()
            pids = {outcome.payload for outcome in await asyncio.gather(*held)}
            assert len(pids) == 2

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "Above its reserved concurrency a function is throttled, and 0 refuses all.",
    source="Lambda guide: configuration-concurrency",
)
def test_reserved_concurrency_throttles() -> None:
    """The invocation above the limit is refused at once; 0 refuses all."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create("waits", WAITING_HANDLER, Timeout=60)
            cloud.backend.put_function_concurrency("waits", 1)
            held = asyncio.create_task(cloud.invoke("waits", {"gate": gate.port}))
            release = await gate.arrival()
            with pytest.raises(Throttled):
                await cloud.invoke("waits")
            release()
            assert (await held).function_error is None
            cloud.backend.put_function_concurrency("waits", 0)
            with pytest.raises(Throttled):
                await cloud.invoke("waits")

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "An update takes effect at the next invocation; what runs ends in the old worker.",
    source="Lambda guide: lambda-runtime-environment",
)
def test_an_update_takes_effect_at_the_next_invocation() -> None:
    """Code and configuration; what runs meanwhile runs to its end in the old worker."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create("changes", WAITING_HANDLER, Timeout=60)
            old = asyncio.create_task(cloud.invoke("changes", {"gate": gate.port}))
            release = await gate.arrival()
            cloud.backend.update_function_code(
                "changes",
                None,
                {"ZipFile": base64_zip("import os\ndef handler(e, c): return 'new'")},
            )
            assert (await cloud.invoke("changes")).payload == b'"new"'
            release()
            old_pid = int((await old).payload)
            code = "import os\ndef handler(e, c): return os.environ['WORD']"
            cloud.backend.update_function_code("changes", None, {"ZipFile": base64_zip(code)})
            cloud.backend.update_function_configuration(
                "changes", None, {"Environment": {"Variables": {"WORD": "b"}}}
            )
            assert (await cloud.invoke("changes")).payload == b'"b"'
            await cloud.functions.reset()
            assert gone(old_pid)
            assert not list((cloud.folder / "workers").iterdir())

    asyncio.run(scenario())


def test_code_goes_with_the_last_function_and_worker_that_have_it() -> None:
    """After an update, when nothing runs from it any more; a version keeps its own."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:

            def folders() -> int:
                return len(list((cloud.folder / "functions").iterdir()))

            async def ended(kind: str) -> None:
                tasks = [task for task in asyncio.all_tasks() if task.get_name().startswith(kind)]
                if tasks:
                    await asyncio.wait(tasks, timeout=20)

            def update(code: str) -> None:
                cloud.backend.update_function_code("one", None, {"ZipFile": base64_zip(code)})

            cloud.create("one", WAITING_HANDLER, Timeout=60)
            running = asyncio.create_task(cloud.invoke("one", {"gate": gate.port}))
            release = await gate.arrival()
            update(ECHO)
            await cloud.invoke("one")
            await ended("remove ")
            assert folders() == 2, "the old code is still running"
            release()
            await running
            await ended("remove ")
            assert folders() == 1
            cloud.backend.publish_version("one")
            update("def handler(event, context): return 'newer'")
            await cloud.invoke("one")
            assert (await cloud.invoke("one:1")).payload == b"{}"
            assert folders() == 2, "the version has the older code"
            cloud.backend.delete_function("one")
            await ended("worker ")
            await ended("remove ")
            assert folders() == 0

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "The retries of an event have the same request id.",
    source="Lambda guide: invocation-async-error-handling",
)
def test_an_event_is_retried_on_the_labs_clock() -> None:
    """Twice, with the same request id; three minutes pass in no time.

    The clock may be turned before the attempt has failed: its wait begins with the failure.
    """

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create(
                "fails",
                WAITING_HANDLER.replace("return os.getpid()", "raise ValueError('no')"),
                Timeout=60,
            )
            payload = json.dumps({"gate": gate.port}).encode()
            due = _waits_of(cloud.clock)
            request_id = cloud.functions.accept("fails", payload)
            (await gate.arrival())()
            seconds = await asyncio.wait_for(due.get(), 20) - cloud.clock.now()
            assert round(seconds) == 60
            cloud.clock.advance(seconds)
            fail = await gate.arrival()
            cloud.clock.advance(120)
            fail()
            assert round(await asyncio.wait_for(due.get(), 20) - cloud.clock.now()) == 0
            (await gate.arrival())()
            await _ended(cloud, f"event {request_id}")
            starts = [line for line in cloud.log("fails") if line.startswith("START")]
            assert starts == [f"START RequestId: {request_id} Version: $LATEST\n"] * 3
            cloud.clock.reset()

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "A function's keys are those of a session of its role, renewed in time.",
    source="Lambda guide: lambda-intro-execution-role",
)
def test_credentials_are_renewed_before_they_expire() -> None:
    """A day later the function runs in a new worker, with new keys."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            code = "import os\ndef handler(e, c): return os.environ['AWS_ACCESS_KEY_ID']"
            cloud.create("keys", code)
            first = await cloud.invoke("keys")
            assert (await cloud.invoke("keys")).payload == first.payload
            cloud.clock.advance(24 * 3600)
            later = await cloud.invoke("keys")
            cloud.clock.reset()
            assert later.cold
            assert later.payload != first.payload

    asyncio.run(scenario())


def test_an_invocation_outlives_its_caller() -> None:
    """A caller that hangs up stops nothing, and leaves the worker usable."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create("waits", WAITING_HANDLER, Timeout=60)
            caller = asyncio.create_task(cloud.invoke("waits", {"gate": gate.port}))
            release = await gate.arrival()
            caller.cancel()
            await asyncio.wait([caller])
            release()
            (name,) = [name for name in cloud.tasks.names() if name.startswith("invocation")]
            await _ended(cloud, name)
            assert cloud.log("waits")[-1].startswith("REPORT")
            again = asyncio.create_task(cloud.invoke("waits", {"gate": gate.port}))
            (await gate.arrival())()
            assert not (await again).cold

    asyncio.run(scenario())


def test_stopping_ends_everything_at_once() -> None:
    """In well under a second, busy workers included; no process, task or folder is left."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create("waits", WAITING_HANDLER, Timeout=60)
            running = asyncio.create_task(cloud.invoke("waits", {"gate": gate.port}))
            await gate.arrival()
            (name,) = [name for name in cloud.tasks.names() if name.startswith("worker ")]
            loop = asyncio.get_running_loop()
            began = loop.time()
            await cloud.functions.reset()
            assert loop.time() - began < 1
            await asyncio.wait([running])
            assert gone(int(name.split()[1]))
            assert cloud.tasks.names() == []
            assert not list((cloud.folder / "workers").iterdir())

    asyncio.run(scenario())


def test_reserved_concurrency_counts_invocations_that_begin_together() -> None:
    """Of three at the same moment one runs."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("echo", ECHO)
            cloud.backend.put_function_concurrency("echo", 1)
            ends = await asyncio.gather(
                *(cloud.invoke("echo") for _ in range(3)), return_exceptions=True
            )
            assert [isinstance(end, Throttled) for end in ends] == [False, True, True]
            assert (await cloud.invoke("echo")).function_error is None

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "At most 16 idle workers are kept, over all functions.",
    differs="A laptop's memory; the next invocation of an ended one starts cold.",
)
def test_idle_workers_are_limited_over_all_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that has been idle for longest goes."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            monkeypatch.setattr(fleet, "IDLE_KEPT", 2)
            for name in ("one", "two", "three"):
                cloud.create(name, ECHO)
            for name in ("one", "two", "one", "three"):
                await cloud.invoke(name)
            assert not (await cloud.invoke("one")).cold
            assert (await cloud.invoke("two")).cold

    asyncio.run(scenario())


async def _ended(cloud: Surroundings, name: str) -> None:
    """Wait until the background task `name` has ended."""
    tasks = [task for task in asyncio.all_tasks() if task.get_name() == name]
    if tasks:
        await asyncio.wait(tasks, timeout=20)
    assert name not in cloud.tasks.names()


def _waits_of(clock: Clock) -> asyncio.Queue[float]:
    """Every instant that somebody begins to wait for on the lab's clock."""
    instants: asyncio.Queue[float] = asyncio.Queue()
    sleep_until = clock.sleep_until

    async def noted(due: float) -> None:
        instants.put_nowait(due)
        await sleep_until(due)

    clock.sleep_until = noted  # type: ignore[method-assign]
    return instants


@pytest.mark.fidelity(
    "Lambda",
    "A function's timeout is machine time; turning the lab's clock times out nothing.",
    differs="A function runs at the machine's speed, whatever the lab's clock says.",
)
def test_turning_the_clock_times_out_no_function() -> None:
    """An hour passes on the clock while a function with 60 seconds runs."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create("waits", WAITING_HANDLER, Timeout=60)
            running = asyncio.create_task(cloud.invoke("waits", {"gate": gate.port}))
            release = await gate.arrival()
            cloud.clock.advance(3600)
            release()
            outcome = await running
            cloud.clock.reset()
            assert outcome.function_error is None

    asyncio.run(scenario())


def test_a_refusal_is_an_answer_and_no_failure_of_the_clouds(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Here of code for which the disk has no space: who asks hears of it, and no log does."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("echo", ECHO)
            with monkeypatch.context() as disk:
                disk.setattr(shutil, "copyfileobj", full)
                with pytest.raises(
                    InvalidZipFile, match=r"could not unzip.*No space left on device"
                ):
                    await cloud.invoke("echo")
            assert (await cloud.invoke("echo", {"a": 1})).payload == b'{"a": 1}'

    asyncio.run(scenario())
    assert not caplog.records
