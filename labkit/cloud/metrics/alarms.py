"""Watches alarms: moves them as their data say, and tells their topics.

AWS evaluates an alarm every minute, on periods that end with the last full one, and more often if
its period is shorter. So does this, by the lab's clock: one task waits for the next evaluation
while there are alarms at all. After a jump of the clock those in between are made one after the
other, each with its own time, so that an alarm goes to ALARM and back as it would have; whoever
reads an alarm's state has that done first.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from moto.cloudwatch.models import cloudwatch_backends

from labkit.cloud.clock import Signal
from labkit.cloud.metrics import actions
from labkit.cloud.metrics.alarm import Finding, LabAlarm, moment
from labkit.cloud.metrics.evaluation import State
from labkit.cloud.metrics.history import History

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

# A jump over more evaluations is evaluated at so many instants, evenly spread over it.
MOST_EVALUATIONS = 24 * 60


class Alarms:
    """Every alarm of a cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self.history = History()
        self._cloud = cloud
        self._watch: asyncio.Task[None] | None = None
        self._changed = Signal()

    def watch(self) -> None:
        """There is an alarm to watch."""
        if self._watch is None or self._watch.done():
            self._watch = self._cloud.tasks.start(self._keep_watch(), name="alarms")
        self._changed.ring()

    def catch_up(self) -> None:
        """Make every evaluation that has become due."""
        now = self._cloud.clock.now()
        for alarm in list(self._alarms()):
            self._catch_up(alarm, alarm.due_before(now))

    def move(self, alarm: LabAlarm, finding: Finding, at: float) -> None:
        """Set an alarm's state at an instant, and do what it does in that state."""
        old = State(alarm.state_value)
        if finding.state is not old:
            alarm.state_transitioned_timestamp = moment(at)
        self.history.state(alarm, finding, at)
        alarm.state_value = finding.state
        alarm.state_reason = finding.reason
        alarm.state_reason_data = finding.data or None
        alarm.state_updated_timestamp = moment(at)
        if finding.state is old or not alarm.actions_enabled:
            return
        for action in actions.of(alarm, finding.state):
            message, error = actions.execute(self._cloud.access, alarm, action, old, at)
            self.history.action(alarm, action, message, error, at)

    async def stop(self) -> None:
        """Stop watching, and forget the history."""
        if self._watch is not None:
            await self._cloud.tasks.cancel(self._watch)
            self._watch = None
        self.history.clear()

    async def _keep_watch(self) -> None:
        while alarms := list(self._alarms()):
            due = min(alarm.checked + alarm.pace for alarm in alarms)
            await self._cloud.clock.wait(self._changed, until=due)
            self.catch_up()

    def _catch_up(self, alarm: LabAlarm, last: int) -> None:
        if alarm.checked >= last:
            return
        first = alarm.checked + alarm.pace
        points = self._cloud.metrics.points(alarm.metric, alarm.unit, first - alarm.reach, last)
        step = max(1, (last - first) // alarm.pace // MOST_EVALUATIONS) * alarm.pace
        for instant in reversed(range(last, first - 1, -step)):
            finding = alarm.assess(points, instant)
            if finding.state != alarm.state_value:
                self.move(alarm, finding, instant)
        alarm.checked = last

    def _alarms(self) -> Iterator[LabAlarm]:
        for account in cloudwatch_backends.values():
            for backend in account.values():
                yield from backend.alarms.values()  # type: ignore[misc]
