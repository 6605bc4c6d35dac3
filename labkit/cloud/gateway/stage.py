"""A stage of a REST API: its variables, its logs and the settings of its methods.

Settings are kept by method, `{resource path with ~1 for /}/{HTTP method}`, or for all at `*/*`; a
method's own take the place of the others.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-stages.html
https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.gateway import access_log
from labkit.cloud.gateway.checks import refuse
from labkit.cloud.gateway.patches import to_bool
from labkit.cloud.gateway.throttle import ACCOUNT_LIMIT, Limit, limit

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
VARIABLE = re.compile(r"[A-Za-z0-9_]+")
VARIABLE_VALUE = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]*")
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
# What a stage of AWS has and this cloud's have not; `false` and nothing are what they are anyway.
REFUSED = {
    "/cacheCluster": "A stage's response cache.",
    "/canarySettings": "Canary deployments.",
    "/clientCertificateId": "Client certificates.",
    "/documentationVersion": "Versions of an API's documentation.",
    "/tracingEnabled": "Tracing with X-Ray.",
}


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


class LabStage(moto.Stage):
    """One stage, whose patches are checked before any of them is applied."""

    created: float | None = None
    updated: float | None = None

    def touch(self, now: float) -> None:
        """Note that the stage was made or changed, in seconds since 1970."""
        self.created, self.updated = self.created or now, now

    def settings_of(self, resource_path: str, method: str) -> MethodSettings:
        """What holds for a method: its own settings, or else those of all methods."""
        if not self.method_settings:
            return NO_SETTINGS
        own = f"{resource_path.replace('/', '~1')}/{method}"
        key = own if own in self.method_settings else "*/*"
        given = self.method_settings.get(key)
        if given is None:
            return NO_SETTINGS
        return MethodSettings(
            key,
            Limit(given["throttlingRateLimit"], given["throttlingBurstLimit"]),
            given.get("loggingLevel", "OFF"),
            given["dataTraceEnabled"],
            given["metricsEnabled"],
        )

    def to_json(self) -> dict[str, Any]:
        """The stage as `get_stage` shows it."""
        return {
            **super().to_json(),
            "accessLogSettings": self.access_log_settings or None,
            "cacheClusterStatus": "NOT_AVAILABLE",
            "tracingEnabled": False,
            "createdDate": self.created,
            "lastUpdatedDate": self.updated,
        }

    def apply_operations(self, patch_operations: list[dict[str, Any]]) -> LabStage:
        """Change the stage as `update_stage` says, or not at all.

        Raises:
            BadRequestException: for a path or a value that a stage does not have.
        """
        changed = LabStage(
            self.name, self.deployment_id, dict(self.variables), self.description, tags=self.tags
        )
        changed.method_settings = {
            key: dict(settings) for key, settings in self.method_settings.items()
        }
        changed.access_log_settings = dict(self.access_log_settings or {})
        changed.created = self.created
        for operation in patch_operations:
            changed._patch(operation["op"], operation["path"], operation.get("value"))
        changed.access_log_settings = access_log.checked(changed.access_log_settings)
        vars(self).update(vars(changed))
        return self

    def _patch(self, kind: str, path: str, value: str | None) -> None:
        if kind not in ("add", "replace", "remove"):
            raise BadRequestException(
                "Member must satisfy enum value set: [add, remove, move, test, replace, copy]"
            )
        name = path.removeprefix("/variables/")
        if name != path:
            self._set_variable(name, None if kind == "remove" else value or "")
        elif path in ("/description", "/deploymentId"):
            attribute = {"/description": "description", "/deploymentId": "deployment_id"}[path]
            setattr(self, attribute, value or "")
        elif path == "/accessLogSettings" and kind == "remove":
            self.access_log_settings = {}
        elif path in ("/accessLogSettings/destinationArn", "/accessLogSettings/format"):
            self.access_log_settings[path.rpartition("/")[2]] = value or ""
        elif kind == "remove" and re.fullmatch(r"/[^/]+/[A-Z*]+", path):
            if self.method_settings.pop(path[1:], None) is None:
                raise BadRequestException(
                    f"Cannot remove method setting {path[1:]} because there is no method setting "
                    "for this method "
                )
        else:
            self._set(path, value or "")

    def _set(self, path: str, value: str) -> None:
        found = METHOD_SETTING.fullmatch(path)
        if found and found["name"].startswith("caching/"):
            if found["name"] == "caching/enabled" and to_bool(value):
                raise refuse(REFUSED["/cacheCluster"])
            return
        for prefix, what in REFUSED.items():
            if path.startswith(prefix):
                if value in ("", "false"):
                    return
                raise refuse(what)
        setting = SETTINGS.get(found["name"]) if found else None
        if found is None or setting is None:
            raise BadRequestException(
                f"Invalid method setting path: {path}. Must be one of: [{PATHS}]"
            )
        name, convert = setting
        try:
            converted = convert(value)
        except ValueError:
            raise BadRequestException(f"Invalid value '{value}' for {path}") from None
        self.method_settings.setdefault(found["method"], dict(DEFAULT_SETTINGS))[name] = converted

    def _set_variable(self, name: str, value: str | None) -> None:
        if value is None:
            self.variables.pop(name, None)
            return
        check_variables({name: value})
        self.variables[name] = value


def check_variables(variables: Mapping[str, str] | None) -> None:
    """Refuse stage variables that AWS does not allow."""
    for name, value in (variables or {}).items():
        if not VARIABLE.fullmatch(name) or not VARIABLE_VALUE.fullmatch(value):
            raise BadRequestException(
                "Stage variable names may only have letters, digits and _, and values only "
                f"alphanumeric characters and -._~:/?#&=, : '{name}'"
            )


def needs_role(operations: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a patch turns on a log, for which the account must have a role."""
    return any(
        operation["op"] != "remove"
        and (
            operation["path"].startswith("/accessLogSettings/")
            or (
                operation["path"].endswith("/logging/loglevel")
                and operation.get("value") in ("ERROR", "INFO")
            )
        )
        for operation in operations
    )
