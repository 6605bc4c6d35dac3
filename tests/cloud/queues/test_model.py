"""The queue against a model so naive that it is plainly right."""

from __future__ import annotations

from dataclasses import dataclass

import time_machine
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from labkit.cloud.queues.message import LabMessage
from labkit.cloud.queues.queue import IndexedQueue
from tests.cloud.conftest import START

RETENTION = 120


@dataclass
class Modelled:
    """One message: when it was sent, until when it is not visible, and why."""

    sent: float
    hidden_until: float = 0.0
    delayed_until: float = 0.0
    handle: str | None = None
    count: int = 0


class QueueMachine(RuleBasedStateMachine):
    """Sends, receives, deletes, changes visibility and turns the clock at random."""

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(START, tick=False)
        self.clock = self.travel.start()
        self.now = START
        self.queue = IndexedQueue(
            "orders", "us-east-1", "123456789012", MessageRetentionPeriod=RETENTION
        )
        self.model: dict[str, Modelled] = {}
        self.handles: list[tuple[str, str]] = []
        self.sent = 0

    def teardown(self) -> None:
        """Give the time back."""
        self.travel.stop()

    def alive(self) -> dict[str, Modelled]:
        """What has not outlived the retention period."""
        return {name: kept for name, kept in self.model.items() if kept.sent + RETENTION > self.now}

    def visible(self) -> set[str]:
        """What a receive may give."""
        return {
            name
            for name, kept in self.alive().items()
            if max(kept.hidden_until, kept.delayed_until) <= self.now
        }

    @rule(delay=st.sampled_from([0, 0, 5, 30]))
    def send(self, delay: int) -> None:
        """One more message."""
        name = f"00000000-0000-4000-8000-{self.sent:012d}"
        self.sent += 1
        self.queue.add_message(LabMessage(name, "body"), delay)
        self.model[name] = Modelled(self.now, delayed_until=self.now + delay)

    @rule(count=st.integers(1, 10), timeout=st.sampled_from([0, 5, 30, 200]))
    def receive(self, count: int, timeout: int) -> None:
        """As many of the visible ones as asked for, none twice."""
        visible = self.visible()
        received = self.queue.receive(count, timeout)
        names = [message.id for message in received]
        assert len(names) == len(set(names)) == min(count, len(visible))
        assert set(names) <= visible
        for message in received:
            kept = self.model[message.id]
            kept.count += 1
            kept.handle = message.receipt_handle
            kept.hidden_until = self.now + timeout
            assert message.approximate_receive_count == kept.count
            self.handles.append((message.id, message.receipt_handle))

    @precondition(lambda self: self.handles)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """With any handle there ever was; only the latest one works."""
        name, handle = data.draw(st.sampled_from(self.handles))
        self.queue.delete_message(handle)
        if self.model.get(name) and self.model[name].handle == handle:
            del self.model[name]
            self.handles = [(other, held) for other, held in self.handles if other != name]

    @precondition(lambda self: any(name in self.alive() for name, _ in self.handles))
    @rule(data=st.data(), timeout=st.sampled_from([0, 5, 200]))
    def change_visibility(self, data: st.DataObject, timeout: int) -> None:
        """With any handle of a message that is still there."""
        alive = self.alive()
        name, handle = data.draw(
            st.sampled_from([held for held in self.handles if held[0] in alive])
        )
        self.queue.change_visibility(handle, timeout)
        self.model[name].hidden_until = self.now + timeout

    @rule(seconds=st.sampled_from([1, 5, 29, 60]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.clock.shift(seconds)
        self.now += seconds

    @invariant()
    def counts_are_exact(self) -> None:
        """Visible, in flight and delayed are what the model says."""
        alive = self.alive()
        hidden = sum(kept.hidden_until > self.now for kept in alive.values())
        delayed = sum(kept.delayed_until > self.now for kept in alive.values())
        assert self.queue.approximate_number_of_messages == len(self.visible())
        assert self.queue.approximate_number_of_messages_not_visible == hidden
        assert self.queue.approximate_number_of_messages_delayed == delayed
        assert self.queue.has_visible() == bool(self.visible())

    @invariant()
    def the_next_instant_is_known(self) -> None:
        """What waits until then misses nothing."""
        self.queue.has_visible()
        later = [
            due
            for kept in self.alive().values()
            for due in (kept.hidden_until, kept.delayed_until)
            if due > self.now
        ]
        assert self.queue.next_due() == min(later, default=None)


TestQueue = QueueMachine.TestCase
TestQueue.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
