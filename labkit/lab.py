"""The Lab: what `labkit.connect()` returns and what every notebook holds.

It knows where it runs (the local cloud, or AWS), hands out boto3 clients for there, and reaches
what lies outside of AWS: the API's URL, the inbox and the webhooks at the end of the pipeline.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import boto3
import urllib3
from botocore.client import BaseClient

from labkit.answer import Answer
from labkit.clock import Clock
from labkit.errors import CloudNotReady, LocalOnly, StageMissing
from labkit.faults import Faults
from labkit.names import Names
from labkit.orders.invoices import Order, to_json
from labkit.posts import Post, order_id_of
from labkit.propagation import be_patient

if TYPE_CHECKING:
    from labkit.show.tracing import Trace

log = logging.getLogger("labkit")

PATIENCE = 30.0  # seconds by which an answer is later than asked for, before the lab gives up


@dataclass
class Lab:
    """One open lab: a target, its clients and names. Close it, or use it in a `with`.

    >>> import labkit
    >>> with labkit.connect() as lab:
    ...     lab.names.queue, lab.account_id
    ('orders', '123456789012')
    """

    session: boto3.Session
    target: str
    endpoint_url: str | None
    region: str
    names: Names = field(default_factory=Names)
    student_id: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    on_close: list[Callable[[], None]] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list, init=False, repr=False)
    _clients: dict[str, BaseClient] = field(default_factory=dict, init=False, repr=False)
    # No proxy of the reader's environment stands between the lab and its own machine.
    _http: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(maxsize=16, retries=False),
        init=False,
        repr=False,
    )

    @property
    def is_local(self) -> bool:
        """Whether a local cloud answers, with an inbox, webhooks and a clock of its own."""
        return self.endpoint_url is not None

    @cached_property
    def account_id(self) -> str:
        """The twelve digits of the account in which the lab's resources are."""
        return self.client("sts").get_caller_identity()["Account"]

    @property
    def clock(self) -> Clock:
        """The local cloud's clock; `lab.clock.advance(minutes=5)` turns it forward."""
        return Clock(self._lab_page)

    def client(self, service: str) -> BaseClient:
        """The boto3 client of a service, made once: `lab.client("sqs")`."""
        if service not in self._clients:
            client = self.session.client(
                service, region_name=self.region, endpoint_url=self.endpoint_url
            )
            if not self.is_local:
                be_patient(client)
            self._clients[service] = client
        return self._clients[service]

    def api_url(self) -> str:
        """The URL of the deployed stage; orders are posted to `lab.api_url() + "/orders"`.

        Raises `StageMissing` when there is no API of the lab's name.
        """
        api = self.find_api()
        if api is None:
            raise StageMissing(
                f"API '{self.names.api}' does not exist yet. Run notebook 03, or api.build(lab)."
            )
        if self.is_local:
            return f"{self.endpoint_url}/_aws/execute-api/{api['id']}/{self.names.stage}"
        return f"https://{api['id']}.execute-api.{self.region}.amazonaws.com/{self.names.stage}"

    def find_api(self) -> dict[str, Any] | None:
        """The REST API of the lab's name as API Gateway describes it, or None."""
        for page in self.client("apigateway").get_paginator("get_rest_apis").paginate():
            for api in page["items"]:
                if api["name"] == self.names.api:
                    return api
        return None

    def post_order(
        self,
        order: Order | str | bytes,
        *,
        path: str = "/orders",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one order to the API as a shop would: plain HTTP, no signature.

        A dict is sent as JSON; text and bytes are sent as they are, to see what happens. `headers`
        are sent besides `Content-Type: application/json`.

            lab.post_order(labkit.orders.first()).status   # 200
        """
        body = to_json(order) if isinstance(order, dict) else order
        url = f"{self.api_url()}{path}"
        began = time.monotonic()
        response = self._http.request(
            "POST",
            url,
            body=body,
            headers={"Content-Type": "application/json", **(headers or {})},
            timeout=PATIENCE,
        )
        answer = Answer.of(response)
        self.posts.append(Post(order_id_of(order), time.monotonic() - began, answer))
        return answer

    def trace(self, order_id: str, *, ids: bool = False) -> Trace:
        """Follow one order through the whole pipeline: every cause and effect that left a trace.

        What comes back shows itself as a timeline and a table; see `labkit.show.tracing`. Aliases
        stand for ids unless `ids=True`. Raises `NotSeen` when no stage knows of the order.

            lab.trace("536365")              # the timeline and the table
            lab.trace("536365").hops         # how long each hop took
        """
        # Here, because pandas takes longer to import than an order takes to travel.
        from labkit.show.tracing import trace

        return trace(self, order_id, ids=ids)

    def inbox(self, *, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        """The mails to the lab's address, `names.email`, after the first `after`, oldest first.

        With `wait`, the answer comes when there is one, or after that many seconds (60 at most).
        Raises `LocalOnly` on AWS, where the mails are in your own mailbox.

            lab.inbox(after=2, wait=10)   # the third mail, as soon as it is there
        """
        return self._lab_page("GET", "/_lab/inbox", to=self.names.email, after=after, wait=wait)

    def webhook(self, name: str, *, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        """The requests to a webhook of the local cloud after the first `after`, the oldest first.

        With `wait`, the answer comes when there is one, or after that many seconds (60 at most).
        Raises `LocalOnly` on AWS.
        """
        return self._lab_page("GET", f"/_lab/webhook/{quote(name)}", after=after, wait=wait)

    def webhooks(self) -> dict[str, int]:
        """How many requests each webhook of the local cloud has got, by name; those without, not.

        Raises `LocalOnly` on AWS.
        """
        return self._lab_page("GET", "/_lab/webhooks")

    def forget_arrivals(self, webhook: str | None = None) -> None:
        """Forget the calls of a webhook; without a name, of the lab's own, and its address's mails.

        Raises `LocalOnly` on AWS.
        """
        if webhook is None:
            self._lab_page("DELETE", "/_lab/inbox", to=self.names.email)
        self._lab_page("DELETE", f"/_lab/webhook/{quote(webhook or self.names.webhook)}")

    def webhook_answers(self, name: str, *, status: int, times: int | None = None) -> None:
        """Make a webhook of the local cloud answer `status`, the next `times` or from now on.

        Raises `LocalOnly` on AWS, and `ValueError` for a status that there is not.

            lab.webhook_answers("orders", status=500, times=1)   # fail once
        """
        answer = {"status": status} | ({} if times is None else {"times": times})
        self._lab_page("PUT", f"/_lab/webhook/{quote(name)}/answer", answer)

    def webhook_url(self, name: str) -> str:
        """Where a subscriber of this name receives: an endpoint for `sns.subscribe`."""
        return f"{self._local('A webhook')}/_lab/webhook/{quote(name)}"

    def faults(self, *faults: dict[str, Any]) -> Faults:
        """Make the local cloud fail on purpose inside a `with` block; see `labkit.faults`.

        Raises `LocalOnly` on AWS, and `ValueError` for a fault that there is not.

            with lab.faults({"service": "sns", "operation": "Publish", "error": "Throttled"}):
                ...
        """
        return Faults(self._lab_page, faults)

    def peek(self, queue: str) -> list[dict[str, Any]]:
        """Every message in a queue of the local cloud, without receiving any.

        Each has `id`, `state` (visible, in flight or delayed), `receives`, `sent` (epoch seconds),
        `attributes` and `body`. Raises `LocalOnly` on AWS, where SQS has no such look.
        """
        return self._lab_page("GET", f"/_lab/queue/{quote(queue)}", region=self.region)

    def access(self, role: str, *, minimal: bool = False) -> Any:
        """What a role of the local cloud may do, and did: `granted` with counts, and `denied`.

        With `minimal`, the smallest policy that covers what it did. Raises `LocalOnly` on AWS and
        `ValueError` for a role that there is not.

            lab.access(lab.names.writer_role)["denied"]
        """
        return self._lab_page("GET", "/_lab/access" + "/minimal" * minimal, role=role)

    def close(self) -> None:
        """Stop what the lab started, last first; what fails is logged. Twice is harmless."""
        while self.on_close:
            finish = self.on_close.pop()
            try:
                finish()
            except Exception:
                log.exception("The lab went on closing after %s failed.", finish)
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        self._http.clear()

    def __enter__(self) -> Lab:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _local(self, what: str) -> str:
        if self.endpoint_url is None:
            raise LocalOnly(
                f"{what} comes with the local cloud; this lab runs on AWS. Use labkit.connect() "
                "for it, or subscribe an address and an endpoint of your own (notebook 07)."
            )
        return self.endpoint_url

    def _lab_page(self, method: str, path: str, body: Any = None, **query: float | str) -> Any:
        url = f"{self._local(f'What {path} gives')}{path}" + (f"?{urlencode(query)}" * bool(query))
        try:
            response = self._http.request(
                method,
                url,
                body=None if body is None else json.dumps(body),
                timeout=PATIENCE + float(query.get("wait", 0)),
            )
        except urllib3.exceptions.HTTPError as error:
            raise CloudNotReady(
                f"The local cloud at {self.endpoint_url} does not answer ({error}). "
                "Connect again: lab = labkit.connect()."
            ) from None
        answer = json.loads(response.data or "null")
        if response.status >= 400:
            raise ValueError(answer["message"])
        return answer
