"""The cloud dies suddenly: its workers and its folder go with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from tests.cloud.functions.surroundings import TRUST, zipped
from tests.processes import await_ends

CODE = """
import os, subprocess, sys, time
def handler(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    if event.get("stay"):
        with open(event["stay"], "w") as note:
            note.write(f"{os.getpid()} {child.pid}")
        time.sleep(300)
    return [os.getpid(), child.pid, os.environ["LAMBDA_TASK_ROOT"]]
"""
Cloud = tuple[subprocess.Popen[bytes], Callable[[str], object]]


@pytest.fixture
def doomed() -> Iterator[Cloud]:
    """A cloud that the test may kill, and clients of it that never retry."""
    process = subprocess.Popen(
        [sys.executable, "-m", "labkit.cloud", "--with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stdin is not None
    endpoint_url = json.loads(process.stdout.readline())["endpoint_url"]
    session = boto3.Session(region_name="us-east-1")

    def client(service: str) -> object:
        config = Config(retries={"max_attempts": 0})
        return session.client(service, endpoint_url=endpoint_url, config=config)

    yield process, client
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()


def running(pid: int) -> bool:
    """Whether a process still runs; a zombie that nobody has reaped yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_kill_9_of_the_cloud_leaves_nothing(doomed: Cloud, tmp_path: Path) -> None:
    """No idle worker, no busy worker, no child of theirs, no folder."""
    process, client = doomed
    role = client("iam").create_role(  # type: ignore[attr-defined]
        RoleName="runner", AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    functions = client("lambda")
    for name in ("idle", "busy"):
        functions.create_function(  # type: ignore[attr-defined]
            FunctionName=name,
            Runtime="python3.13",
            Role=role["Role"]["Arn"],
            Handler="app.handler",
            Timeout=600,
            Code={"ZipFile": zipped(CODE)},
        )
    answer = functions.invoke(FunctionName="idle")  # type: ignore[attr-defined]
    *idle_pids, task_root = json.load(answer["Payload"])
    folder = Path(task_root).parent.parent
    note = tmp_path / "note"
    os.mkfifo(note)
    payload = json.dumps({"stay": str(note)}).encode()
    caller = threading.Thread(target=_fails, args=(functions, payload))
    caller.start()
    pids = [*idle_pids, *map(int, note.read_text().split())]  # waits until it is written
    assert all(running(pid) for pid in pids)
    assert folder.exists()
    os.kill(process.pid, signal.SIGKILL)
    await_ends(pids, timeout=20)
    assert not folder.exists()
    caller.join()


def _fails(functions: object, payload: bytes) -> None:
    with pytest.raises(Exception, match=r"closed|aborted|connect"):
        functions.invoke(FunctionName="busy", Payload=payload)  # type: ignore[attr-defined]
