"""Where each message of a queue is: waiting in line, hidden until an instant, or delayed.

Every message is in exactly one of the three, and each has its own index, so that no operation
looks at messages that it does not touch. Time moves messages between them when `settle` is
called; nothing runs in the background.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from labkit.cloud.queues.line import Group, GroupedLine, StandardLine
from labkit.cloud.queues.message import LabMessage
from labkit.cloud.schedule import Schedule


class Places:
    """The messages of one queue; all instants are seconds since the epoch."""

    def __init__(self, *, fifo: bool) -> None:
        self._by_id: dict[str, LabMessage] = {}
        self._line = GroupedLine() if fifo else StandardLine()
        self._hidden = Schedule()
        self._delayed = Schedule()
        self._enqueued = Schedule()

    @property
    def waiting(self) -> int:
        """How many messages are visible."""
        return len(self._line)

    @property
    def hidden(self) -> int:
        """How many messages are in flight."""
        return len(self._hidden)

    @property
    def delayed(self) -> int:
        """How many messages are not to be seen yet."""
        return len(self._delayed)

    def settle(self, now: float, retention: float) -> None:
        """Move what is due at `now`, and drop what was enqueued `retention` seconds ago."""
        for message in self._enqueued.pop_due(now - retention):
            self.forget(message)
        for message in self._delayed.pop_due(now):
            self._line.join(message)
        for message in self._hidden.pop_due(now):
            self._line.release(message)

    def is_open(self) -> bool:
        """Whether a receive would get something: a FIFO group in flight holds its others back."""
        return self._line.is_open()

    def next_due(self) -> float | None:
        """When the next hidden or delayed message becomes visible, if there is one."""
        dues = [due for due in (self._hidden.first(), self._delayed.first()) if due is not None]
        return min(dues, default=None)

    def next_change(self, retention: float) -> float | None:
        """When time next changes what is here, by `retention` too, if it ever does."""
        due, first = self.next_due(), self._enqueued.first()
        return due if first is None else min(due or math.inf, first + retention)

    def oldest(self) -> float | None:
        """When the message that has been here for longest came, if there is one."""
        return next(iter(self._by_id.values())).arrived_at if self._by_id else None

    def find(self, message_id: str) -> LabMessage | None:
        """The message with this id, wherever it is."""
        return self._by_id.get(message_id)

    def is_hidden(self, message: LabMessage) -> bool:
        """Whether the message is in flight."""
        return message in self._hidden

    def look(self) -> Iterator[tuple[LabMessage, str]]:
        """Every message with its state: visible, in flight or delayed."""
        for message in self._by_id.values():
            if message in self._hidden:
                yield message, "in flight"
            else:
                yield message, "delayed" if message in self._delayed else "visible"

    def admit(self, message: LabMessage, delayed_until: float | None) -> None:
        """Take in a message, visible at once or at an instant."""
        self._by_id[message.id] = message
        self._enqueued.put(message, message.sent_timestamp / 1000)
        if delayed_until is None:
            self._line.join(message)
        else:
            self._delayed.put(message, delayed_until)

    def take(self, held: list[Group], hidden_until: float) -> LabMessage | None:
        """Hide the next message in line and give it out; None when there is none.

        `held` collects the FIFO groups of this receive call, which alone may go on with them.
        """
        message = self._line.take(held)
        if message is not None:
            self._hidden.put(message, hidden_until)
        return message

    def withdraw(self) -> LabMessage | None:
        """Take the next message in line away for good; None when there is none."""
        message = self.take([], 0)
        if message is not None:
            self.forget(message)
        return message

    def hide(self, message: LabMessage, until: float) -> None:
        """Hide a message that was received before until another instant, even a past one."""
        if message not in self._hidden:
            self._line.hold(message)
        self._hidden.put(message, until)

    def forget(self, message: LabMessage) -> None:
        """The message is gone for good."""
        del self._by_id[message.id]
        self._enqueued.discard(message)
        if self._hidden.discard(message):
            self._line.settle(message)
        elif not self._delayed.discard(message):
            self._line.leave(message)
