"""What happened to alarms, as DescribeAlarmHistory tells it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
"""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from labkit.cloud.metrics.alarm import Finding, LabAlarm, moment

# AWS forgets after 30 days; here the latest items stay, however old.
MOST_KEPT = 5000


class History:
    """The latest items of all alarms, oldest first, each with its alarm's ARN."""

    def __init__(self) -> None:
        self.items: deque[tuple[str, dict[str, Any]]] = deque(maxlen=MOST_KEPT)

    def clear(self) -> None:
        """Forget everything."""
        self.items.clear()

    def configuration(self, alarm: LabAlarm, kind: str, at: float) -> None:
        """An alarm's configuration was changed: Create, Update or Delete."""
        summary = f'Alarm "{alarm.name}" {kind.lower().removesuffix("e")}ed'
        self._note(alarm, at, "ConfigurationUpdate", summary, {"version": "1.0", "type": kind})

    def state(self, alarm: LabAlarm, finding: Finding, at: float) -> None:
        """An alarm moves from its present state to another."""
        old = _state(str(alarm.state_value), alarm.state_reason, alarm.state_reason_data)
        new = _state(finding.state.value, finding.reason, finding.data)
        summary = f"Alarm updated from {old['stateValue']} to {new['stateValue']}"
        data = {"version": "1.0", "oldState": old, "newState": new}
        self._note(alarm, at, "StateUpdate", summary, data)

    def action(
        self, alarm: LabAlarm, arn: str, message: dict[str, Any], error: str | None, at: float
    ) -> None:
        """An alarm has told a topic of its new state, or could not."""
        summary = f"Successfully executed action {arn}"
        if error is not None:
            summary = f'Failed to execute action {arn}. Received error: "{error}"'
        data = {
            "actionState": "Succeeded" if error is None else "Failed",
            "stateUpdateTimestamp": int(at * 1000),
            "notificationResource": arn,
            "publishedMessage": json.dumps({"default": json.dumps(message)}),
            "error": error,
        }
        self._note(alarm, at, "Action", summary, data)

    def _note(
        self, alarm: LabAlarm, at: float, kind: str, summary: str, data: dict[str, Any]
    ) -> None:
        item = {
            "AlarmName": alarm.name,
            "AlarmType": "MetricAlarm",
            "Timestamp": moment(at),
            "HistoryItemType": kind,
            "HistorySummary": summary,
            "HistoryData": json.dumps(data, separators=(",", ":")),
        }
        self.items.append((alarm.alarm_arn, item))


def _state(value: str, reason: str, data: str | None) -> dict[str, Any]:
    state: dict[str, Any] = {"stateValue": value, "stateReason": reason}
    if data:
        state["stateReasonData"] = json.loads(data)
    return state
