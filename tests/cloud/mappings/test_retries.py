"""What follows a failed stream batch: retry, bisect, discard, in order and by the clock."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.cloud.mappings.outcomes import Verdict
from labkit.cloud.mappings.retries import Batch, RetryPolicy, after, after_throttle, delay, expire


def record(number: int, created: float = 0.0) -> dict[str, Any]:
    """A stream record."""
    return {"dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": created}}


def batch(*numbers: int) -> Batch:
    """A batch of records with these sequence numbers."""
    return Batch(tuple(record(number) for number in numbers))


def failed(of: Batch) -> Verdict:
    """The verdict of a function error."""
    return Verdict(tuple(of.sequence_numbers), complete=True)


def test_success_ends_a_batch() -> None:
    """Nothing follows a batch without failures."""
    step = after(batch(1, 2), Verdict(), RetryPolicy())
    assert (step.retry, step.discarded, step.wait) == ((), None, 0)


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A failed batch is tried again after 1, 2, 4 and so on to 60 seconds.",
    source="Lambda guide: services-dynamodb-errors",
    differs="AWS does not publish its back-off.",
)
def test_by_default_a_batch_is_retried_for_ever() -> None:
    """Without a limit every failure leads to another attempt, after a growing wait."""
    tried = batch(1)
    for attempt in range(1, 50):
        step = after(tried, failed(tried), RetryPolicy())
        assert (step.wait, step.discarded) == (delay(attempt), None)
        [tried] = step.retry
    assert tried.invocations == 49


@pytest.mark.parametrize("attempts", [0, 1, 3])
@pytest.mark.fidelity(
    "Streams to Lambda",
    "MaximumRetryAttempts n means n + 1 invocations.",
    source="recorded: test_dynamodb_report_batch_item_failures_with_on_failure_destination_config",
)
def test_a_batch_is_discarded_after_its_retries(attempts: int) -> None:
    """MaximumRetryAttempts n means n + 1 invocations (recorded), then the batch is given up."""
    tried, policy = batch(1, 2), RetryPolicy(attempts=attempts)
    for _ in range(attempts):
        [tried] = after(tried, failed(tried), policy).retry
    step = after(tried, failed(tried), policy)
    assert step.retry == ()
    assert step.condition == "RetryAttemptsExhausted"
    assert step.discarded.invocations == attempts + 1
    assert step.discarded.sequence_numbers == ["1", "2"]


@pytest.mark.fidelity(
    "Streams to Lambda",
    "Later successes after the lowest failure are processed again.",
    source="Lambda guide: services-ddb-batchfailurereporting",
)
def test_the_lowest_failed_number_is_the_checkpoint() -> None:
    """A partial response lets go of what is before its lowest number, later successes included."""
    step = after(batch(1, 2, 3, 4), Verdict(("3", "2")), RetryPolicy(attempts=0))
    [rest] = step.retry
    assert rest.sequence_numbers == ["2", "3", "4"]


@pytest.mark.fidelity(
    "Streams to Lambda",
    "After a partial success the rest has all of its retries.",
    source="recorded: test_dynamodb_report_batch_item_failures",
)
def test_progress_gives_the_rest_all_of_its_retries() -> None:
    """A poison record was recorded once in company and then 1 + MaximumRetryAttempts times."""
    policy = RetryPolicy(attempts=3)
    [rest] = after(batch(4, 5), Verdict(("5",)), policy).retry
    invocations = 1
    while rest is not None:
        invocations += 1
        step = after(rest, Verdict(("5",)), policy)
        rest = step.retry[0] if step.retry else None
    assert invocations == 1 + 4
    assert step.discarded.invocations == 4


def test_a_checkpoint_at_the_first_record_is_a_failed_attempt() -> None:
    """Without progress a partial response uses up a retry, with bisecting on as well."""
    policy = RetryPolicy(attempts=1, bisect=True)
    [same] = after(batch(1, 2), Verdict(("1",)), policy).retry
    assert (same.sequence_numbers, same.invocations) == (["1", "2"], 1)


@pytest.mark.fidelity(
    "Streams to Lambda",
    "Splitting a batch uses up no retry.",
    source="Lambda guide: services-dynamodb-errors",
)
def test_bisecting_splits_a_failed_batch_and_uses_up_no_retry() -> None:
    """Both halves follow in order, each with all of its retries."""
    step = after(batch(1, 2, 3), failed(batch(1, 2, 3)), RetryPolicy(attempts=0, bisect=True))
    assert [half.sequence_numbers for half in step.retry] == [["1"], ["2", "3"]]
    assert [half.invocations for half in step.retry] == [0, 0]


def test_a_throttled_batch_waits_without_using_up_a_retry() -> None:
    """Throttles make the wait grow and leave the count of invocations alone."""
    tried, policy = batch(1), RetryPolicy(attempts=0)
    for throttle in range(1, 4):
        step = after_throttle(tried)
        assert step.wait == delay(throttle)
        [tried] = step.retry
    assert after(tried, failed(tried), policy).discarded.invocations == 1


def test_records_that_are_too_old_are_parted_from_the_rest() -> None:
    """The age limit takes away the oldest records and keeps the others in the batch."""
    mixed = replace(Batch((record(1, 0), record(2, 50), record(3, 90))), invocations=2)
    expired, alive = expire(mixed, RetryPolicy(age=60), now=120)
    assert (expired.sequence_numbers, alive.sequence_numbers) == (["1", "2"], ["3"])
    assert expired.invocations == alive.invocations == 2
    assert expire(mixed, RetryPolicy(age=60), now=60) == (None, mixed)
    assert expire(mixed, RetryPolicy(age=60), now=200) == (mixed, None)


def test_without_an_age_limit_a_record_lives_for_a_day() -> None:
    """The stream keeps a record for 24 hours, and no mapping for longer."""
    day = 24 * 3600
    for age in (-1, 604_800):
        assert expire(batch(1), RetryPolicy(age=age), now=day) == (None, batch(1))
        assert expire(batch(1), RetryPolicy(age=age), now=day + 1) == (batch(1), None)


@given(
    size=st.integers(1, 12),
    poison=st.sets(st.integers(0, 11)),
    attempts=st.integers(0, 3),
    bisect=st.booleans(),
    reports=st.booleans(),
)
def test_every_record_is_done_or_discarded_in_order(
    size: int, poison: set[int], attempts: int, bisect: bool, reports: bool
) -> None:
    """However a batch fails, each of its records ends in one place, and none overtakes another.

    With bisecting or partial responses nothing is discarded but what fails.
    """
    policy = RetryPolicy(attempts=attempts, bisect=bisect)
    work = deque([batch(*range(size))])
    settled: list[int] = []
    discarded: set[int] = set()
    while work:
        tried = work.popleft()
        numbers = [int(number) for number in tried.sequence_numbers]
        bad = [number for number in numbers if number in poison]
        if bad and not reports:
            bad = numbers
        verdict = Verdict(tuple(map(str, bad)), complete=bool(bad) and not reports)
        step = after(tried, verdict, policy)
        work.extendleft(reversed(step.retry))
        kept = sum(len(part.records) for part in step.retry)
        settled += numbers[: len(numbers) - kept]
        if step.discarded is not None:
            discarded |= {int(number) for number in step.discarded.sequence_numbers}
    assert settled == list(range(size))
    if reports or bisect:
        assert poison & set(range(size)) <= discarded
    if bisect and not reports:
        assert discarded == poison & set(range(size))
