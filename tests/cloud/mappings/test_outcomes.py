"""Partial batch responses: every reading of a function's answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.cloud.mappings.outcomes import Verdict, judge

BATCH = ["a", "b", "c"]
NOTHING = Verdict()
EVERYTHING = Verdict(("a", "b", "c"), complete=True)


def read(answer: bytes, *, function_error: str | None = None, reports: bool = True) -> Verdict:
    """The verdict on a batch of a, b and c."""
    return judge(answer, BATCH, function_error=function_error, reports=reports)


def failures(*items: Any) -> bytes:
    """An answer that reports item failures."""
    return json.dumps({"batchItemFailures": list(items)}).encode()


# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html, both lists, and the
# recorded scenarios.
READINGS = {
    "empty list": (failures(), NOTHING),
    "null list": (b'{"batchItemFailures": null}', NOTHING),
    "empty response": (b"{}", NOTHING),
    "null response": (b"null", NOTHING),
    "no response": (b"", NOTHING),
    "an empty array": (b"[]", NOTHING),
    "an object without the list": (b'{"statusCode": 200}', NOTHING),
    "invalid JSON": (b'{"batchItem', EVERYTHING),
    "text": (b'"all fine"', EVERYTHING),
    "a number": (b"0", EVERYTHING),
    "a list of something": (b'["a"]', EVERYTHING),
    "failures that are no list": (b'{"batchItemFailures": "a"}', EVERYTHING),
    "empty identifier": (failures({"itemIdentifier": ""}), EVERYTHING),
    "null identifier": (failures({"itemIdentifier": None}), EVERYTHING),
    "misnamed identifier": (failures({"foo": "a"}), EVERYTHING),
    "misnamed null identifier": (failures({"foo": None}), EVERYTHING),
    "identifier of another batch": (failures({"itemIdentifier": "z"}), EVERYTHING),
    "a number as identifier": (failures({"itemIdentifier": 123}), EVERYTHING),
    "one good and one bad identifier": (
        failures({"itemIdentifier": "a"}, {"itemIdentifier": "z"}),
        EVERYTHING,
    ),
    "an item that is no object": (failures("a"), EVERYTHING),
    "one item": (failures({"itemIdentifier": "b"}), Verdict(("b",))),
    "items in any order, twice": (
        failures({"itemIdentifier": "c"}, {"itemIdentifier": "a"}, {"itemIdentifier": "c"}),
        Verdict(("a", "c")),
    ),
}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "Empty and null answers succeed; wrong JSON, and an empty, null, misnamed or unknown "
    "identifier fail all.",
    source="Lambda guide: with-sqs",
)
def test_an_answer_is_read_as_aws_reads_it(reading: str) -> None:
    """Each documented or recorded answer fails exactly the items that it fails on AWS."""
    answer, verdict = READINGS[reading]
    assert read(answer) == verdict


def test_an_exception_fails_the_whole_batch() -> None:
    """A function error condemns the batch, whatever the payload says and the mapping asked for."""
    for reports in (True, False):
        assert read(b"{}", function_error="Unhandled", reports=reports) == EVERYTHING


@pytest.mark.parametrize("answer", [failures({"itemIdentifier": "a"}), b"not JSON", b'"text"'])
@pytest.mark.fidelity(
    "SQS to Lambda",
    "Without ReportBatchItemFailures a returned `batchItemFailures` is ignored.",
    source="Lambda guide: with-sqs",
)
def test_item_failures_count_only_if_the_mapping_asks_for_them(answer: bytes) -> None:
    """Without ReportBatchItemFailures any answer without an error is a success."""
    assert read(answer, reports=False) == NOTHING


@given(
    answer=st.binary()
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=3) | st.booleans(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["batchItemFailures", "itemIdentifier", "x"]), inner)
        ),
    ).map(lambda document: json.dumps(document).encode())
)
def test_any_answer_has_a_reading(answer: bytes) -> None:
    """No answer leaves an item in doubt: what failed is a part of the batch, in its order."""
    verdict = read(answer)
    assert list(verdict.failed) == [item for item in BATCH if item in verdict.failed]
    assert not verdict.complete or verdict == EVERYTHING
