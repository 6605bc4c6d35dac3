"""Throttling: token buckets on the cloud's clock.

A bucket holds `burst` tokens and gains `rate` tokens a second; a request takes one, and is refused
when there is none.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Limit:
    """A rate in requests a second, and a burst in requests."""

    rate: float
    burst: int


# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
ACCOUNT_LIMIT = Limit(10_000.0, 5_000)


def limit(rate: Any, burst: Any) -> Limit:
    """The limit that settings mean; numbers may be text.

    Raises:
        ValueError: for what is no number of requests.
    """
    made = Limit(float(rate), int(burst))
    if not (0 <= made.rate < math.inf and made.burst >= 0):
        raise ValueError(f"{rate}, {burst}")
    return made


@dataclass(frozen=True)
class Rule:
    """A limit, and the key of the bucket that it fills; `plan` is the usage plan it is from."""

    key: Hashable
    limit: Limit
    plan: str | None = None


@dataclass
class _Bucket:
    limit: Limit
    tokens: float
    filled_at: float


class Throttles:
    """The buckets of everything that is limited, each made when it is first used."""

    def __init__(self) -> None:
        self._buckets: dict[Hashable, _Bucket] = {}

    def admit(self, rules: Iterable[Rule], *, now: float) -> Rule | None:
        """Take a token from the bucket of each rule, in this order; the rule that refuses, or None.

        A changed limit starts with a full bucket. A refused request takes no token.

        >>> throttles, rules = Throttles(), [Rule("stage", Limit(1, 2))]
        >>> [throttles.admit(rules, now=0.0) is None for _ in range(3)]
        [True, True, False]
        >>> throttles.admit(rules, now=1.0) is None
        True
        """
        taken = []
        for rule in rules:
            limit, bucket = rule.limit, self._buckets.get(rule.key)
            if bucket is None or bucket.limit != limit:
                bucket = self._buckets[rule.key] = _Bucket(limit, limit.burst, now)
            gained = max(0.0, now - bucket.filled_at) * limit.rate
            bucket.tokens = min(limit.burst, bucket.tokens + gained)
            bucket.filled_at = now
            if bucket.tokens < 1:
                return rule
            taken.append(bucket)
        for bucket in taken:
            bucket.tokens -= 1
        return None

    def forget(self) -> None:
        """Empty the register; every bucket is full again."""
        self._buckets.clear()
