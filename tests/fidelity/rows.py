"""The rows of the fidelity table, as the markers of collected tests say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from tests.fidelity import sources

AREAS = (
    "SQS",
    "SQS to Lambda",
    "DynamoDB Streams",
    "Streams to Lambda",
    "Lambda",
    "API Gateway",
    "SNS",
    "CloudWatch",
    "IAM",
    "The local cloud",
)
# Whatever keeps a test from running, or from failing.
EVASIONS = ("skip", "skipif", "xfail")


@dataclass(frozen=True)
class Row:
    """One behaviour: as AWS by its `source`, or different by the reason `differs`."""

    area: str
    behaviour: str
    test: str
    source: str = ""
    differs: str = ""


def rows_of(items: Iterable[pytest.Item]) -> list[Row]:
    """The rows of the table by area, each area in the order of its tests."""
    rows = dict.fromkeys(row for item in items for row in _rows_of(item))
    return sorted(rows, key=lambda row: AREAS.index(row.area))


def faults_of(items: Iterable[pytest.Item]) -> Iterator[str]:
    """What is wrong with the markers: each would let the table lie."""
    items = [item for item in items if item.get_closest_marker("fidelity")]
    tests: dict[str, str] = {}
    for item in items:
        for evasion in EVASIONS:
            if item.get_closest_marker(evasion):
                yield f"{test_of(item)}: shows a behaviour and is marked {evasion}."
    for row in rows_of(items):
        where = f"{row.test}: '{row.behaviour}'"
        if not row.behaviour.endswith("."):
            yield f"{where} is no sentence."
        if not row.source and not row.differs:
            yield f"{where} has neither a source nor a reason to differ."
        if row.source and not sources.is_known(row.source):
            yield f"{where} has the unknown source '{row.source}'."
        if tests.setdefault(row.behaviour, row.test) != row.test:
            yield f"{where} is shown by {tests[row.behaviour]} as well."


def test_of(item: pytest.Item) -> str:
    """The test function behind a collected item, without the parameters of one case."""
    return item.nodeid.partition("[")[0]


def _rows_of(item: pytest.Item) -> Iterator[Row]:
    for marker in reversed(list(item.iter_markers("fidelity"))):
        area, behaviour = marker.args
        yield Row(area, behaviour, test_of(item), **marker.kwargs)
