"""The Lambda Runtime API of one worker: what AWS's runtime client asks and answers.

The client finds it through AWS_LAMBDA_RUNTIME_API and cannot say which worker it is, so that each
worker has a listener of its own on 127.0.0.1. Header and body leave in one segment with
TCP_NODELAY; two segments would cost 40 ms of delayed acknowledgement for every call.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

from labkit.cloud.functions.outcome import LARGEST_RESPONSE

PREFIX = "/2018-06-01/runtime"
POSTED = re.compile(re.escape(PREFIX) + r"/(?:invocation/([^/]+)/(response|error)|(init)/error)$")
LARGEST_HEADERS = 2 * 1024 * 1024  # the client reports an X-Ray cause of up to 1 MB in a header
ACCEPTED = b'{"status":"OK"}'


@dataclass(frozen=True)
class Message:
    """What a worker has said.

    `kind` is `ready` (it asks for its first or next event), `response`, `error` or `init`;
    `body` is None when it was too large to be kept.
    """

    kind: str
    request_id: str = ""
    body: bytes | None = b""


class RuntimeApi:
    """A listener for one worker. `heard` is called with each message, on the event loop."""

    def __init__(self, heard: Callable[[Message], None]) -> None:
        self.heard = heard
        self.address = ""
        self._asking: asyncio.StreamWriter | None = None
        self._event: bytes | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    async def listen(self) -> None:
        """Open the listener on a free port of 127.0.0.1."""
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", 0, limit=LARGEST_HEADERS
        )
        host, port = self._server.sockets[0].getsockname()
        self.address = f"{host}:{port}"

    def give(self, headers: dict[str, str], event: bytes) -> None:
        """Hand the worker its next event, now or as soon as it asks."""
        response = _http("200 OK", event, headers)
        if self._asking is not None:
            asking, self._asking = self._asking, None
            asking.write(response)
        else:
            self._event = response

    def close(self) -> None:
        """Stop listening and hang up."""
        self._server.close()
        for connection in self._connections:
            connection.transport.abort()

    async def _connected(
        self, reader: asyncio.StreamReader, connection: asyncio.StreamWriter
    ) -> None:
        """Serve one connection of a worker; anything but the runtime client's HTTP ends it."""
        self._connections.add(connection)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                method, path, headers = _parse_head(head[:-4])
                if not self._is_the_client(headers):
                    return
                body = await _body(reader, int(headers.get("content-length", "0")))
                self._answer(connection, method, path, body)
        except (EOFError, OSError, ValueError, asyncio.LimitOverrunError):
            return
        finally:
            connection.transport.abort()
            self._connections.discard(connection)
            if self._asking is connection:
                self._asking = None

    def _answer(
        self, connection: asyncio.StreamWriter, method: str, path: str, body: bytes | None
    ) -> None:
        if method == "GET" and path == f"{PREFIX}/invocation/next":
            if self._event is not None:
                event, self._event = self._event, None
                connection.write(event)
            else:
                self._asking = connection
            self.heard(Message("ready"))
            return
        posted = POSTED.match(path)
        if method != "POST" or posted is None:
            connection.write(_http("404 Not Found", b'{"errorType":"InvalidPath"}'))
            return
        if body is None:
            connection.write(
                _http("413 Request Entity Too Large", b'{"errorType":"RequestEntityTooLarge"}')
            )
        else:
            connection.write(_http("202 Accepted", ACCEPTED))
        self.heard(Message(posted[3] or posted[2], posted[1] or "", body))

    def _is_the_client(self, headers: dict[str, str]) -> bool:
        """Not a web page that guesses the port: those name an origin, or another host."""
        return (
            headers.get("host") == self.address
            and "origin" not in headers
            and "sec-fetch-site" not in headers
            and "transfer-encoding" not in headers
        )


async def _body(reader: asyncio.StreamReader, length: int) -> bytes | None:
    """A body, None when it is too large to be kept."""
    if length <= LARGEST_RESPONSE:
        return await reader.readexactly(length)
    while length > 0:
        piece = await reader.read(min(length, LARGEST_HEADERS))
        if not piece:
            raise EOFError
        length -= len(piece)
    return None


def _parse_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    request_line, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = request_line.split(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return method, path, headers


def _http(status: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
