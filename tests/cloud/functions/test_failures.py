"""Functions that fail, each in its own way."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal

import pytest

from labkit.cloud.functions import worker
from tests.cloud.functions.surroundings import (
    WAITING_HANDLER,
    Gate,
    gone,
    surroundings,
    zipped,
)
from tests.processes import await_ends


@pytest.mark.parametrize("stand_in", [False, True])
@pytest.mark.fidelity(
    "Lambda",
    "An exception is `errorMessage`, `errorType`, `requestId` and `stackTrace`, and one log event.",
    source="LocalStack's recording: lambda_/test_lambda",
)
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
@pytest.mark.fidelity(
    "Lambda",
    "Import and handler faults are `Runtime.ImportModuleError` and `Runtime.HandlerNotFound`.",
    source="runtime client: awslambdaric/bootstrap.py",
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
            log = cloud.log("broken")
            assert [line.split()[0] for line in log] == 2 * [
                *("INIT_START", "[WARNING]", "[ERROR]", "INIT_REPORT"),
                *("[WARNING]", "[ERROR]", "INIT_REPORT", "START", "END", "REPORT"),
            ]
            for line, phase in ((3, "init"), (6, "invoke")):
                ending = f" ms\tPhase: {phase}\tStatus: error\tError Type: {error_type}\n"
                assert log[line].endswith(ending)
            assert log[-1].endswith(f"\tStatus: error\tError Type: {error_type}\t\n")
            assert "Init Duration" not in log[-1]

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "A start that fails, or takes more than ten seconds, is tried again within the invocation.",
    source="Lambda guide: lambda-runtime-environment",
)
def test_a_start_that_takes_too_long_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have the time of the invocation: the second start, and then the handler."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            assert worker.INIT_TIMEOUT == 10.0
            monkeypatch.setattr(worker, "INIT_TIMEOUT", 0.7)
            wait = f"socket.create_connection(('127.0.0.1', {gate.port})).recv(1)"
            code = f"import socket\n{wait}\ndef handler(event, context):\n    {wait}\n"
            cloud.create("slow", code, Timeout=9)
            invoked = asyncio.create_task(cloud.invoke("slow"))
            await gate.arrival()  # killed where it waits
            (await gate.arrival())()
            (await gate.arrival())()
            outcome = await invoked
            assert (outcome.payload, outcome.cold) == (b"null", True)
            assert [line.split()[0] for line in cloud.log("slow")] == [
                "INIT_START",
                "INIT_REPORT",
                "START",
                "END",
                "REPORT",
            ]
            assert "Init Duration" not in cloud.log("slow")[-1]
            monkeypatch.setattr(worker, "INIT_TIMEOUT", 0.1)
            cloud.create("hangs", code, Timeout=0.3)
            outcome = await cloud.invoke("hangs")
            assert json.loads(outcome.payload)["errorMessage"].endswith(" 0.30 seconds")
            log = cloud.log("hangs")
            assert log[1].endswith("\tPhase: init\tStatus: timeout\n")
            assert log[2].startswith("INIT_REPORT Init Duration: 3")
            assert log[2].endswith("\tPhase: invoke\tStatus: timeout\n")
            assert log[-1].endswith("\tStatus: timeout\t\n")

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit(1)", "Runtime exited with error: exit status 1"),
        ("import os; os._exit(0)", "Runtime exited without providing a reason"),
        ("import os; os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
    ],
)
@pytest.mark.fidelity(
    "Lambda",
    "A crash is `Runtime.ExitError`, and the next invocation starts cold.",
    source="LocalStack's recording: lambda_/test_lambda",
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


@pytest.mark.fidelity(
    "Lambda",
    "A timeout kills the worker and answers `Sandbox.Timedout`.",
    source="LocalStack's recording: lambda_/test_lambda",
)
@pytest.mark.fidelity(
    "Lambda",
    "After a timeout a function has another scratch space, which is empty, and another log stream.",
    source="LocalStack's recording: lambda_/test_lambda",
    differs="AWS starts it again where it was, with its files; a lab's processes leave none.",
)
def test_a_function_that_is_too_slow_is_killed_with_its_children() -> None:
    """AWS's payload and log line; nothing of it runs on."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create(
                "slow",
                """
import os, socket, subprocess, sys, tempfile
def handler(event, context):
    if "gate" not in event:
        return os.listdir(tempfile.gettempdir())
    open(os.path.join(tempfile.gettempdir(), "written"), "w").close()
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
            assert "\tDuration: 1000.00 ms\tBilled Duration: 1" in log[-1]
            assert log[-1].endswith("\tStatus: timeout\t\n")
            parent, child = map(int, log[2].split())
            assert gone(parent)
            await asyncio.to_thread(await_ends, [child], timeout=10)
            after = await cloud.invoke("slow", {})
            assert after.payload == b"[]"
            assert after.log_stream != outcome.log_stream

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


@pytest.mark.fidelity(
    "Lambda",
    "An answer over 6 MB is `Function.ResponseSizeTooLarge`.",
    source="LocalStack's recording: lambda_/test_lambda",
)
def test_an_answer_that_is_too_large_is_an_error() -> None:
    """6 MB and the envelope are the limit; far more does no harm either."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            code = "def handler(event, context): return 'x' * event['size']"
            cloud.create("large", code, MemorySize=512)
            assert (await cloud.invoke("large", {"size": 6_291_554})).function_error is None
            for size in (6_291_555, 30_000_000):
                outcome = await cloud.invoke("large", {"size": size})
                assert json.loads(outcome.payload) == {
                    "errorMessage": "Response payload size exceeded maximum allowed payload size "
                    "(6291556 bytes).",
                    "errorType": "Function.ResponseSizeTooLarge",
                }

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "code",
    [
        "def handler(event, context): return '\\ud800'",
        """
class Silent(Exception):
    def __str__(self): raise ValueError("no text")
def handler(event, context): raise Silent
""",
    ],
)
def test_what_the_runtime_client_cannot_report_ends_it_at_once(code: str) -> None:
    """Text that is no UTF-8 and an exception without text: the client itself fails."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("odd", code, Timeout=60)
            outcome = await asyncio.wait_for(cloud.invoke("odd"), 20)
            assert json.loads(outcome.payload)["errorType"] == "Runtime.ExitError"
            assert b"exit status 1" in outcome.payload
            assert b'  File "/var/runtime/bootstrap.py", line ' in outcome.log_tail

    asyncio.run(scenario())


def test_paths_in_a_traceback_are_those_of_lambda() -> None:
    """The runtime's libraries, the language's own and a layer's, on any machine."""
    raises = "def use(): raise KeyError('x')"
    layer = base64.b64encode(zipped({"python/lib/python3.13/site-packages/tools.py": raises}))
    code = """
import json
import boto3
def handler(event, context):
    if event["call"] == "layer":
        import tools
        tools.use()
    if event["call"] == "json":
        json.loads("no")
    boto3.client("sqs").no_such_thing()
"""

    async def scenario() -> None:
        async with surroundings() as cloud:
            spec = {"LayerName": "tools", "Content": {"ZipFile": layer.decode()}}
            layer_arn = cloud.backend.publish_layer_version(spec).arn
            cloud.create("places", code, Layers=[layer_arn])
            for call, path in (
                ("layer", "/opt/python/lib/python3.13/site-packages/tools.py"),
                ("json", "/var/lang/lib/python3.13/json/__init__.py"),
                ("boto3", "/var/lang/lib/python3.13/site-packages/botocore/client.py"),
            ):
                outcome = await cloud.invoke("places", {"call": call})
                frames = "".join(json.loads(outcome.payload)["stackTrace"])
                assert '"/var/task/app.py"' in frames
                assert f'"{path}"' in frames

    asyncio.run(scenario())
