"""A queue backend in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from moto.sqs.models import sqs_backends

from labkit.cloud.metrics.store import Store
from labkit.cloud.queues.backend import LabSQSBackend


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


@pytest.fixture
def sqs(client: Callable[..., Any]) -> Any:
    """A client of SQS."""
    return client("sqs")


@pytest.fixture
def url(sqs: Any) -> str:
    """The URL of a new queue."""
    return sqs.create_queue(QueueName=f"orders-{uuid4()}")["QueueUrl"]
