"""The messages that wait to be received: one line for a standard queue, one a group for FIFO.

A standard queue promises no order; ours is first come, first served, and a message that comes
back after its visibility timeout joins the end, so that failing messages never starve the others.
A FIFO queue keeps the order of each message group, gives one consumer as many messages of a group
as it asked for, and then holds back what comes after them until they are deleted or visible again
(SQS developer guide, "FIFO delivery logic"). What is visible again can be received while later ones
are still in flight (recorded by LocalStack, sqs/test_sqs:
test_fifo_group_visibility_extends_with_change_message_visibility).

Both lines have the same verbs. A message that was taken is in flight until it is released
(visible again) or settled (gone).
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from labkit.cloud.queues.message import LabMessage


@dataclass
class Group:
    """One message group of a FIFO queue; closed while an earlier message of it is in flight.

    `in_flight` has sequence numbers. `limit` is set by each receive that opens the group: it takes
    what was sent before that number, which was the first in flight when it began.
    """

    id: str
    waiting: deque[LabMessage] = field(default_factory=deque)
    in_flight: set[int] = field(default_factory=set)
    limit: float = math.inf

    def is_open(self, limit: float) -> bool:
        """Whether the first message that waits was sent before the one with number `limit`."""
        return bool(self.waiting) and _number(self.waiting[0]) < limit

    def first_in_flight(self) -> float:
        """The number of the earliest message in flight."""
        return min(self.in_flight, default=math.inf)


class StandardLine:
    """The waiting messages of a standard queue."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, LabMessage] = OrderedDict()

    def __len__(self) -> int:
        return len(self._waiting)

    def is_open(self) -> bool:
        """Whether a receive would get something now."""
        return bool(self._waiting)

    def join(self, message: LabMessage) -> None:
        """A message became available for the first time."""
        self._waiting[message.id] = message

    def take(self, held: list[Group]) -> LabMessage | None:
        """The next message to hand out, now in flight; `held` is of use to FIFO only."""
        return self._waiting.popitem(last=False)[1] if self._waiting else None

    def release(self, message: LabMessage) -> None:
        """A message in flight became visible again."""
        self.join(message)

    def settle(self, message: LabMessage) -> None:
        """A message in flight is gone for good."""

    def hold(self, message: LabMessage) -> None:
        """A waiting message is in flight from now on, without a receive."""
        del self._waiting[message.id]

    def leave(self, message: LabMessage) -> None:
        """A waiting message is gone for good."""
        del self._waiting[message.id]


class GroupedLine:
    """The waiting messages of a FIFO queue, by message group."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._open: OrderedDict[str, Group] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def is_open(self) -> bool:
        """Whether a receive would get something now."""
        return bool(self._open)

    def join(self, message: LabMessage) -> None:
        """A message became available for the first time."""
        self._enter(self._group_of(message), message)

    def take(self, held: list[Group]) -> LabMessage | None:
        """The next message to hand out, now in flight.

        `held` collects the groups that this receive call has opened: it alone may go on with them.
        """
        if held and held[-1].is_open(held[-1].limit):
            group = held[-1]
        elif self._open:
            group = next(iter(self._open.values()))
            group.limit = group.first_in_flight()
            held.append(group)
        else:
            return None
        self._size -= 1
        message = group.waiting.popleft()
        group.in_flight.add(_number(message))
        self._review(group)
        return message

    def release(self, message: LabMessage) -> None:
        """A message in flight became visible again, at its old place in its group."""
        group = self._group_of(message)
        group.in_flight.discard(_number(message))
        self._enter(group, message)

    def settle(self, message: LabMessage) -> None:
        """A message in flight is gone for good."""
        group = self._group_of(message)
        group.in_flight.discard(_number(message))
        self._review(group)

    def hold(self, message: LabMessage) -> None:
        """A waiting message is in flight from now on, without a receive."""
        self._group_of(message).in_flight.add(_number(message))
        self.leave(message)

    def leave(self, message: LabMessage) -> None:
        """A waiting message is gone for good."""
        group = self._group_of(message)
        group.waiting.remove(message)
        self._size -= 1
        self._review(group)

    def _group_of(self, message: LabMessage) -> Group:
        group_id = message.group_id or ""
        return self._groups.setdefault(group_id, Group(group_id))

    def _enter(self, group: Group, message: LabMessage) -> None:
        # The line is in the order of numbers. What comes back was taken from its front, so that its
        # place is near there, except when the line has nothing older left.
        place = 0
        if group.waiting and _number(message) > _number(group.waiting[-1]):
            place = len(group.waiting)
        else:
            for waiting in group.waiting:
                if _number(waiting) > _number(message):
                    break
                place += 1
        group.waiting.insert(place, message)
        self._size += 1
        self._review(group)

    def _review(self, group: Group) -> None:
        if group.is_open(group.first_in_flight()):
            self._open.setdefault(group.id, group)
        else:
            self._open.pop(group.id, None)
        if not group.waiting and not group.in_flight:
            self._groups.pop(group.id, None)


def _number(message: LabMessage) -> int:
    return int(message.sequence_number)
