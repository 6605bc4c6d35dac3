"""Workers that run within another command, as in a grader's sandbox."""

from __future__ import annotations

import asyncio
import json

import pytest

from labkit.cloud.worker_command import WORKER_COMMAND
from tests.cloud.functions.surroundings import surroundings

SANDBOX = ["bwrap", "--unshare-pid", "--die-with-parent", "--dev-bind", "/", "/"]
SANDBOX += ["--proc", "/proc", "--setenv", "SANDBOX", "yes", "--"]
CODE = """
import os, signal
def handler(event, context):
    if event == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    kept = b"x" * (60 * 2**20)
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
    return [os.environ["SANDBOX"], len(processes)]
"""


def test_a_worker_runs_within_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function sees the sandbox, its own memory is reported, and its end is what it was."""
    monkeypatch.setenv(WORKER_COMMAND, json.dumps(SANDBOX))

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("boxed", CODE)
            outcome = await cloud.invoke("boxed", {})
            assert json.loads(outcome.payload) == ["yes", 2]  # bubblewrap and the worker
            assert outcome.memory_mb > 60
            died = json.loads((await cloud.invoke("boxed", "die")).payload)
            assert died["errorMessage"].endswith("Runtime exited with error: signal: killed")
            assert json.loads((await cloud.invoke("boxed", {})).payload) == ["yes", 2]

    asyncio.run(scenario())
