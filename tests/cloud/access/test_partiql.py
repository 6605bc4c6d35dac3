"""What statements in PartiQL do, and to what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.cloud.access.partiql import Target, target


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ('SELECT * FROM "Orders"', Target("PartiQLSelect", "Orders")),
        ("select a, b from Orders where a = 'x'", Target("PartiQLSelect", "Orders")),
        ('SELECT * FROM "Orders"."by-day"', Target("PartiQLSelect", "Orders", "by-day")),
        ("INSERT INTO \"Orders\" VALUE {'id': 'x'}", Target("PartiQLInsert", "Orders")),
        ('UPDATE "Orders" SET a=1 WHERE id=?', Target("PartiQLUpdate", "Orders")),
        ('DELETE FROM "Orders" WHERE id=?', Target("PartiQLDelete", "Orders")),
        ('EXISTS(SELECT * FROM "Orders" WHERE id=?)', Target("PartiQLSelect", "Orders")),
        ("  SELECT\n*\tFROM Orders-2", Target("PartiQLSelect", "Orders-2")),
        # Names and texts that look like a part of a statement are none.
        ('SELECT "x FROM Mine" FROM "Orders"', Target("PartiQLSelect", "Orders")),
        ("UPDATE Orders SET a='SELECT b FROM Mine'", Target("PartiQLUpdate", "Orders")),
        ("UPDATE Orders SET a='it''s FROM Mine'", Target("PartiQLUpdate", "Orders")),
        ("DROP TABLE Orders", None),
        ("SELECT 1", None),
        ("SELECT * FROM", None),
        ("SELECT * FROM ?", None),
        ("", None),
    ],
)
def test_targets(statement: str, expected: Target | None):
    """Verb, table and index; None for what is no statement."""
    assert target(statement) == expected


@given(st.text(alphabet="SELECT FROM'.*?abc-" + '"', max_size=60))
def test_any_text_can_be_read(statement: str):
    """Rubbish included, in which no table without a name is found."""
    found = target(statement)
    assert found is None or found.table
