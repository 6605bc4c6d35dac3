"""The Runtime API over a raw socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from labkit.cloud.functions.invocation import Invocation
from labkit.cloud.functions.outcome import LARGEST_RESPONSE
from labkit.cloud.functions.runtime_api import Message, RuntimeApi

NEXT = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: {host}\r\n{more}\r\n"

ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders:live"
EVENT = Invocation("id-1", b'{"a": 1}', ARN, "Root=1-2-3;Parent=4;Sampled=0", '{"custom": {}}')


class Talk:
    """A listener, a connection to it and what was heard."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.api = RuntimeApi(self.heard.append)

    async def open(self) -> None:
        host, port = self.api.address.split(":")
        self.reader, self.writer = await asyncio.open_connection(host, int(port))

    def send(self, text: str | bytes) -> None:
        self.writer.write(text if isinstance(text, bytes) else text.encode())

    def ask(self, more: str = "", host: str | None = None) -> None:
        self.send(NEXT.format(host=host or self.api.address, more=more))

    def post(self, path: str, body: bytes) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: {self.api.address}\r\nContent-Length: {len(body)}"
        self.send(head.encode() + b"\r\n\r\n" + body)

    async def answer(self) -> tuple[str, bytes]:
        async with asyncio.timeout(20):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            length = int(head.lower().partition("content-length: ")[2].split("\r\n")[0])
            return head, await self.reader.readexactly(length)


@asynccontextmanager
async def talk() -> AsyncIterator[Talk]:
    talking = Talk()
    await talking.api.listen()
    await talking.open()
    yield talking
    talking.writer.close()
    talking.api.close()
    await asyncio.sleep(0)


@pytest.mark.fidelity(
    "Lambda",
    "The Runtime API gives events with AWS's headers.",
    source="Lambda guide: runtimes-api",
)
def test_an_event_waits_for_the_worker_and_the_worker_for_an_event() -> None:
    """Either may come first; the headers describe the event."""

    async def scenario() -> None:
        async with talk() as worker:
            for first in ("worker", "event"):
                if first == "worker":
                    worker.ask()
                    await _heard(worker)
                worker.api.give(EVENT.headers(deadline=1_795_424_400.25), EVENT.payload)
                if first == "event":
                    worker.ask()
                head, body = await worker.answer()
                assert head.startswith("HTTP/1.1 200 OK\r\n")
                headers = dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
                headers = {name: headers[name] for name in headers if "Runtime" in name}
                assert headers == {
                    "Lambda-Runtime-Aws-Request-Id": "id-1",
                    "Lambda-Runtime-Deadline-Ms": "1795424400250",
                    "Lambda-Runtime-Invoked-Function-Arn": ARN,
                    "Lambda-Runtime-Trace-Id": "Root=1-2-3;Parent=4;Sampled=0",
                    "Lambda-Runtime-Client-Context": '{"custom": {}}',
                }
                assert body == b'{"a": 1}'

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/2018-06-01/runtime/invocation/id-1/response", Message("response", "id-1", b"{}")),
        ("/2018-06-01/runtime/invocation/id-1/error", Message("error", "id-1", b"{}")),
        ("/2018-06-01/runtime/init/error", Message("init", "", b"{}")),
    ],
)
@pytest.mark.fidelity(
    "Lambda",
    "The Runtime API accepts responses and errors with 202.",
    source="Lambda guide: runtimes-api",
)
def test_what_the_worker_posts_is_accepted(path: str, message: Message) -> None:
    """202, and the message is heard."""

    async def scenario() -> None:
        async with talk() as worker:
            worker.post(path, b"{}")
            assert (await worker.answer())[0].startswith("HTTP/1.1 202 Accepted\r\n")
            assert worker.heard == [message]

    asyncio.run(scenario())


def test_an_unknown_path_is_not_found() -> None:
    """And the connection goes on."""

    async def scenario() -> None:
        async with talk() as worker:
            worker.post("/2018-06-01/runtime/elsewhere", b"{}")
            assert (await worker.answer())[0].startswith("HTTP/1.1 404")
            worker.post("/2018-06-01/runtime/init/error", b"{}")
            assert (await worker.answer())[0].startswith("HTTP/1.1 202")

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "A response that is too large is 413 for the runtime.",
    source="Lambda guide: runtimes-api",
)
def test_a_body_that_is_too_large_is_not_kept() -> None:
    """413, and the next request is understood again."""

    async def scenario() -> None:
        async with talk() as worker:
            path = "/2018-06-01/runtime/invocation/id-1/response"
            worker.post(path, b"x" * (LARGEST_RESPONSE + 1))
            worker.post(path, b"{}")
            assert (await worker.answer())[0].startswith("HTTP/1.1 413")
            assert (await worker.answer())[0].startswith("HTTP/1.1 202")
            assert [message.body for message in worker.heard] == [None, b"{}"]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("more", "host"),
    [
        ("", "localhost:1"),
        ("Origin: http://evil.example\r\n", None),
        ("Sec-Fetch-Site: cross-site\r\n", None),
        ("Transfer-Encoding: chunked\r\n", None),
        ("Content-Length: -1\r\n", None),
        ("Content-Length: many\r\n", None),
    ],
)
def test_anyone_but_the_runtime_client_is_hung_up_on(more: str, host: str | None) -> None:
    """A web page that has guessed the port takes no event from a function."""

    async def scenario() -> None:
        async with talk() as page:
            page.ask(more, host)
            async with asyncio.timeout(20):
                with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                    await page.reader.readexactly(1)
            assert page.heard == []

    asyncio.run(scenario())


def test_noise_is_hung_up_on() -> None:
    """What is no HTTP ends the connection, nothing else."""

    async def scenario() -> None:
        async with talk() as noise:
            noise.send(b"\x00\xff garbage\r\n\r\n")
            async with asyncio.timeout(20):
                with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                    await noise.reader.readexactly(1)
            noise.writer.close()
            await noise.open()
            noise.ask()
            noise.api.give({}, b"1")
            assert (await noise.answer())[1] == b"1"

    asyncio.run(scenario())


async def _heard(worker: Talk) -> None:
    """Wait until the request has arrived: the answer to a later one on a second line shows it."""
    first = worker.reader, worker.writer
    await worker.open()
    worker.post("/2018-06-01/runtime/elsewhere", b"")
    await worker.answer()
    worker.writer.close()
    worker.reader, worker.writer = first
