"""Functions that run in real workers, in a cloud that has only what they need."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from moto.awslambda.models import LambdaBackend, lambda_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.sts.models import sts_backends

from labkit.cloud.access.access import Access
from labkit.cloud.access.mode import Mode
from labkit.cloud.clock import Clock
from labkit.cloud.functions import Functions, Outcome
from labkit.cloud.functions.backend import FunctionsMixin
from labkit.cloud.metrics.store import Store
from labkit.cloud.tasks import Tasks

ACCOUNT = "123456789012"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/runner"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


class Backend(FunctionsMixin, LambdaBackend):
    """moto's Lambda with functions that run, and no mappings."""


class Surroundings:
    """As much of a cloud as functions need."""

    account_id = ACCOUNT
    region = "us-east-1"
    functions_endpoint_url = "http://127.0.0.1:9"

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="labkit-test-"))
        self.clock = Clock()
        self.tasks = Tasks()
        self.metrics = Store()
        self.access = Access(self.clock, ACCOUNT, Mode.OFF)
        self.functions = Functions(self)  # type: ignore[arg-type]

    @property
    def backend(self) -> Backend:
        """moto's Lambda backend of the region."""
        return lambda_backends[ACCOUNT]["us-east-1"]  # type: ignore[return-value]

    def create(self, name: str, code: str | dict[str, str], **options: Any) -> str:
        """Create a function from the text of `app.py` or of several files; return its ARN."""
        spec = {
            "FunctionName": name,
            "Runtime": "python3.13",
            "Role": ROLE_ARN,
            "Handler": "app.handler",
            "Code": {"ZipFile": base64.b64encode(zipped(code)).decode()},
            **options,
        }
        return self.backend.create_function(spec).function_arn

    async def invoke(self, name: str, event: Any = None, **options: Any) -> Outcome:
        """Invoke a function with an event that is not JSON yet."""
        return await self.functions.invoke(name, json.dumps(event or {}).encode(), **options)

    def log(self, name: str) -> list[str]:
        """All messages of a function's log, stream after stream."""
        group = logs_backends[ACCOUNT]["us-east-1"].groups.get(f"/aws/lambda/{name}")
        streams = group.streams.values() if group else ()
        return [event.message for stream in streams for event in stream.events]


@contextmanager
def empty_moto() -> Iterator[None]:
    """A moto in this process that knows no function, role or log."""
    used = (lambda_backends, iam_backends, logs_backends, sts_backends)
    before = lambda_backends.backend
    for backends in used:
        backends.clear()
    lambda_backends.backend = Backend
    try:
        yield
    finally:
        lambda_backends.backend = before
        for backends in used:
            backends.clear()


@asynccontextmanager
async def surroundings(*, stand_in: bool = False) -> AsyncIterator[Surroundings]:
    """Surroundings with the role `runner`; at the end nothing of them runs any more."""
    with empty_moto():
        cloud = Surroundings()
        cloud.functions.fleet.stand_in = stand_in
        Backend.cloud = cloud  # type: ignore[assignment]
        iam_backends[ACCOUNT]["aws"].create_role(
            "runner", json.dumps(TRUST), "/", None, "", [], "3600"
        )
        try:
            yield cloud
        finally:
            await cloud.functions.reset()
            await cloud.tasks.stop()
            shutil.rmtree(cloud.folder, ignore_errors=True)


def zipped(files: str | dict[str, str]) -> bytes:
    """A zip file of texts; a single text is `app.py`."""
    if isinstance(files, str):
        files = {"app.py": files}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        for name, text in files.items():
            written.writestr(name, text)
    return archive.getvalue()


def base64_zip(files: str | dict[str, str]) -> str:
    """The same, as the API takes it."""
    return base64.b64encode(zipped(files)).decode()


def gone(pid: int) -> bool:
    """Whether no such process exists, not even as a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


class Gate:
    """Where handlers wait until a test lets them go on.

    A handler passes with `socket.create_connection(("127.0.0.1", event["gate"])).recv(1)`.
    """

    def __init__(self) -> None:
        self.port = 0
        self._waiting: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
        self._all: list[asyncio.StreamWriter] = []

    @classmethod
    @asynccontextmanager
    async def closed(cls) -> AsyncIterator[Gate]:
        """A closed gate."""
        gate = cls()
        server = await asyncio.start_server(gate._arrived, "127.0.0.1", 0)
        gate.port = server.sockets[0].getsockname()[1]
        try:
            yield gate
        finally:
            server.close()
            for writer in gate._all:
                writer.close()
            await asyncio.gather(
                *(writer.wait_closed() for writer in gate._all), return_exceptions=True
            )

    async def arrival(self) -> Callable[[], None]:
        """Wait for the next handler; what is returned lets it go on."""
        async with asyncio.timeout(20):
            writer = await self._waiting.get()
        return writer.close

    async def _arrived(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._all.append(writer)
        await self._waiting.put(writer)


WAITING_HANDLER = """
import os, socket
def handler(event, context):
    print("waiting")
    with socket.create_connection(("127.0.0.1", event["gate"])) as gate:
        gate.recv(1)
    return os.getpid()
"""
