"""How often a part of the cloud has come to rest, for those who wait for what it has done.

Whatever works in the background ends, or goes on to wait for a signal or an instant of the clock.
Both are counted, so that a program can look at a queue or a log and then wait, without polling,
until there is a reason to look again:

    GET /_lab/activity?after=7&wait=10   ->   {"count": 9}
"""

from __future__ import annotations

import asyncio

from labkit.cloud.long_polls import long_poll
from labkit.cloud.messages import Request, Response


class Activity:
    """The count, and who waits for it to grow."""

    def __init__(self) -> None:
        self._count = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def rest(self) -> None:
        """Something has been done."""
        self._count += 1
        waiting, self._waiting = self._waiting, set()
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def after(self, number: int, *, wait: float) -> int:
        """The count when it is above `number`, or after `wait` real seconds."""
        try:
            async with asyncio.timeout(wait):
                while self._count <= number:
                    waiter = asyncio.get_running_loop().create_future()
                    self._waiting.add(waiter)
                    try:
                        await waiter
                    finally:
                        self._waiting.discard(waiter)
        except TimeoutError:
            pass  # nothing was done: the count is what it was
        return self._count

    async def handle(self, request: Request) -> Response | None:
        """Answer /_lab/activity; None when the request is for another page."""
        if request.path != "/_lab/activity":
            return None
        number, wait = long_poll(request.query)
        return Response.of_json({"count": await self.after(number, wait=wait)})
