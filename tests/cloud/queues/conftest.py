"""A queue backend in this process and a clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine
from moto.sqs.models import sqs_backends

from labkit.cloud.metrics.store import Store
from labkit.cloud.queues.backend import LabSQSBackend

START = 1_790_000_000.0


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time, from a fixed instant on; `clock.shift(seconds)` moves it."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def backend(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LabSQSBackend]:
    """An empty backend, found where moto looks for it."""
    monkeypatch.setattr(sqs_backends, "backend", LabSQSBackend)
    cloud = SimpleNamespace(metrics=Store())
    monkeypatch.setattr(LabSQSBackend, "cloud", cloud, raising=False)
    sqs_backends.clear()
    yield sqs_backends["123456789012"]["us-east-1"]
    sqs_backends.clear()
