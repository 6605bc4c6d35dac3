"""Stages: variables, logs and method settings, and what patches change of them."""

from __future__ import annotations

from typing import Any

import pytest
from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.gateway.stage import LabStage
from labkit.cloud.gateway.throttle import Limit

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/api/orders"


def patched(*operations: tuple[str, str, Any]) -> LabStage:
    """A stage after some operations."""
    stage = LabStage("lab", "d1")
    stage.apply_operations([{"op": op, "path": path, "value": v} for op, path, v in operations])
    return stage


@pytest.mark.fidelity(
    "API Gateway",
    "A method's own settings take the place of those of all methods (`*/*`) of its stage.",
    source="API Gateway guide: set-up-stages",
)
def test_a_method_s_own_settings_win() -> None:
    """Paths are written with `~1`, as in a patch path."""
    stage = patched(
        ("replace", "/*/*/throttling/rateLimit", "5"),
        ("replace", "/*/*/throttling/burstLimit", "2"),
        ("replace", "/*/*/logging/loglevel", "ERROR"),
        ("replace", "/~1orders/POST/throttling/rateLimit", "1.5"),
        ("replace", "/~1orders/POST/throttling/burstLimit", "1"),
    )
    assert stage.settings_of("/orders", "POST").limit == Limit(1.5, 1)
    assert stage.settings_of("/orders", "POST").log_level == "OFF"
    assert stage.settings_of("/orders", "GET").limit == Limit(5.0, 2)
    assert stage.settings_of("/orders", "GET").log_level == "ERROR"
    assert set(stage.to_json()["methodSettings"]) == {"*/*", "~1orders/POST"}


def test_settings_can_be_removed() -> None:
    """Without settings a method has the account's limit and no logs."""
    stage = patched(("replace", "/*/*/metrics/enabled", "true"), ("remove", "/*/*", None))
    settings = stage.settings_of("/orders", "POST")
    assert (settings.limit, settings.log_level, settings.metrics) == (None, "OFF", False)


def test_variables() -> None:
    """They are added, replaced and removed one by one."""
    stage = patched(
        ("add", "/variables/queue", "orders"),
        ("replace", "/variables/shop", "http://shop.example/?a=1&b=2"),
        ("remove", "/variables/queue", None),
    )
    assert stage.variables == {"shop": "http://shop.example/?a=1&b=2"}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("/*/*/throttling/speed", "1", "Invalid method setting path"),
        ("/nothing", "1", "Invalid method setting path"),
        ("/*/*/throttling/rateLimit", "fast", "Invalid value"),
        ("/*/*/throttling/rateLimit", "nan", "Invalid value"),
        ("/*/*/throttling/rateLimit", "-1", "Invalid value"),
        ("/*/*/throttling/burstLimit", "-1", "Invalid value"),
        ("/*/*/logging/loglevel", "DEBUG", "Invalid value"),
        ("/variables/a-b", "x", "Stage variable names"),
        ("/variables/a", "x y", "Stage variable names"),
        ("/*/*/caching/enabled", "true", "fidelity table"),
    ],
)
def test_what_a_stage_does_not_have(path: str, value: str, message: str) -> None:
    """It is refused, and nothing of the same call is applied."""
    stage = LabStage("lab", "d1")
    with pytest.raises(BadRequestException, match=message):
        stage.apply_operations(
            [
                {"op": "replace", "path": "/description", "value": "changed"},
                {"op": "replace", "path": path, "value": value},
            ]
        )
    assert stage.description == ""


@pytest.mark.parametrize(
    "path", ["/*/*/caching/enabled", "/cacheClusterEnabled", "/tracingEnabled"]
)
def test_turning_off_what_is_off(path: str) -> None:
    """It is allowed: tools send whole settings."""
    patched(("replace", path, "false"))


def test_access_log_settings() -> None:
    """Destination and format come together or one after the other, and go together."""
    stage = patched(
        ("replace", "/accessLogSettings/destinationArn", GROUP),
        ("replace", "/accessLogSettings/format", "$context.requestId"),
    )
    assert stage.access_log_settings == {
        "destinationArn": GROUP,
        "format": "$context.requestId",
    }
    stage.apply_operations([{"op": "remove", "path": "/accessLogSettings"}])
    assert stage.access_log_settings is None
