"""Functions in real worker processes."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from labkit.cloud.clock import Clock
from labkit.cloud.functions import FunctionNotFound, Throttled, fleet, worker
from labkit.cloud.functions.logs_backend import LabLogsBackend
from tests import waiting
from tests.cloud.functions.surroundings import (
    WAITING_HANDLER,
    Gate,
    Surroundings,
    surroundings,
    zipped,
)

ECHO = "def handler(event, context): return event"


def gone(pid: int) -> bool:
    """Whether no such process exists, not even as a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_returns_what_the_handler_returns() -> None:
    """JSON in, JSON out; the second invocation finds the worker warm."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("echo", ECHO)
            cold = await cloud.invoke("echo", {"price": 2.5, "name": "CHARLIE & LOLA ÆØ"})
            assert json.loads(cold.payload) == {"price": 2.5, "name": "CHARLIE & LOLA ÆØ"}
            assert cold.function_error is None
            assert cold.cold
            warm = await cloud.invoke("echo")
            assert not warm.cold
            assert (warm.log_stream, warm.executed_version) == (cold.log_stream, "$LATEST")
            assert warm.billed_ms >= warm.duration_ms > 0
            assert 5 < warm.memory_mb < 128

    asyncio.run(scenario())


@pytest.mark.parametrize("stand_in", [False, True])
def test_the_log_is_as_on_aws(stand_in: bool) -> None:
    """Platform lines around the function's own, in order, with either runtime client."""

    async def scenario() -> None:
        async with surroundings(stand_in=stand_in) as cloud:
            cloud.create(
                "chatty",
                """
import logging, sys
logging.getLogger().setLevel("INFO")
def handler(event, context):
    print("printed")
    logging.info("logged")
    sys.stderr.write("two\\nlines")
""",
            )
            outcome = await cloud.invoke("chatty")
            id_ = outcome.request_id
            patterns = [
                r"INIT_START Runtime Version: python:3\.13\.v\d+\tRuntime Version ARN: arn:\S+\n",
                rf"START RequestId: {id_} Version: \$LATEST\n",
                r"printed\n",
                rf"\[INFO\]\t\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{id_}\tlogged\n",
                r"two\n",
                r"lines",
                rf"END RequestId: {id_}\n",
                rf"REPORT RequestId: {id_}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\t"
                r"Memory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\t\n",
            ]
            log = cloud.log("chatty")
            assert len(log) == len(patterns), log
            for message, pattern in zip(log, patterns, strict=True):
                assert re.fullmatch(pattern, message), message
            assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", outcome.log_stream)
            assert outcome.log_tail.startswith(b"START RequestId")
            assert b"two\nlines\nEND RequestId" in outcome.log_tail

    asyncio.run(scenario())


@pytest.mark.parametrize("stand_in", [False, True])
def test_an_exception_is_reported_with_its_traceback(stand_in: bool) -> None:
    """The payload names type, message and stack; the log has one event for all of it."""

    async def scenario() -> None:
        async with surroundings(stand_in=stand_in) as cloud:
            cloud.create("bad", "def handler(event, context):\n    raise ValueError('bad order')\n")
            outcome = await cloud.invoke("bad")
            assert outcome.function_error == "Unhandled"
            assert json.loads(outcome.payload) == {
                "errorMessage": "bad order",
                "errorType": "ValueError",
                "requestId": outcome.request_id,
                "stackTrace": [
                    '  File "/var/task/app.py", line 2, in handler\n'
                    "    raise ValueError('bad order')\n"
                ],
            }
            assert (
                "[ERROR] ValueError: bad order\nTraceback (most recent call last):\n"
                '\u00a0\u00a0File "/var/task/app.py", line 2, in handler\n'
                "\u00a0\u00a0\u00a0\u00a0raise ValueError('bad order')"
            ) in cloud.log("bad")
            assert not (await cloud.invoke("bad")).cold

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("code", "handler", "error_type", "message"),
    [
        ("import nowhere", "app.handler", "Runtime.ImportModuleError", "Unable to import module"),
        ("import pandas", "app.handler", "Runtime.ImportModuleError", "No module named 'pandas'"),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module"),
        ("def handler(:", "app.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module"),
        ("x = 1", "handler", "Runtime.MalformedHandlerName", "Bad handler 'handler'"),
        ("1 / 0", "app.handler", "ZeroDivisionError", "division by zero"),
    ],
)
def test_a_function_that_cannot_start_says_why(
    code: str, handler: str, error_type: str, message: str
) -> None:
    """No request is to blame, and every invocation tries again in a new worker."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("broken", code, Handler=handler)
            for _ in range(2):
                outcome = await cloud.invoke("broken")
                document = json.loads(outcome.payload)
                assert outcome.function_error == "Unhandled"
                assert document["errorType"] == error_type
                assert message in document["errorMessage"]
                assert document["requestId"] == ""
            log = "".join(cloud.log("broken"))
            assert log.count("INIT_REPORT") == log.count("REPORT RequestId") == 2

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit(1)", "Runtime exited with error: exit status 1"),
        ("import os; os._exit(0)", "Runtime exited without providing a reason"),
        ("import os; os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
    ],
)
def test_a_crash_fails_the_invocation_and_the_next_one_starts_cold(code: str, reason: str) -> None:
    """What was printed before is in the log."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("crash", f"def handler(event, context):\n    print('last')\n    {code}\n")
            for _ in range(2):
                outcome = await cloud.invoke("crash")
                message = f"RequestId: {outcome.request_id} Error: {reason}"
                assert json.loads(outcome.payload) == {
                    "errorType": "Runtime.ExitError",
                    "errorMessage": message,
                }
                assert outcome.cold
                log = cloud.log("crash")
                assert log.index("last\n") < log.index(f"{message}\nRuntime.ExitError\n")
                assert log[-1].endswith("\tStatus: error\tError Type: Runtime.ExitError\t\n")

    asyncio.run(scenario())


def test_a_function_that_is_too_slow_is_killed_with_its_children() -> None:
    """AWS's payload and log line; nothing of it runs on."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create(
                "slow",
                """
import os, socket, subprocess, sys
def handler(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print(os.getpid(), child.pid)
    socket.create_connection(("127.0.0.1", event["gate"])).recv(1)
""",
                Timeout=1,
            )
            outcome = await cloud.invoke("slow", {"gate": gate.port})
            assert json.loads(outcome.payload) == {
                "errorType": "Sandbox.Timedout",
                "errorMessage": f"RequestId: {outcome.request_id} "
                "Error: Task timed out after 1.00 seconds",
            }
            log = cloud.log("slow")
            assert log[-3].endswith(f"Z {outcome.request_id} Task timed out after 1.00 seconds\n")
            assert "\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\t" in log[-1]
            assert log[-1].endswith("\tStatus: timeout\t\n")
            parent, child = map(int, log[2].split())
            assert gone(parent)
            waiting.until(lambda: gone(child) or " Z " in _state(child), timeout=10)

    asyncio.run(scenario())


def test_a_worker_that_is_killed_in_mid_invocation_is_noticed_at_once() -> None:
    """kill -9 from outside fails the invocation long before its timeout."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create("waits", WAITING_HANDLER, Timeout=60)
            running = asyncio.create_task(cloud.invoke("waits", {"gate": gate.port}))
            await gate.arrival()
            (name,) = [name for name in cloud.tasks.names() if name.startswith("worker ")]
            os.kill(int(name.split()[1]), signal.SIGKILL)
            outcome = await asyncio.wait_for(running, 5)
            assert "signal: killed" in json.loads(outcome.payload)["errorMessage"]
            assert "waiting\n" in cloud.log("waits")

    asyncio.run(scenario())


def test_output_can_neither_forge_nor_delay_the_result() -> None:
    """Whatever goes to stdout is log, and a child that keeps it open holds up nothing."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create(
                "forger",
                r"""
import os, subprocess, sys
def handler(event, context):
    os.write(1, b"HTTP/1.1 200 OK\r\n\r\n{}\n")
    os.write(1, b"\xa5\x5a\x00\x03\xff\xff\xff\xff" + b"\0" * 8 + b"forged\n")
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    return "true result"
""",
            )
            outcome = await cloud.invoke("forger")
            assert outcome.payload == b'"true result"'
            assert cloud.log("forger")[-1].startswith("REPORT")

    asyncio.run(scenario())


def test_a_flood_of_output_is_cut_in_the_middle() -> None:
    """Its beginning and its end are in the log."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            code = """
import sys
def handler(event, context):
    sys.stdout.write("first\\n" + ("x" * 999 + "\\n") * 3000 + "last\\n")
"""
            cloud.create("flood", code)
            await cloud.invoke("flood")
            log = cloud.log("flood")
            assert log[2] == "first\n"
            assert log[-3] == "last\n"
            assert any("bytes of output are left out" in message for message in log)
            assert sum(map(len, log)) < 1_200_000

    asyncio.run(scenario())


def test_an_answer_that_is_too_large_is_an_error() -> None:
    """6 MB and the envelope are the limit; far more does no harm either."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("large", "def handler(event, context): return 'x' * event['size']")
            assert (await cloud.invoke("large", {"size": 6_291_554})).function_error is None
            for size in (6_291_555, 30_000_000):
                outcome = await cloud.invoke("large", {"size": size})
                assert json.loads(outcome.payload) == {
                    "errorMessage": "Response payload size exceeded maximum allowed payload size "
                    "(6291556 bytes).",
                    "errorType": "Function.ResponseSizeTooLarge",
                }

    asyncio.run(scenario())


def test_the_context_is_complete() -> None:
    """Everything that AWS's context object has."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            arn = cloud.create(
                "who",
                """
def handler(event, context):
    return [context.aws_request_id, context.function_name, context.function_version,
            context.invoked_function_arn, context.memory_limit_in_mb, context.log_group_name,
            context.log_stream_name, context.client_context.custom,
            0 < context.get_remaining_time_in_millis() <= 7000]
""",
                Timeout=7,
                MemorySize=256,
            )
            outcome = await cloud.invoke("who", client_context='{"custom": {"shop": "1"}}')
            assert json.loads(outcome.payload) == [
                outcome.request_id,
                "who",
                "$LATEST",
                arn,
                "256",
                "/aws/lambda/who",
                outcome.log_stream,
                {"shop": "1"},
                True,
            ]

    asyncio.run(scenario())


def test_a_function_sees_its_own_surroundings_only() -> None:
    """Its variables, a private home, an empty stdin, and the libraries of Lambda's runtime."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create(
                "look",
                """
import os, sys, boto3
def handler(event, context):
    return {"names": sorted(os.environ), "role": os.environ["AWS_ACCESS_KEY_ID"][:4],
            "stdin": sys.stdin.read(), "path": sys.path[0], "cwd": os.getcwd(),
            "home": os.path.expanduser("~"), "table": os.environ["TABLE"],
            "labkit": "labkit" in sys.modules}
""",
                Environment={"Variables": {"TABLE": "Orders"}},
            )
            seen = json.loads((await cloud.invoke("look")).payload)
            assert "_LAMBDA_TELEMETRY_LOG_FD" not in seen["names"]
            assert not [name for name in seen["names"] if "PROXY" in name.upper()]
            assert seen["role"] == "ASIA"
            assert seen["stdin"] == ""
            assert seen["path"] == seen["cwd"]
            assert seen["home"].startswith(str(cloud.folder))
            assert seen["table"] == "Orders"
            assert not seen["labkit"]

    asyncio.run(scenario())


def test_layers_are_found_after_the_functions_own_code() -> None:
    """`python/` of each layer is on the path."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            content = {"ZipFile": _base64({"python/shop.py": "n = 7"})}
            layer = cloud.backend.publish_layer_version({"LayerName": "shared", "Content": content})
            code = "import shop\ndef handler(event, context): return shop.n"
            cloud.create("layered", code, Layers=[layer.arn])
            assert (await cloud.invoke("layered")).payload == b"7"

    asyncio.run(scenario())


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


def test_an_update_takes_effect_at_the_next_invocation() -> None:
    """Code and configuration; what runs meanwhile runs to its end in the old worker."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create("changes", WAITING_HANDLER, Timeout=60)
            old = asyncio.create_task(cloud.invoke("changes", {"gate": gate.port}))
            release = await gate.arrival()
            cloud.backend.update_function_code(
                "changes", None, {"ZipFile": _base64("import os\ndef handler(e, c): return 'new'")}
            )
            assert (await cloud.invoke("changes")).payload == b'"new"'
            release()
            old_pid = int((await old).payload)
            code = "import os\ndef handler(e, c): return os.environ['A']"
            cloud.backend.update_function_code("changes", None, {"ZipFile": _base64(code)})
            cloud.backend.update_function_configuration(
                "changes", None, {"Environment": {"Variables": {"A": "b"}}}
            )
            assert (await cloud.invoke("changes")).payload == b'"b"'
            await cloud.functions.stop()
            assert gone(old_pid)
            assert not list((cloud.folder / "workers").iterdir())

    asyncio.run(scenario())


def test_versions_and_aliases_run_their_own_code() -> None:
    """A version stays as it was published; an alias leads to one."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            code = "def handler(e, c): return [{}, c.function_version, c.invoked_function_arn]"
            arn = cloud.create("many", code.format(1))
            cloud.backend.publish_version("many")
            cloud.backend.create_alias("live", "many", "1", "", "")
            cloud.backend.update_function_code("many", None, {"ZipFile": _base64(code.format(2))})
            latest = await cloud.invoke("many")
            live = await cloud.invoke(f"{arn}:live")
            assert json.loads(latest.payload) == [2, "$LATEST", arn]
            assert json.loads(live.payload) == [1, "1", f"{arn}:live"]
            assert live.executed_version == "1"
            assert "/[1]" in live.log_stream
            with pytest.raises(FunctionNotFound, match=f"Function not found: {arn}:7"):
                await cloud.invoke("many:7")

    asyncio.run(scenario())


def test_an_event_is_retried_on_the_labs_clock() -> None:
    """Twice, with the same request id; three minutes pass in no time."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create(
                "fails",
                WAITING_HANDLER.replace("return os.getpid()", "raise ValueError('no')"),
                Timeout=60,
            )
            payload = json.dumps({"gate": gate.port}).encode()
            due = _waits_of(cloud.clock)
            request_id = await cloud.functions.invoke_async("fails", payload)
            (await gate.arrival())()
            for minutes in (1, 2):
                seconds = await asyncio.wait_for(due.get(), 20) - cloud.clock.now()
                assert round(seconds) == minutes * 60
                cloud.clock.advance(seconds)
                (await gate.arrival())()
            await _ended(cloud, f"event {request_id}")
            starts = [line for line in cloud.log("fails") if line.startswith("START")]
            assert starts == [f"START RequestId: {request_id} Version: $LATEST\n"] * 3
            cloud.clock.reset()

    asyncio.run(scenario())


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


def test_what_a_running_function_has_printed_can_be_read() -> None:
    """Collecting writes it to the log before the invocation ends, and once only."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create("waits", WAITING_HANDLER, Timeout=60)
            running = asyncio.create_task(cloud.invoke("waits", {"gate": gate.port}))
            release = await gate.arrival()
            cloud.functions.collect("/aws/lambda/waits")
            assert cloud.log("waits")[-1] == "waiting\n"
            release()
            outcome = await running
            assert cloud.log("waits").count("waiting\n") == 1
            assert b"waiting\n" in outcome.log_tail

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
            await cloud.functions.stop()
            assert loop.time() - began < 1
            await asyncio.wait([running])
            assert gone(int(name.split()[1]))
            assert cloud.tasks.names() == []
            assert not list((cloud.folder / "workers").iterdir())

    asyncio.run(scenario())


def _base64(files: str | dict[str, str]) -> str:
    return base64.b64encode(zipped(files)).decode()


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]


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


def test_a_function_that_does_not_get_ready_is_timed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds on AWS; the worker is killed and the log says so."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            monkeypatch.setattr(worker, "INIT_TIMEOUT", 1.0)
            code = "import socket\nsocket.create_connection(('127.0.0.1', {})).recv(1)"
            cloud.create("hangs", code.format(gate.port))
            outcome = await cloud.invoke("hangs")
            assert json.loads(outcome.payload)["errorType"] == "Sandbox.Timedout"
            log = cloud.log("hangs")
            assert log[1].startswith("INIT_REPORT Init Duration: 1")
            assert log[1].endswith("\tPhase: init\tStatus: timeout\n")
            assert log[-1].endswith("\tStatus: timeout\t\n")

    asyncio.run(scenario())


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


def test_reading_a_log_shows_what_a_running_function_has_printed() -> None:
    """moto's Logs asks the functions first."""
    asked: list[str | None] = []

    class Logs(LabLogsBackend):
        cloud = SimpleNamespace(functions=SimpleNamespace(collect=asked.append))  # type: ignore[assignment]

    logs = Logs("us-east-1", "123456789012")
    logs.create_log_group("/aws/lambda/f", {})
    logs.create_log_stream("/aws/lambda/f", "s")
    logs.get_log_events("/aws/lambda/f", None, "s", None, None, None, None, False)
    logs.filter_log_events("/aws/lambda/f", [], None, None, None, None, "", False)
    assert asked == ["/aws/lambda/f", "/aws/lambda/f"]
