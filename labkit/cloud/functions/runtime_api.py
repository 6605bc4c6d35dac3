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
        self._asking: _Connection | None = None
        self._event: bytes | None = None
        self._connections: set[_Connection] = set()

    async def listen(self) -> None:
        """Open the listener on a free port of 127.0.0.1."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.address = f"{host}:{port}"

    def give(self, headers: dict[str, str], event: bytes) -> None:
        """Hand the worker its next event, now or as soon as it asks."""
        response = _http("200 OK", event, headers)
        if self._asking is not None:
            asking, self._asking = self._asking, None
            asking.send(response)
        else:
            self._event = response

    def close(self) -> None:
        """Stop listening and hang up."""
        self._server.close()
        for connection in tuple(self._connections):
            connection.abort()

    def _answer(self, connection: _Connection, method: str, path: str, body: bytes | None) -> None:
        if method == "GET" and path == f"{PREFIX}/invocation/next":
            if self._event is not None:
                event, self._event = self._event, None
                connection.send(event)
            else:
                self._asking = connection
            self.heard(Message("ready"))
            return
        posted = POSTED.match(path)
        if method != "POST" or posted is None:
            connection.send(_http("404 Not Found", b'{"errorType":"InvalidPath"}'))
            return
        if body is None:
            connection.send(
                _http("413 Request Entity Too Large", b'{"errorType":"RequestEntityTooLarge"}')
            )
        else:
            connection.send(_http("202 Accepted", ACCEPTED))
        self.heard(Message(posted[3] or posted[2], posted[1] or "", body))


class _Connection(asyncio.Protocol):
    """One connection of a worker; anything but the runtime client's HTTP ends it."""

    def __init__(self, api: RuntimeApi) -> None:
        self._api = api
        self._buffer = bytearray()
        self._unwanted = 0  # bytes still to come of a body that is too large to be kept
        self._unwanted_for = ("", "")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._api._connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._api._connections.discard(self)
        if self._api._asking is self:
            self._api._asking = None

    def send(self, response: bytes) -> None:
        self._transport.write(response)

    def abort(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._unwanted:
            unwanted = min(self._unwanted, len(data))
            self._unwanted -= unwanted
            if self._unwanted:
                return
            self._api._answer(self, *self._unwanted_for, None)
            data = data[unwanted:]
        self._buffer += data
        while self._take_request():
            pass

    def _take_request(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > LARGEST_HEADERS:
                self.abort()
            return False
        try:
            method, path, headers = _parse_head(bytes(self._buffer[:end]))
            length = int(headers.get("content-length", "0"))
        except ValueError:
            self.abort()
            return False
        if not self._is_the_client(headers) or length < 0:
            self.abort()
            return False
        begin = end + 4
        missing = begin + length - len(self._buffer)
        if missing > 0 and length > LARGEST_RESPONSE:
            self._buffer.clear()
            self._unwanted, self._unwanted_for = missing, (method, path)
        if missing > 0:
            return False
        body = bytes(self._buffer[begin : begin + length]) if length <= LARGEST_RESPONSE else None
        del self._buffer[: begin + length]
        self._api._answer(self, method, path, body)
        return True

    def _is_the_client(self, headers: dict[str, str]) -> bool:
        """Not a web page that guesses the port: those name an origin, or another host."""
        return (
            headers.get("host") == self._api.address
            and "origin" not in headers
            and "sec-fetch-site" not in headers
            and "transfer-encoding" not in headers
        )


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
