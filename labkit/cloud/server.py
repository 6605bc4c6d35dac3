"""The front door: HTTP on 127.0.0.1, and where each request goes from there.

Functions have a door of their own, which leads to AWS's services and to webhooks only.

    guard -> lab's own pages (/_lab) -> API Gateway, Lambda, SNS data planes -> moto

Every data plane has `handle(request)`, which answers or returns None for "not mine".
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from importlib.metadata import version
from typing import TYPE_CHECKING

from aiohttp import web

from labkit.cloud import guard, webhooks
from labkit.cloud.access import analyzer
from labkit.cloud.messages import NotUsable, Request, Response
from labkit.cloud.query_protocol import in_protocol
from labkit.cloud.queues import peek

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

log = logging.getLogger("labkit.cloud")

# A function's zip file is at most 50 MB, and Base64 in JSON makes a third more of it.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST_BODY = 100 * 1024 * 1024
LARGEST_HEADER = 64 * 1024

# Pages that act on the lab, such as its clock, without asking who calls.
LABS_OWN = ("/_lab/", "/moto-api/")
NOT_FOR_FUNCTIONS = (
    "Functions reach AWS's services here and may post to webhooks; the lab's other pages are not "
    "for them."
)


class FrontDoor:
    """Takes a request to the part of the cloud that answers it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._planes = (
            cloud.gateway.handle,
            cloud.functions.handle,
            cloud.notifications.handle,
            analyzer.handle,
        )

    async def answer(self, request: Request) -> Response:
        """The response to `request`, whatever happens."""
        refused = guard.refusal(request, self._cloud.authority)
        if refused is not None:
            return refused
        try:
            if request.from_function and _is_labs_own(request):
                return Response.of_json({"message": NOT_FOR_FUNCTIONS}, 403)
            if request.path.startswith("/_lab/"):
                return await self._lab(request)
            refused = self._cloud.access.refusal(request)
            if refused is not None:
                return refused
            for handle in self._planes:
                response = await handle(request)
                if response is not None:
                    return response
            if request.path == "/moto-api/reset" and request.method == "POST":
                await self._cloud.reset()
            return await self._cloud.moto.call(request)
        except Exception as error:
            log.exception("%s %s failed", request.method, request.path)
            message = f"The local cloud failed: {type(error).__name__}: {error}"
            failure = Response.of_json({"__type": "InternalFailure", "message": message}, 500)
            return in_protocol(request, failure)

    async def _lab(self, request: Request) -> Response:
        cloud = self._cloud
        pages = (
            cloud.clock.activity.handle,
            cloud.inbox.handle,
            cloud.webhooks.handle,
            cloud.faults.handle,
            cloud.access.handle,
            peek.handle,
        )
        try:
            for handle in pages:
                response = await handle(request)
                if response is not None:
                    return response
            if request.path == "/_lab/clock":
                return self._clock(request)
        except NotUsable as error:
            return Response.of_json({"message": str(error)}, 400)
        if request.path == "/_lab/health":
            return Response.of_json(self._health())
        return Response.of_json({"message": f"The local cloud has no page {request.path}."}, 404)

    def _health(self) -> dict[str, object]:
        return {
            "status": "ok",
            "endpoint_url": self._cloud.endpoint_url,
            "smtp": self._cloud.inbox.address,
            "labkit": version("labkit"),
            "moto": version("moto"),
            "tasks": len(asyncio.all_tasks()),
            "waiting": self._cloud.clock.waiting,
        }

    def _clock(self, request: Request) -> Response:
        clock = self._cloud.clock
        if request.method == "POST":
            try:
                clock.advance(float(json.loads(request.body)["advance"]))
            except (ValueError, KeyError, TypeError, OverflowError) as error:
                raise NotUsable(
                    f'Send {{"advance": seconds}} with seconds of at least 0 ({error}).'
                ) from None
        return Response.of_json({"now": clock.now(), "ahead": clock.ahead})


class Answer(web.Response):
    """A response that does not tell by which server it is sent, as AWS's do not."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall("Server", None)


def _is_labs_own(request: Request) -> bool:
    """Whether a page is the lab's; a webhook stands for somebody's endpoint on the internet."""
    webhook = webhooks.PAGE.fullmatch(request.path)
    posts = request.method == "POST" and webhook is not None and not webhook[2]
    return request.path.startswith(LABS_OWN) and not posts


def web_server(front_door: FrontDoor, *, for_functions: bool = False) -> web.Server:
    """An aiohttp server that speaks HTTP for a front door, or for the functions' way into it."""

    async def handle(arrived: web.BaseRequest) -> web.StreamResponse:
        if arrived.headers.get("Expect", "").lower() == "100-continue":
            await arrived.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            arrived.writer.output_size = 0
        try:
            body = await arrived.read()
        except web.HTTPRequestEntityTooLarge:
            return web.json_response({"message": "Request entity too large"}, status=413)
        # A client that takes the cloud for a proxy sends the whole URL.
        origin_form = re.sub(r"^https?://[^/?#]*", "", arrived.raw_path)
        path, _, query = origin_form.partition("?")
        request = Request(
            arrived.method,
            path,
            query,
            arrived.headers.copy(),
            body,
            arrived.remote or "127.0.0.1",
            for_functions,
        )
        response = await front_door.answer(request)
        return Answer(status=response.status, headers=response.headers, body=response.body)

    def make_request(message, payload, protocol, writer, task):  # type: ignore[no-untyped-def]
        return web.BaseRequest(
            message, payload, protocol, writer, task, task.get_loop(), client_max_size=LARGEST_BODY
        )

    return web.Server(
        handle,
        request_factory=make_request,
        handler_cancellation=True,
        auto_decompress=False,
        access_log=None,
        max_line_size=LARGEST_HEADER,
        max_field_size=LARGEST_HEADER,
    )
