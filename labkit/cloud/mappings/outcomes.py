"""Which items of a batch a function left undone: every reading of its answer, as one function.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: The value of FunctionResponseTypes that makes `batchItemFailures` count.
REPORT_BATCH_ITEM_FAILURES = "ReportBatchItemFailures"


@dataclass(frozen=True)
class Verdict:
    """What became of a batch.

    `failed` holds the identifiers to process again, in the order of the batch; `complete` says
    that the answer condemned the batch as a whole (an error, or an unreadable answer) rather than
    naming items.
    """

    failed: tuple[str, ...] = ()
    complete: bool = False


def judge(
    answer: bytes, identifiers: Sequence[str], *, function_error: str | None, reports: bool
) -> Verdict:
    """Which of `identifiers` (messageIds, or SequenceNumbers) have to be processed again.

    `reports` is whether the mapping has ReportBatchItemFailures; without it only an error counts
    and a returned `batchItemFailures` is ignored.

    >>> judge(b'{"batchItemFailures": [{"itemIdentifier": "b"}]}', ["a", "b"],
    ...       function_error=None, reports=True)
    Verdict(failed=('b',), complete=False)
    """
    everything = Verdict(tuple(identifiers), complete=True)
    if function_error is not None:
        return everything
    if not reports:
        return Verdict()
    try:
        named = _named(json.loads(answer) if answer.strip() else None)
    except (ValueError, RecursionError):
        return everything
    if not named <= set(identifiers):
        return everything
    return Verdict(tuple(identifier for identifier in identifiers if identifier in named))


def _named(response: Any) -> set[str]:
    """The identifiers that a response names; ValueError when it cannot be read as one."""
    # Nothing, of any kind, is a success; false and 0 are answers that say something else.
    if not response and not isinstance(response, (bool, int, float)):
        return set()
    if not isinstance(response, dict):
        raise ValueError("the response is not an object")
    failures = response.get("batchItemFailures")
    if failures is None:
        return set()
    if not isinstance(failures, list):
        raise ValueError("batchItemFailures is not a list")
    return {_identifier(failure) for failure in failures}


def _identifier(failure: Any) -> str:
    identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
    if not isinstance(identifier, str) or not identifier:
        raise ValueError("an item failure without an itemIdentifier")
    return identifier
