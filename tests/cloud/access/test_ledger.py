"""The ledger: every decision is counted, and it stays small."""

from __future__ import annotations

from labkit.cloud.access import ledger, minimal
from labkit.cloud.access.decide import Decision, Kind
from labkit.cloud.access.principals import Principal

ROLE = "arn:aws:iam::123456789012:role/writer"
WRITER = Principal("arn:aws:sts::123456789012:assumed-role/writer/f", "123456789012", ROLE)
YES, NO = Decision(True, Kind.IDENTITY), Decision(False, Kind.IDENTITY)
QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"


def test_decisions_are_counted_by_role():
    """All sessions of a role are one principal; allowed and denied are apart."""
    book = ledger.Ledger()
    for now in (1.0, 2.0):
        book.record(WRITER, "sqs:SendMessage", QUEUE, YES, now=now)
    book.record(WRITER, "sqs:PurgeQueue", QUEUE, NO, now=3.0)
    first, second = book.rows(ROLE)
    assert (first.count, first.first, first.last, first.allowed) == (2, 1.0, 2.0, True)
    assert (second.action, second.allowed, second.reason) == (
        "sqs:PurgeQueue",
        False,
        "no identity-based policy allows it",
    )
    assert list(book.rows("arn:aws:iam::123456789012:role/other")) == []


def test_a_long_day_costs_no_more_than_a_short_one(monkeypatch):
    """When there are many resources, further ones share a row; nothing goes uncounted."""
    monkeypatch.setattr(ledger, "ROWS_KEPT", 3)
    book = ledger.Ledger()
    for number in range(10):
        book.record(WRITER, "logs:PutLogEvents", f"stream-{number}", YES, now=0.0)
    rows = list(book.rows())
    assert [row.resource for row in rows] == ["stream-0", "stream-1", "stream-2", "*"]
    assert sum(row.count for row in rows) == 10


def test_the_smallest_policy():
    """One statement for the same actions; what is another resource tomorrow is left open."""
    book = ledger.Ledger()
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f"
    book.record(WRITER, "logs:PutLogEvents", f"{group}:log-stream:2026/11/23/a", YES, now=0.0)
    book.record(WRITER, "logs:CreateLogStream", f"{group}:log-stream:", YES, now=0.0)
    book.record(WRITER, "sqs:ReceiveMessage", QUEUE, YES, now=0.0)
    book.record(WRITER, "sqs:ReceiveMessage", QUEUE + "-2", YES, now=0.0)
    assert minimal.document(book.rows())["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{group}:*",
        },
        {"Effect": "Allow", "Action": ["sqs:ReceiveMessage"], "Resource": [QUEUE, QUEUE + "-2"]},
    ]
