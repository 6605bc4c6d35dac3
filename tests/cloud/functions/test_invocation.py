"""What a handler gets, what its caller gets back, and what is in the log."""

from __future__ import annotations

import asyncio
import json
import re
from types import SimpleNamespace

import pytest

from labkit.cloud.functions import FunctionNotFound
from labkit.cloud.functions.logs_backend import LabLogsBackend
from tests.cloud.functions.surroundings import (
    WAITING_HANDLER,
    Gate,
    base64_zip,
    surroundings,
)

ECHO = "def handler(event, context): return event"


@pytest.mark.fidelity(
    "Lambda", "A warm worker is used again.", source="Lambda guide: lambda-runtime-environment"
)
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
            assert warm.duration_ms > 0
            assert 5 < warm.memory_mb < 128

    asyncio.run(scenario())


@pytest.mark.parametrize("stand_in", [False, True])
@pytest.mark.fidelity(
    "Lambda",
    "The log has INIT_START, START, END and REPORT lines with AWS's tabs.",
    source="LocalStack's recording: lambda_/test_lambda",
)
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
            assert b"two\nlinesEND RequestId" in outcome.log_tail
            warm = await cloud.invoke("chatty")
            log = cloud.log("chatty")[len(patterns) :]
            assert log[0] == f"START RequestId: {warm.request_id} Version: $LATEST\n"
            assert re.fullmatch(
                rf"REPORT RequestId: {warm.request_id}\tDuration: \d+\.\d\d ms\tBilled Duration: "
                r"\d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\t\n",
                log[-1],
            ), log[-1]
            assert warm.log_stream == outcome.log_stream

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "The context object has everything that the runtime client gives it.",
    source="runtime client: awslambdaric/lambda_context.py",
)
def test_the_context_is_complete() -> None:
    """Everything that AWS's context object has."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            arn = cloud.create(
                "who",
                """
import os, re
TRACE = r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0"
def handler(event, context):
    return [context.aws_request_id, context.function_name, context.function_version,
            context.invoked_function_arn, context.memory_limit_in_mb, context.log_group_name,
            context.log_stream_name, context.client_context.custom,
            0 < context.get_remaining_time_in_millis() <= 7000,
            context.identity.cognito_identity_id, context.tenant_id,
            bool(re.fullmatch(TRACE, os.environ["_X_AMZN_TRACE_ID"]))]
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
                None,
                None,
                True,
            ]

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "A function has a home of its own, no stdin, and boto3 as in Lambda's runtime.",
    source="Lambda guide: lambda-python",
)
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


@pytest.mark.fidelity(
    "Lambda",
    "LAMBDA_TASK_ROOT is a folder of this machine's, not /var/task.",
    source="Lambda guide: configuration-envvars",
    differs="A laptop's own folders are not written to; code that asks for its folder is right.",
)
@pytest.mark.fidelity(
    "Lambda",
    "A function's scratch space is TMPDIR, a folder of its worker, where a file is no larger than "
    "EphemeralStorage.",
    source="Lambda guide: configuration-ephemeral-storage",
    differs="AWS's is /tmp, all of which has that size; here /tmp is the machine's own.",
)
def test_code_and_scratch_space_are_folders_of_this_machine() -> None:
    """What is written there is found by the same worker, and goes with it."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create(
                "place",
                """
import os, tempfile
def handler(event, context):
    scratch = tempfile.gettempdir()
    before, problems = os.listdir(scratch), []
    for name, megabytes in (("one", 300), ("two", 300), ("three", 600)):
        with open(os.path.join(scratch, name), "wb") as file:
            try:
                file.truncate(megabytes * 1024 * 1024)
            except OSError as error:
                problems.append(name)
    return {"root": os.environ["LAMBDA_TASK_ROOT"], "code": os.path.dirname(__file__),
            "scratch": scratch, "before": sorted(before), "problems": problems}
""",
                EphemeralStorage={"Size": 512},
            )
            first = json.loads((await cloud.invoke("place")).payload)
            assert first["root"] == first["code"] != "/var/task"
            assert first["scratch"].startswith(str(cloud.folder / "workers"))
            assert (first["before"], first["problems"]) == ([], ["three"])
            again = json.loads((await cloud.invoke("place")).payload)
            assert again["before"] == ["one", "three", "two"]

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "`python/` of each layer is on Python's path after the function's own code, and `bin/` on the "
    "system's; a function keeps a layer that is deleted.",
    source="Lambda guide: python-layers",
)
def test_layers_are_found_after_the_functions_own_code() -> None:
    """`python/` of each layer is on the path, also when the layer has been deleted since."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            files = {"python/shop.py": "n = 7", "bin/shop-tool": "#!/bin/sh"}
            content = {"ZipFile": base64_zip(files)}
            layer = cloud.backend.publish_layer_version({"LayerName": "shared", "Content": content})
            code = """
import os, shutil, shop
def handler(event, context): return shop.n if shutil.which("shop-tool", mode=os.F_OK) else None
"""
            cloud.create("layered", code, Layers=[layer.arn])
            assert (await cloud.invoke("layered")).payload == b"7"
            cloud.backend.delete_layer_version("shared", "1")
            cloud.backend.get_function("layered").update_configuration({"Description": "cold"})
            assert (await cloud.invoke("layered")).payload == b"7"

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "What a handler prints cannot change or delay its result.",
    source="Lambda guide: runtimes-api",
)
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


@pytest.mark.fidelity(
    "Lambda",
    "Of what one invocation prints, the first 1 MB and the last 64 KB are kept.",
    differs="AWS has no such limit; a flood must not fill the disk or the memory of a laptop.",
)
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


@pytest.mark.fidelity(
    "Lambda",
    "What a running function has printed is in its log at once.",
    differs="CloudWatch takes seconds; a lesson does not wait.",
)
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


def test_reading_a_log_shows_what_a_running_function_has_printed() -> None:
    """moto's Logs asks the functions first."""
    asked: list[str | None] = []

    class Logs(LabLogsBackend):
        cloud = SimpleNamespace(functions=SimpleNamespace(collect=asked.append))  # type: ignore[assignment]

    logs = Logs("us-east-1", "123456789012")
    logs.create_log_group("/aws/lambda/f", {})
    logs.create_log_stream("/aws/lambda/f", "s")
    logs.get_log_events(
        log_group_name="/aws/lambda/f",
        log_group_id=None,
        log_stream_name="s",
        start_time=None,
        end_time=None,
        limit=None,
        next_token=None,
        start_from_head=False,
    )
    logs.filter_log_events("/aws/lambda/f", [], None, None, None, None, "", False)
    assert asked == ["/aws/lambda/f", "/aws/lambda/f"]


@pytest.mark.fidelity(
    "Lambda",
    "A version is a snapshot of code and configuration.",
    source="Lambda guide: configuration-versions",
)
def test_versions_and_aliases_run_their_own_code() -> None:
    """A version stays as it was published; an alias leads to one."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            code = "def handler(e, c): return [{}, c.function_version, c.invoked_function_arn]"
            arn = cloud.create("many", code.format(1))
            cloud.backend.publish_version("many")
            cloud.backend.create_alias("live", "many", "1", "", "")
            cloud.backend.update_function_code(
                "many", None, {"ZipFile": base64_zip(code.format(2))}
            )
            latest = await cloud.invoke("many")
            live = await cloud.invoke(f"{arn}:live")
            assert json.loads(latest.payload) == [2, "$LATEST", arn]
            assert json.loads(live.payload) == [1, "1", f"{arn}:live"]
            assert live.executed_version == "1"
            assert "/[1]" in live.log_stream
            with pytest.raises(FunctionNotFound, match=f"Function not found: {arn}:7"):
                await cloud.invoke("many:7")

    asyncio.run(scenario())


def test_what_a_module_prints_comes_before_the_first_invocation() -> None:
    """As on AWS: between INIT_START and START, and in the tail of the cold start's log."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("early", "print('loading')\ndef handler(event, context): print('called')")
            outcome = await cloud.invoke("early")
            assert [line.split(" ")[0].strip() for line in cloud.log("early")] == [
                "INIT_START",
                "loading",
                "START",
                "called",
                "END",
                "REPORT",
            ]
            assert outcome.log_tail.startswith(b"loading\nSTART")

    asyncio.run(scenario())
