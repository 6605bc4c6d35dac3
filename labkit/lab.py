"""The Lab: what `labkit.connect()` returns and what every notebook holds.

It knows where it runs (the local cloud, or AWS), hands out boto3 clients for there, and sends
orders to the API as a shop would. What a local cloud has beside AWS is in `local_pages`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import urllib3
from botocore.client import BaseClient

from labkit.answer import Answer
from labkit.errors import StageMissing
from labkit.local_pages import PATIENCE, LocalPages
from labkit.names import Names
from labkit.orders.invoices import Order, to_json
from labkit.posts import Post, order_id_of
from labkit.propagation import be_patient

if TYPE_CHECKING:
    from labkit.show.tracing import Trace

log = logging.getLogger("labkit")


@dataclass
class Lab(LocalPages):
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

    @cached_property
    def account_id(self) -> str:
        """The twelve digits of the account in which the lab's resources are."""
        return self.client("sts").get_caller_identity()["Account"]

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

    def __exit__(self, *raised: object) -> None:
        self.close()
