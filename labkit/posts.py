"""What a lab has sent to its API, and what the API answered: where the trace of an order begins.

API Gateway keeps no record of a request unless its stage has an access log, which needs a role for
the whole account, and in which the id of the message cannot stand: its variables know nothing of
the integration's answer. Who sent an order has both, so the lab remembers them.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from labkit.answer import Answer


@dataclass(frozen=True)
class Post:
    """One POST of an order: which, how long its answer took, and the answer.

    `seconds` is measured by the sender. Its clock is not the cloud's, so no instant of it is kept.
    """

    order_id: str
    seconds: float
    answer: Answer

    @property
    def request_id(self) -> str:
        """API Gateway's id of the request, from the answer's header."""
        return self._header("x-amzn-requestid")

    @property
    def message_id(self) -> str:
        """The id of the SQS message that holds the order; empty when it was refused."""
        body = self.answer.body
        return str(body.get("messageId", "")) if isinstance(body, dict) else ""

    @property
    def answered(self) -> float | None:
        """When the API answered, by its own clock, in whole epoch seconds."""
        date = self._header("date")
        return parsedate_to_datetime(date).timestamp() if date else None

    def _header(self, name: str) -> str:
        found = (value for key, value in self.answer.headers.items() if key.lower() == name)
        return next(found, "")


def order_id_of(body: Any) -> str:
    """The id in an order as it is sent, be it a dict, text or bytes; empty when it has none.

    >>> order_id_of({"id": "536365"}), order_id_of('{"id": "536366"}'), order_id_of("no order")
    ('536365', '536366', '')
    """
    if isinstance(body, str | bytes):
        try:
            body = json.loads(body)
        except ValueError:
            return ""
    return str(body.get("id", "")) if isinstance(body, dict) else ""
