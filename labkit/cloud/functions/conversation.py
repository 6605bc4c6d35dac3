"""What the cloud and one worker say to each other, one thing at a time.

The next thing that happens settles the wait for it: an answer, an error, the death of the process
or the end of the time; the first one wins, and what comes later about an old request is not heard.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from labkit.cloud.functions.invocation import Invocation
from labkit.cloud.functions.runtime_api import Message, RuntimeApi


class Conversation:
    """A worker's Runtime API, as a sequence of questions and answers.

    `started` is called when the worker is up, or has said that it cannot be.
    """

    def __init__(self, started: Callable[[], object]) -> None:
        self.ready = False
        self._started = started
        self._api = RuntimeApi(self._heard)
        self._settled: asyncio.Future[Message] | None = None
        self._request_id = ""
        self._over = False

    async def open(self) -> str:
        """Begin to listen; return the address for AWS_LAMBDA_RUNTIME_API."""
        await self._api.listen()
        self._settled = asyncio.get_running_loop().create_future()
        return self._api.address

    def give(self, invocation: Invocation, *, deadline: float) -> None:
        """Hand an event over; `hear` says what comes of it."""
        self._request_id = invocation.request_id
        self._settled = asyncio.get_running_loop().create_future()
        self._api.give(invocation.headers(deadline=deadline), invocation.payload)

    async def hear(self, seconds: float) -> Message:
        """The next thing that happens, at the latest (`timeout`) when the time is up.

        The time is the machine's: moving the lab's clock makes no function slower.
        """
        assert self._settled is not None
        if self._over:
            return Message("exit")
        timer = asyncio.get_running_loop().call_later(seconds, self._settle, Message("timeout"))
        try:
            return await self._settled
        finally:
            timer.cancel()
            self._settled = None

    def end(self) -> None:
        """The process is gone (`exit`)."""
        self._over = True
        self._settle(Message("exit"))

    def close(self) -> None:
        """Hang up."""
        self._api.close()

    def _heard(self, message: Message) -> None:
        if message.kind in ("response", "error") and message.request_id != self._request_id:
            return
        if message.kind in ("ready", "init"):
            if self.ready:
                return
            self.ready = message.kind == "ready"
            self._started()
        self._settle(message)

    def _settle(self, message: Message) -> None:
        if self._settled is not None and not self._settled.done():
            self._settled.set_result(message)
