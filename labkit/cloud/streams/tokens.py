"""Tokens of transactions: the same one again, within ten minutes, is the same transaction.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#DDB-TransactWriteItems-request-ClientRequestToken
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from moto.dynamodb.exceptions import DynamodbException

IDEMPOTENT_SECONDS = 600


class Mismatch(DynamodbException):
    """A token that another transaction has used already."""

    error_type = "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException"

    def __init__(self) -> None:
        super().__init__(
            Mismatch.error_type,
            "DynamoDB rejected the request because you retried a request with a different payload "
            "but with an idempotent token that was already used.",
        )


class Tokens:
    """What each token stood for, as long as it counts."""

    def __init__(self) -> None:
        self._used: dict[str, tuple[bytes, float]] = {}  # the oldest first

    def repeats(self, token: str | None, transaction: Any) -> bool:
        """Whether a transaction has been carried out already; raises Mismatch if another one has.

        >>> tokens = Tokens()
        >>> tokens.keep("a", [1])
        >>> tokens.repeats("a", [1]), tokens.repeats("b", [1]), tokens.repeats(None, [1])
        (True, False, False)
        """
        self._forget()
        if token is None or token not in self._used:
            return False
        if self._used[token][0] != _digest(transaction):
            raise Mismatch()
        return True

    def keep(self, token: str | None, transaction: Any) -> None:
        """Remember a transaction that has been carried out."""
        if token is not None:
            self._used[token] = _digest(transaction), time.time() + IDEMPOTENT_SECONDS

    def _forget(self) -> None:
        now = time.time()
        while self._used and next(iter(self._used.values()))[1] <= now:
            del self._used[next(iter(self._used))]


def _digest(transaction: Any) -> bytes:
    text = json.dumps(transaction, sort_keys=True, default=repr)  # moto has decoded what is binary
    return hashlib.sha256(text.encode()).digest()
