"""Requests that a client may send again: one token stands for one request, for ten minutes.

"A client request token is valid for 10 minutes after the first request that uses it is completed.
[...] If you submit a request with the same client token but a change in other parameters within the
10-minute idempotency window, DynamoDB returns an IdempotentParameterMismatch exception."
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from moto.dynamodb.exceptions import ERROR_TYPE_PREFIX, DynamodbException

VALID_SECONDS = 600


class IdempotentParameterMismatch(DynamodbException):
    """A token that stands for another request."""

    def __init__(self) -> None:
        super().__init__(
            f"{ERROR_TYPE_PREFIX}IdempotentParameterMismatchException",
            "DynamoDB rejected the request because you retried a request with a different payload "
            "but with an idempotent token that was already used.",
        )


class ClientTokens:
    """The tokens of requests that were carried out, with what they asked for."""

    def __init__(self) -> None:
        self._done: dict[str, tuple[float, str]] = {}

    def carried_out(self, token: str | None, asked: Any) -> bool:
        """Whether the request has been carried out before.

        Raises:
            IdempotentParameterMismatch: when the token stands for another request.
        """
        self._forget(time.time() - VALID_SECONDS)
        done = self._done.get(token or "")
        if done is not None and done[1] != _digest(asked):
            raise IdempotentParameterMismatch
        return done is not None

    def remember(self, token: str | None, asked: Any) -> None:
        """Note that the request was carried out, now."""
        if token:
            self._done[token] = time.time(), _digest(asked)

    def _forget(self, horizon: float) -> None:
        for token, (at, _) in list(self._done.items()):
            if at > horizon:
                break
            del self._done[token]


def _digest(asked: Any) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=bytes.hex).encode()).hexdigest()
