"""A stage of a REST API: its variables, its logs and the settings of its methods.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-stages.html
https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.gateway import access_log, method_settings
from labkit.cloud.gateway.method_settings import MethodSettings
from labkit.cloud.refused import REFUSED

# https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
NAME = re.compile(r"[\w-]{1,128}", re.ASCII)
VARIABLE = re.compile(r"[A-Za-z0-9_]+")
VARIABLE_VALUE = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]*")


class LabStage(moto.Stage):
    """One stage, whose patches are checked before any of them is applied."""

    created: float | None = None
    updated: float | None = None

    def touch(self, now: float) -> None:
        """Note that the stage was made or changed, in seconds since 1970."""
        self.created, self.updated = self.created or now, now

    def settings_of(self, resource_path: str, method: str) -> MethodSettings:
        """What holds for a method: its own settings, or else those of all methods."""
        return method_settings.of(self.method_settings, resource_path, method)

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
        changed = deepcopy(self)
        changed.access_log_settings = changed.access_log_settings or {}
        for operation in patch_operations:
            changed._patch(operation["op"], operation["path"], operation.get("value"))
        changed.access_log_settings = access_log.checked(changed.access_log_settings)
        vars(self).update(vars(changed))
        return self

    def _patch(self, kind: str, path: str, value: str | None) -> None:
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
        elif path.split("/")[1] not in REFUSED["apigateway"]["UpdateStage"]:
            method_settings.change(self.method_settings, path, value or "")

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


def check_name(name: str) -> None:
    """Refuse a stage that no URL could name."""
    if not NAME.fullmatch(name):
        raise BadRequestException("Stage name only allows a-zA-Z0-9_-")


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
