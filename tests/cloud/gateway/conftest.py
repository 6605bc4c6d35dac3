"""What tests of the gateway over HTTP share: an API, and a queue behind it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.cloud.gateway.apis import Api, new_api


@pytest.fixture
def api(cloud: str, client: Callable[..., Any]) -> Api:
    """A new API with `/orders`."""
    return new_api(client, cloud)


@pytest.fixture
def sqs(client: Callable[..., Any]) -> Any:
    """A client of SQS."""
    return client("sqs")


@pytest.fixture
def queue(sqs: Any) -> tuple[str, str]:
    """The name and URL of a new queue."""
    name = f"orders-{uuid.uuid4().hex[:8]}"
    return name, sqs.create_queue(QueueName=name)["QueueUrl"]
