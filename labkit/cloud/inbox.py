"""The inbox that ships with the lab: a real SMTP server that keeps mails and passes none on.

SNS's e-mail subscribers get their mails here unless LAB_SMTP names another server. It takes mail
for any address, on 127.0.0.1 only, and shows them over HTTP:

    GET    /_lab/inbox                     every mail, oldest first
    GET    /_lab/inbox?after=2&wait=5      the mails after the second, waiting up to 5 s for one
    GET    /_lab/inbox?to=ada@example.com  the mails to one address, numbered by themselves
    DELETE /_lab/inbox                     empty it; with `to`, for one address
"""

from __future__ import annotations

import asyncio
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiosmtpd.smtp import SMTP, Envelope, Session

from labkit.cloud.arrivals import Arrivals
from labkit.cloud.long_polls import long_poll
from labkit.cloud.messages import Request, Response

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

MOST_BOXES = 1_000  # addresses whose mails are kept apart; the oldest makes room
LARGEST_MAIL = 10 * 1024 * 1024
LINK = re.compile(r"https?://[^\s<>\"']+")


class Inbox:
    """Every mail that the cloud sent, for any address."""

    def __init__(self, cloud: Cloud) -> None:
        self._clock = cloud.clock
        self._mails = Arrivals(cloud.clock)
        self._boxes: dict[str, Arrivals] = {}  # by address
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self.address = ""

    async def start(self) -> None:
        """Listen for SMTP on a free port of 127.0.0.1; `address` is `host:port` from then on."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self, loop), "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.address = f"{host}:{port}"

    async def stop(self) -> None:
        """Close the port and every connection to it."""
        if self._server is not None:
            self._server.close()
            for connection in list(self._connections):
                connection.transport.abort()
            await self._server.wait_closed()

    def reset(self) -> None:
        """Throw every mail away."""
        self._mails.clear()
        self._boxes.clear()

    async def handle(self, request: Request) -> Response | None:
        """Answer /_lab/inbox; None when the request is for another page."""
        if request.path != "/_lab/inbox":
            return None
        address = dict(parse_qsl(request.query)).get("to")
        box = self._mails if address is None else self._box(address)
        if request.method == "DELETE":
            self.reset() if box is self._mails else box.clear()
            return Response(204)
        if request.method != "GET":
            return Response.of_json({"message": "The inbox takes GET and DELETE."}, 405)
        after, wait = long_poll(request.query)
        return Response.of_json(await box.after(after, wait=wait))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail. The name is aiosmtpd's: it calls this hook for each mail."""
        content = envelope.original_content or b""
        mail = read_mail(content, envelope.rcpt_tos)
        kept, size = {"received": self._clock.now(), **mail}, 2 * len(content) + 512
        for box in (self._mails, *map(self._box, dict.fromkeys(envelope.rcpt_tos))):
            box.add(kept, size=size)
        return "250 2.0.0 Mail kept"

    def _box(self, address: str) -> Arrivals:
        while address not in self._boxes and len(self._boxes) >= MOST_BOXES:
            self._boxes.pop(next(iter(self._boxes)))
        return self._boxes.setdefault(address, Arrivals(self._clock))


class _Connection(SMTP):
    """One SMTP connection, which the inbox can end when the cloud stops."""

    def __init__(self, inbox: Inbox, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            inbox,
            hostname="localhost",
            ident="labkit",
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            loop=loop,
        )
        self._inbox = inbox

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._inbox._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._inbox._connections.discard(self)
        super().connection_lost(error)


def read_mail(content: bytes, recipients: list[str]) -> dict[str, Any]:
    """A mail as the inbox shows it: from, to, subject, text, links and all headers.

    >>> mail = read_mail(b"Subject: Hi\\n\\nSee https://example.com/a\\n", ["ada@example.com"])
    >>> mail["to"], mail["links"]
    (['ada@example.com'], ['https://example.com/a'])
    """
    message: EmailMessage = message_from_bytes(content, policy=policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    text = (body.get_content() if body is not None else "").replace("\r\n", "\n")
    return {
        "from": str(message.get("From", "")),
        "to": list(recipients),
        "subject": str(message.get("Subject", "")),
        "text": text,
        "links": LINK.findall(text),
        "headers": {name: str(value) for name, value in message.items()},
    }
