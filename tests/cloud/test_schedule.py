"""Entries by due instant."""

from __future__ import annotations

from labkit.cloud.queues.message import LabMessage
from labkit.cloud.schedule import SMALL, Schedule


def message(name: str) -> LabMessage:
    """A message that is told by its id alone."""
    return LabMessage(name, "body")


def test_gives_what_is_due_soonest_first() -> None:
    """And leaves the rest."""
    schedule = Schedule()
    for name, due in (("c", 3), ("a", 1), ("b", 2)):
        schedule.put(message(name), due)
    assert [found.id for found in schedule.pop_due(2)] == ["a", "b"]
    assert len(schedule) == 1
    assert schedule.first() == 3


def test_the_last_put_counts() -> None:
    """A message is in once, at its latest instant."""
    schedule = Schedule()
    moved = message("a")
    schedule.put(moved, 1)
    schedule.put(moved, 5)
    assert len(schedule) == 1
    assert list(schedule.pop_due(4)) == []
    assert schedule.first() == 5


def test_discards_at_any_time() -> None:
    """And says whether the message was in."""
    schedule = Schedule()
    gone = message("a")
    schedule.put(gone, 1)
    assert gone in schedule
    assert schedule.discard(gone)
    assert not schedule.discard(gone)
    assert schedule.first() is None


def test_stale_entries_do_not_pile_up() -> None:
    """A message postponed ten thousand times costs no more memory than a few."""
    schedule = Schedule()
    postponed = message("a")
    for due in range(10_000):
        schedule.put(postponed, due)
    assert len(schedule._heap) <= 2 + SMALL
