"""After hundreds of clients that misbehave, the cloud holds what it held before."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import boto3
import pytest

from labkit import aws_settings, targets
from tests.cloud.functions.surroundings import TRUST, zipped
from tests.processes import children

ROUNDS = 40
LOOKS = 1000
SIGNED = (
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIAHOSTILE/20261123/us-east-1/sqs/aws4_request\r\n"
    "X-Amz-Target: AmazonSQS.ReceiveMessage\r\n"
)
Held = dict[str, int]


@dataclass(frozen=True)
class Process:
    """A cloud of this module's own: what others leave behind would be counted."""

    endpoint_url: str
    pid: int

    def held(self) -> Held:
        """What the cloud holds while it answers nobody but this."""
        page = Request(f"{self.endpoint_url}/_lab/health", headers={"Connection": "close"})
        with urlopen(page) as answer:
            health = json.load(answer)
        return {
            "files": len(list(Path(f"/proc/{self.pid}/fd").iterdir())),
            "tasks": health["tasks"],
            "waiting": health["waiting"],
            "workers": len(children(self.pid)),
        }

    def settled(self, wanted: Held | None) -> Held:
        """What it holds when it is back at `wanted`, or after as many looks as that ever takes.

        Each look is a request of its own, for which the cloud's loop goes round several times.
        """
        for _ in range(LOOKS):
            if (found := self.held()) == wanted:
                break
        return found


@pytest.fixture(scope="module")
def process() -> Iterator[Process]:
    """The cloud, and its process."""
    before = children(os.getpid())
    url, stop = targets.start_cloud()
    (pid,) = set(children(os.getpid())) - set(before)
    yield Process(url, pid)
    stop()


def half_open(connection: socket.socket) -> None:
    """Connects, says nothing and hangs up."""


def begins(connection: socket.socket) -> None:
    """Stops in the middle of a header."""
    connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Am")


def aborts_its_body(connection: socket.socket) -> None:
    """Promises more than it sends."""
    connection.sendall(
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999\r\n\r\nAction="
    )


def has_huge_headers(connection: socket.socket) -> None:
    """Sends a header that is larger than any may be."""
    connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n")


def chunks_badly(connection: socket.socket) -> None:
    """Sends a chunk whose length is no number."""
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.sendall(head + b"zz\r\nabc\r\n")


def stops_between_chunks(connection: socket.socket) -> None:
    """Sends one chunk and no more."""
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.sendall(head + b"3\r\nabc\r\n")


def speaks_no_http(connection: socket.socket) -> None:
    """Sends bytes that mean nothing."""
    connection.sendall(os.urandom(512))


def waits_and_goes(connection: socket.socket) -> None:
    """Begins a long poll, and goes before it ends."""
    body = json.dumps({"QueueUrl": "http://127.0.0.1/123456789012/leaks", "WaitTimeSeconds": 20})
    head = (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n{SIGNED}"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall((head + body).encode())


def invokes_and_goes(connection: socket.socket) -> None:
    """Invokes a function, and goes before it answers."""
    connection.sendall(
        b"POST /2015-03-31/functions/leaks/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Authorization: AWS4-HMAC-SHA256 Credential=AKIAHOSTILE/20261123/us-east-1/lambda/"
        b"aws4_request\r\nContent-Length: 2\r\n\r\n{}"
    )


def never_reads(connection: socket.socket) -> None:
    """Asks a hundred times on one connection, and takes no answer."""
    connection.sendall(b"GET /_lab/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100)


HOSTILE = (
    half_open,
    begins,
    aborts_its_body,
    has_huge_headers,
    chunks_badly,
    stops_between_chunks,
    speaks_no_http,
    waits_and_goes,
    invokes_and_goes,
    never_reads,
)


def hang_up(connection: socket.socket, *, rudely: bool) -> None:
    """Close a connection, with a reset if rudely."""
    if rudely:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def misbehave(address: tuple[str, int], rounds: int) -> None:
    """Let every hostile client come `rounds` times, and go politely or rudely."""
    for number in range(rounds):
        open_now = [socket.create_connection(address, timeout=10) for _ in HOSTILE]
        for say, connection in zip(HOSTILE, open_now, strict=True):
            with contextlib.suppress(ConnectionError):  # it may have been shown the door already
                say(connection)
        for connection in open_now:
            hang_up(connection, rudely=number % 2 == 1)


def test_clients_that_misbehave_leave_nothing_behind(process: Process) -> None:
    """Files, tasks, waiters and workers are as many after 400 as after 100, however they went."""
    session = boto3.Session(region_name=aws_settings.REGION)
    iam, functions, sqs = (
        session.client(service, endpoint_url=process.endpoint_url)
        for service in ("iam", "lambda", "sqs")
    )
    role = iam.create_role(RoleName="leaks", AssumeRolePolicyDocument=json.dumps(TRUST))
    functions.create_function(
        FunctionName="leaks",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="app.handler",
        Code={"ZipFile": zipped("def handler(event, context): pass")},
    )
    url = sqs.create_queue(QueueName="leaks")["QueueUrl"]
    parts = urlsplit(process.endpoint_url)
    address = (parts.hostname or "", parts.port or 0)
    misbehave(address, ROUNDS // 4)
    before = process.settled(None)
    misbehave(address, ROUNDS)
    assert process.settled(before) == before
    sqs.send_message(QueueUrl=url, MessageBody="well")  # no poller that has gone takes it
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "well"
    assert functions.invoke(FunctionName="leaks")["StatusCode"] == 200
