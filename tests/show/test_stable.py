"""What replaces the parts of an answer that differ from run to run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labkit.show.stable import Aliases, compact, epoch, name_of, offsets, without_endpoint


def test_aliases_count_in_order_of_appearance():
    """The first id seen is number 1, whatever the ids are."""
    aliases = Aliases("message")
    assert [aliases[name] for name in ("zz", "aa", "zz")] == ["message-1", "message-2", "message-1"]
    assert aliases.known() == {"zz": "message-1", "aa": "message-2"}


def test_ids_on_request():
    """With `ids`, an id is itself."""
    assert Aliases("message", ids=True)["9b1c"] == "9b1c"


def test_offsets_count_from_the_earliest():
    """Times are relative to the earliest one, in whatever order they come; none give none."""
    assert offsets([1000.5, 1000.0, 1012.34]) == ["+0.5 s", "+0.0 s", "+12.3 s"]
    assert offsets([]) == []


@pytest.mark.parametrize(
    "instant", [datetime(2010, 12, 1, 8, 26, tzinfo=UTC), "2010-12-01T08:26:00Z", 1291191960]
)
def test_instants_in_any_form(instant):
    """boto3's datetimes, ISO texts and epoch seconds mean the same."""
    assert epoch(instant) == 1291191960.0


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:sqs:us-east-1:123456789012:orders", "orders"),
        ("arn:aws:iam::123456789012:role/orders-lab/order-writer-role", "order-writer-role"),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/Orders/stream/2026-11-23", "Orders"),
        ("", ""),
    ],
)
def test_names_of_arns(arn, name):
    """An ARN is shown as the name in it."""
    assert name_of(arn) == name


def test_the_port_of_this_run_is_hidden():
    """Only the lab's own endpoint is replaced."""
    lab = "http://127.0.0.1:40123"
    assert without_endpoint(f"{lab}/_lab/webhook/a", lab) == "lab/_lab/webhook/a"
    assert without_endpoint("https://example.com/a", lab) == "https://example.com/a"
    assert without_endpoint("https://example.com/a", None) == "https://example.com/a"


def test_compact_sorts_names():
    """The order in which a service gives attributes does not matter."""
    assert compact({"b": 1, "a": {"d": "x", "c": None}}) == "a=c=null, d=x, b=1"
