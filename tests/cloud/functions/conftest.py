"""A client of Lambda's control plane for the tests of its calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config

from tests.permissions import powerful_role


@pytest.fixture(scope="module")
def lambda_(client: Callable[..., Any]) -> Any:
    """A Lambda client that sends whatever it is told to."""
    powerful_role(client("iam"), "control")
    config = Config(parameter_validation=False, retries={"max_attempts": 0})
    return client("lambda", config=config)
