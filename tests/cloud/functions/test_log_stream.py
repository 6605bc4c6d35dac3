"""Writing to CloudWatch Logs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from moto.logs.models import LogEvent as MotoLogEvent
from moto.logs.models import logs_backends

from labkit.cloud.functions import log_stream
from labkit.cloud.functions.log_stream import LogStream, stream_name
from labkit.cloud.functions.output import LogEvent
from tests.cloud.functions.surroundings import ACCOUNT, empty_moto

NOW = 1_790_000_000.0


@pytest.fixture(autouse=True)
def at_that_time() -> Iterator[None]:
    """moto takes no event from the far past or future."""
    with time_machine.travel(NOW, tick=False), empty_moto():
        yield


def events() -> list[MotoLogEvent]:
    return logs_backends[ACCOUNT]["us-east-1"].groups["/aws/lambda/f"].streams["s"].events


def stream() -> LogStream:
    return LogStream(ACCOUNT, "us-east-1", "/aws/lambda/f", "s")


@pytest.mark.fidelity(
    "Lambda",
    "A log stream is named `YYYY/MM/DD/[VERSION]` and 32 hex digits.",
    source="Lambda guide: python-logging",
)
def test_a_stream_is_named_by_day_version_and_chance() -> None:
    """As on AWS."""
    assert re.fullmatch(r"2026/09/21/\[7\][0-9a-f]{32}", stream_name(NOW, "7"))


@pytest.mark.fidelity(
    "Lambda", "Log group and stream are made when missing.", source="Lambda guide: python-logging"
)
def test_group_and_stream_are_made_when_missing() -> None:
    """Also after somebody has deleted the group."""
    written = stream()
    written.write([LogEvent("one\n")], now=NOW)
    logs_backends[ACCOUNT]["us-east-1"].delete_log_group("/aws/lambda/f")
    written.write([LogEvent("two\n")], now=NOW)
    assert [event.message for event in events()] == ["two\n"]


def test_times_never_go_back() -> None:
    """A printed line was written before what follows it; order is kept whatever a frame claims."""
    written = stream()
    written.write(
        [
            LogEvent("start", NOW - 3),
            LogEvent("printed"),
            LogEvent("logged", NOW - 2),
            LogEvent("from the past", NOW - 9),
            LogEvent("from the future", NOW + 99),
            LogEvent("printed last"),
        ],
        now=NOW,
    )
    offsets = [event.timestamp - int(NOW * 1000) for event in events()]
    assert offsets == [-3000, -2000, -2000, -2000, 0, 0]
    assert events()[0].message == "start"


@pytest.mark.fidelity(
    "Lambda",
    "A log stream keeps its newest events only.",
    differs="The memory of a laptop; CloudWatch keeps all of them.",
)
def test_what_a_stream_keeps_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest events stay."""
    monkeypatch.setattr(log_stream, "EVENTS_KEPT", 10)
    written = stream()
    for number in range(100):
        written.write([LogEvent(str(number))], now=NOW)
    assert 10 <= len(events()) <= 20
    assert events()[-1].message == "99"
