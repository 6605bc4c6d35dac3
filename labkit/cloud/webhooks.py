"""HTTP receivers that ship with the lab, so that a student's subscriber needs no server of its own.

    POST|PUT /_lab/webhook/{name}                  recorded; answered 200, or as told below
    GET      /_lab/webhook/{name}?after=2&wait=5   requests after the second, waiting up to 5 s
    DELETE   /_lab/webhook/{name}                  forget them and the answer
    PUT      /_lab/webhook/{name}/answer           {"status": 500, "times": 2, "delay": 1.5}
    GET      /_lab/webhooks                        how many requests each has got, by name

With an answer set, the next `times` requests (all of them without `times`) are answered `status`
after `delay` seconds of the lab's clock: a subscriber that fails, or hangs, on purpose.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.cloud.arrivals import Arrivals
from labkit.cloud.clock import Clock
from labkit.cloud.faults import WEBHOOK, Faults
from labkit.cloud.long_polls import long_poll
from labkit.cloud.messages import NotUsable, Request, Response

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

PAGE = re.compile(r"/_lab/webhook/([A-Za-z0-9._-]{1,80})(/answer)?")
MOST_WEBHOOKS = 64
LONGEST_DELAY = 3600.0


@dataclass(frozen=True)
class Answer:
    """How a webhook answers: a status, after `delay` seconds, for the next `times` requests."""

    status: int = 200
    times: float = math.inf
    delay: float = 0.0


class Webhook:
    """One receiver: what came, and how it answers next."""

    def __init__(self, name: str, clock: Clock, faults: Faults) -> None:
        self._name = name
        self._clock = clock
        self._faults = faults
        self.requests = Arrivals(clock)
        self._answer = Answer()
        self._left = math.inf

    def answer_next(self, answer: Answer) -> None:
        """Answer the next requests like this."""
        self._answer, self._left = answer, answer.times

    async def receive(self, request: Request) -> Response:
        """Record a request, then answer it."""
        answer = self._next_answer()
        self.requests.add(
            {
                "received": self._clock.now(),
                "method": request.method,
                "headers": dict(request.headers),
                "body": request.body.decode("utf-8", errors="replace"),
                "answered": answer.status,
            },
            size=len(request.body) + 1024,
        )
        if answer.delay:
            await self._clock.sleep_until(self._clock.now() + answer.delay)
        return Response(answer.status)

    def _next_answer(self) -> Answer:
        if (struck := self._faults.strike(WEBHOOK, self._name)) is not None:
            return Answer(status=struck.fault.status or 200, delay=struck.fault.delay)
        answer = self._answer if self._left > 0 else Answer()
        self._left -= 1
        return answer


class Webhooks:
    """Every receiver by name; one comes into being when it is first used."""

    def __init__(self, cloud: Cloud) -> None:
        self._clock = cloud.clock
        self._faults = cloud.faults
        self._webhooks: dict[str, Webhook] = {}

    def reset(self) -> None:
        """Forget every request and every answer that was set."""
        self._webhooks.clear()

    async def handle(self, request: Request) -> Response | None:
        """Answer /_lab/webhook/{name}; None when the request is for another page."""
        if request.path == "/_lab/webhooks":
            counts = {name: webhook.requests.count for name, webhook in self._webhooks.items()}
            return Response.of_json({name: count for name, count in counts.items() if count})
        if not request.path.startswith("/_lab/webhook/"):
            return None
        page = PAGE.fullmatch(request.path)
        if page is None:
            return _refused(404, "A webhook's name has 1 to 80 letters, digits and . _ - only.")
        name, setting = page.groups()
        if name not in self._webhooks and len(self._webhooks) >= MOST_WEBHOOKS:
            return _refused(507, f"There are {MOST_WEBHOOKS} webhooks already: reset the cloud.")
        webhook = self._webhooks.setdefault(name, Webhook(name, self._clock, self._faults))
        match (request.method, bool(setting)):
            case ("PUT", True):
                webhook.answer_next(read_answer(request.body))
                return Response(204)
            case ("POST" | "PUT", False):
                return await webhook.receive(request)
            case ("GET", False):
                after, wait = long_poll(request.query)
                return Response.of_json(await webhook.requests.after(after, wait=wait))
            case ("DELETE", False):
                webhook.requests.clear()
                webhook.answer_next(Answer())
                return Response(204)
        return _refused(405, "A webhook takes POST, PUT, GET and DELETE; its answer takes PUT.")


def read_answer(body: bytes) -> Answer:
    """The answer that a JSON document asks for; raises NotUsable for anything else.

    >>> read_answer(b'{"status": 500, "times": 2}')
    Answer(status=500, times=2, delay=0.0)
    """
    try:
        answer = Answer(**json.loads(body))
        usable = (
            isinstance(answer.status, int)
            and 200 <= answer.status <= 599
            and answer.times >= 0
            and 0 <= answer.delay <= LONGEST_DELAY
        )
    except (ValueError, TypeError):
        usable = False
    if not usable:
        raise NotUsable(
            'Send {"status": 200 to 599, "times": how often, "delay": seconds up to 3600}.'
        )
    return answer


def _refused(status: int, message: str) -> Response:
    return Response.of_json({"message": message}, status)
