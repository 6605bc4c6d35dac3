"""The settings of a stage's methods: logs, metrics and limits.

They are kept by method, `{resource path with ~1 for /}/{HTTP method}`, or for all at `*/*`; a
method's own take the place of the others.
https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.gateway.checks import refuse
from labkit.cloud.gateway.patches import to_bool
from labkit.cloud.gateway.throttle import ACCOUNT_LIMIT, Limit, limit
from labkit.cloud.refused.apis import NO_CACHE

Settings = dict[str, dict[str, Any]]

# https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
DEFAULT_SETTINGS: dict[str, Any] = {
    "metricsEnabled": False,
    "dataTraceEnabled": False,
    "throttlingBurstLimit": ACCOUNT_LIMIT.burst,
    "throttlingRateLimit": ACCOUNT_LIMIT.rate,
    "cachingEnabled": False,
    "cacheTtlInSeconds": 300,
    "cacheDataEncrypted": False,
    "requireAuthorizationForCacheControl": True,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}
LEVELS = ("OFF", "ERROR", "INFO")
METHOD_SETTING = re.compile(
    r"/(?P<method>[^/]+/[A-Z*]+)/(?P<name>(?:metrics|logging|throttling|caching)/\w+)"
)

# As AWS lists them, whose commas are missing here and there.
_OWN, _ALL = "/{resourcePath}/{httpMethod}", "/*/*"
PATHS = (
    "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, "
    "/accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, "
    f"{_OWN}/metrics/enabled, {_OWN}/logging/dataTrace, {_OWN}/logging/loglevel, "
    f"{_OWN}/throttling/burstLimit{_OWN}/throttling/rateLimit{_OWN}/caching/ttlInSeconds, "
    f"{_OWN}/caching/enabled, {_OWN}/caching/dataEncrypted, "
    f"{_OWN}/caching/requireAuthorizationForCacheControl, "
    f"{_OWN}/caching/unauthorizedCacheControlHeaderStrategy, "
    f"{_ALL}/metrics/enabled, {_ALL}/logging/dataTrace, {_ALL}/logging/loglevel, "
    f"{_ALL}/throttling/burstLimit {_ALL}/throttling/rateLimit {_ALL}/caching/ttlInSeconds, "
    f"{_ALL}/caching/enabled, {_ALL}/caching/dataEncrypted, "
    f"{_ALL}/caching/requireAuthorizationForCacheControl, "
    f"{_ALL}/caching/unauthorizedCacheControlHeaderStrategy, "
    "/variables/{variable_name}, /tracingEnabled"
)


def level_of(value: str) -> str:
    """A logging level."""
    if value not in LEVELS:
        raise ValueError(value)
    return value


SETTINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "metrics/enabled": ("metricsEnabled", to_bool),
    "logging/loglevel": ("loggingLevel", level_of),
    "logging/dataTrace": ("dataTraceEnabled", to_bool),
    "throttling/burstLimit": ("throttlingBurstLimit", lambda value: limit(0, value).burst),
    "throttling/rateLimit": ("throttlingRateLimit", lambda value: limit(value, 0).rate),
}


@dataclass(frozen=True)
class MethodSettings:
    """The settings that hold for one method of a stage."""

    key: str
    limit: Limit | None
    log_level: str
    data_trace: bool
    metrics: bool


NO_SETTINGS = MethodSettings("*/*", None, "OFF", False, False)


def of(settings: Mapping[str, dict[str, Any]], resource_path: str, method: str) -> MethodSettings:
    """What holds for a method: its own settings, or else those of all methods."""
    own = f"{resource_path.replace('/', '~1')}/{method}"
    key = own if own in settings else "*/*"
    given = settings.get(key)
    if given is None:
        return NO_SETTINGS
    return MethodSettings(
        key,
        Limit(given["throttlingRateLimit"], given["throttlingBurstLimit"]),
        given.get("loggingLevel", "OFF"),
        given["dataTraceEnabled"],
        given["metricsEnabled"],
    )


def change(settings: Settings, path: str, value: str) -> None:
    """Change a setting as a patch says.

    Raises:
        BadRequestException: for a path or a value that there is not.
    """
    found = METHOD_SETTING.fullmatch(path)
    if found and found["name"].startswith("caching/"):
        if found["name"] == "caching/enabled" and to_bool(value):
            raise refuse(path, NO_CACHE)
        return
    setting = SETTINGS.get(found["name"]) if found else None
    if found is None or setting is None:
        raise BadRequestException(f"Invalid method setting path: {path}. Must be one of: [{PATHS}]")
    name, convert = setting
    try:
        converted = convert(value)
    except ValueError:
        raise BadRequestException(f"Invalid value '{value}' for {path}") from None
    settings.setdefault(found["method"], dict(DEFAULT_SETTINGS))[name] = converted
