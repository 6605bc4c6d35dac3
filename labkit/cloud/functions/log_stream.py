"""Where a worker's log goes: one CloudWatch log stream, written straight into moto.

Writing is a few appends in memory, 7 microseconds an event, and never waits. What a stream may
keep is bounded: the newest events stay.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from moto.logs.models import LogsBackend, logs_backends

from labkit.cloud.access.named_resources import Scope, log_stream_arn
from labkit.cloud.functions.output import LogEvent

EVENTS_KEPT = 50_000


def stream_name(now: float, version: str) -> str:
    """A new stream's name: the day, the version and 32 hexadecimal digits."""
    day = datetime.fromtimestamp(now, UTC).strftime("%Y/%m/%d")
    return f"{day}/[{version}]{secrets.token_hex(16)}"


Permission = Callable[[str, str], bool]  # an action of CloudWatch Logs, a resource


class LogStream:
    """A log stream, with its group made when missing, as far as the function's role permits it.

    "Your function needs permission to upload logs to CloudWatch Logs"; without it the function runs
    and what it prints is lost.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
    """

    def __init__(
        self,
        account_id: str,
        region: str,
        group: str,
        name: str,
        permits: Permission = lambda *_: True,
    ) -> None:
        self._permits = permits
        self.group = group
        self.name = name
        self._account_id = account_id
        self._region = region
        self._latest = 0

    def write(self, events: list[LogEvent], *, now: float) -> None:
        """Append events in this order. One without a time was written before the one after it."""
        if not events:
            return
        backend = logs_backends[self._account_id][self._region]
        if not self._is_there(backend) or not self._may("PutLogEvents", self.name):
            return
        backend.put_log_events(self.group, self.name, self._stamped(events, now))
        kept = backend.groups[self.group].streams[self.name].events
        if len(kept) > 2 * EVENTS_KEPT:
            del kept[:-EVENTS_KEPT]

    def _is_there(self, backend: LogsBackend) -> bool:
        """Whether group and stream exist, or could be made."""
        if self.group not in backend.groups:
            if not self._may("CreateLogGroup"):
                return False
            backend.ensure_log_group(self.group)
        if self.name not in backend.groups[self.group].streams:
            if not self._may("CreateLogStream"):
                return False
            backend.ensure_log_stream(self.group, self.name)
        return True

    def _may(self, action: str, stream: str = "") -> bool:
        scope = Scope("logs", self._region, self._account_id)
        return self._permits(f"logs:{action}", log_stream_arn(scope, self.group, stream))

    def _stamped(self, events: list[LogEvent], now: float) -> list[dict[str, object]]:
        """The events with times in milliseconds that neither go back nor lie ahead."""
        upper = int(now * 1000)
        times: list[int | None] = []
        for event in events:
            if event.time is None:
                times.append(None)
            else:
                self._latest = max(self._latest, min(int(event.time * 1000), upper))
                times.append(self._latest)
        following = max(self._latest, upper)
        stamped: list[dict[str, object]] = []
        for event, time in zip(reversed(events), reversed(times), strict=True):
            following = following if time is None else time
            stamped.append({"timestamp": following, "message": event.message})
        self._latest = max(self._latest, int(str(stamped[0]["timestamp"])))
        return stamped[::-1]
