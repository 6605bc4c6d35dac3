"""Lambda events: how records become payloads, and the shares of a parallelised shard."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.cloud.mappings import events
from labkit.cloud.mappings.lanes import Lane, lane_of, rearranged
from labkit.cloud.mappings.retries import Batch


@pytest.mark.fidelity(
    "Streams to Lambda",
    "No event exceeds 6 MB unless a single record does.",
    source="Lambda guide: with-ddb",
)
def test_a_batch_is_cut_where_an_event_would_be_too_large() -> None:
    """No event exceeds 6 MB unless a single record does, and no record is lost or moved."""
    records = [{"body": "x" * size} for size in (1_000_000, 5_000_000, 500_000, 7_000_000, 1)]
    parts = list(events.within_limit(records))
    assert [len(part) for part in parts] == [2, 1, 1, 1]
    assert [record for part in parts for record in part] == records
    small = [part for part in parts if len(part) > 1]
    assert all(len(events.event(part)) <= events.LARGEST_EVENT for part in small)


@given(st.lists(st.text(max_size=20), max_size=20))
def test_an_event_holds_its_records(bodies: list[str]) -> None:
    """Any text survives the way into an event."""
    records = [{"body": body} for body in bodies]
    assert json.loads(events.event(records)) == {"Records": records}
    assert [record for part in events.within_limit(records) for record in part] == records


def stream_record(number: int, key: str) -> dict[str, Any]:
    """A stream record of an item."""
    return {"dynamodb": {"SequenceNumber": str(number), "Keys": {"id": {"S": key}}}}


@given(
    owners=st.lists(st.sampled_from("abcdefgh"), max_size=40),
    first=st.integers(1, 10),
    second=st.integers(1, 10),
    batched=st.integers(0, 5),
)
def test_lanes_keep_every_record_in_the_order_of_its_item(
    owners: list[str], first: int, second: int, batched: int
) -> None:
    """However the number of lanes changes, an item's records stay in one lane and in order."""
    lanes = rearranged([], first)
    for number, owner in enumerate(owners):
        record = stream_record(number, owner)
        lane_of(record, lanes).append(record)
    for lane in lanes:
        if taken := lane.take(batched):
            lane.batches.append(Batch(tuple(taken)))
    lanes = rearranged(lanes, second)
    assert len(lanes) == second
    found: dict[str, list[tuple[Lane, int]]] = {}
    for lane in lanes:
        for record in lane.records():
            number, key = int(record["dynamodb"]["SequenceNumber"]), record["dynamodb"]["Keys"]
            found.setdefault(key["id"]["S"], []).append((lane, number))
    for owner in set(owners):
        assert len({id(lane) for lane, _ in found[owner]}) == 1
        numbers = [number for _, number in found[owner]]
        assert numbers == [number for number, other in enumerate(owners) if other == owner]
