"""What a local cloud offers beside AWS: a clock, an inbox, webhooks, faults, looks into its state.

Pages of its HTTP server, below `/_lab/`. On AWS there are none: there each raises `LocalOnly`.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import urllib3

from labkit.clock import Clock
from labkit.errors import CloudNotReady, LocalOnly
from labkit.faults import Faults
from labkit.names import Names

PATIENCE = 30.0  # seconds by which an answer is later than asked for, before the lab gives up


class LocalPages:
    """The part of a `Lab` that reaches the pages of its local cloud.

    >>> import labkit
    >>> with labkit.connect() as lab:
    ...     lab.inbox()
    []
    """

    endpoint_url: str | None
    region: str
    names: Names
    _http: urllib3.PoolManager

    @property
    def is_local(self) -> bool:
        """Whether a local cloud answers, with an inbox, webhooks and a clock of its own."""
        return self.endpoint_url is not None

    @property
    def clock(self) -> Clock:
        """The local cloud's clock; `lab.clock.advance(minutes=5)` turns it forward."""
        return Clock(self._lab_page)

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

    def forget_arrivals(self) -> None:
        """Forget the mails to the lab's address, and the calls of its and the exercises' webhooks.

        Raises `LocalOnly` on AWS.
        """
        self._lab_page("DELETE", "/_lab/inbox", to=self.names.email)
        for name in self._lab_page("GET", "/_lab/webhooks"):
            if name == self.names.webhook or self.names.is_practice(name):
                self._lab_page("DELETE", f"/_lab/webhook/{quote(name)}")

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
