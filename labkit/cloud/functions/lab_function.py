"""One of moto's Lambda functions, made to run in the lab's workers.

It reaches into `LambdaFunction._set_function_code`, `._get_layers_data`, `.update_configuration`
and `.invoke`; `tests/cloud/functions/test_backend.py` fails when one of them moves.
"""

from __future__ import annotations

import copy
import json
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import EventInvokeConfig, LambdaFunction, lambda_backends

from labkit.cloud.functions import logging_config, package, specification
from labkit.cloud.functions.checks import check_object, check_role, check_target
from labkit.cloud.functions.destinations import DEAD_LETTER_TARGETS, dead_letters_refusal
from labkit.cloud.functions.loglines import runtime_version
from labkit.cloud.functions.revisions import check_revision


class LabFunction(LambdaFunction):
    """A function that runs in the lab's workers."""

    last_version = 0  # the highest number that was published, also when it has been deleted

    def __init__(self, account_id: str, spec: dict[str, Any], region: str, version: str) -> None:
        specification.check(spec)
        if spec.get("PackageType", "Zip") != "Zip":
            raise specification.not_run(f"PackageType {spec['PackageType']}")
        if not spec.get("Runtime") or not spec.get("Handler"):
            raise InvalidParameterValueException(
                "Runtime and Handler are mandatory parameters for functions created with "
                "deployment packages."
            )
        specification.check_runtime(spec["Runtime"])
        self.logging_config = logging_config.first(
            spec["FunctionName"], spec.get("LoggingConfig", {})
        )
        self.dead_letter_config = _dead_letter_config(spec)
        self.event_configs: dict[str, EventInvokeConfig] = {}  # by what they are for
        self.has_environment = "Variables" in spec.get("Environment", {})
        super().__init__(account_id, spec, region, version)
        self.last_modified = _now()
        self.revision_id = str(uuid.uuid4())  # of all that the configuration does not show

    def set_version(self, version: int) -> None:
        """Be a version, with a number that no other has had: moto counts those that are left."""
        changed = self.last_modified
        super().set_version(max(version, self.last_version + 1))
        self.last_modified = changed

    def __deepcopy__(self, memo: dict[int, Any]) -> LabFunction:
        """A shallow copy: moto copies functions to list them, and with them all logs there are."""
        return copy.copy(self)

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:
        """What AWS reports, with the logging configuration that moto leaves out."""
        configuration = super().get_configuration(on_create)
        configuration["LoggingConfig"] = dict(self.logging_config)
        if self.dead_letter_config:
            configuration["DeadLetterConfig"] = dict(self.dead_letter_config)
        if self.has_environment:
            configuration["Environment"] = {"Variables": self.environment_vars}
        if not self.layers:
            del configuration["Layers"]
        _, runtime_arn = runtime_version(self.run_time, self.region)
        configuration["RuntimeVersionConfig"] = {"RuntimeVersionArn": runtime_arn}
        if on_create:
            configuration |= {"State": "Pending", **_reasons("State")}
        configuration["RevisionId"] = self.revision_id
        return _with_revision(configuration)

    def get_code(self) -> dict[str, Any]:
        """What GetFunction reports, with a concurrency of 0, which moto takes for none."""
        report: dict[str, Any] = super().get_code()
        if self.reserved_concurrency is not None:
            report["Concurrency"] = {"ReservedConcurrentExecutions": self.reserved_concurrency}
        return report

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        """Take the change, all of it or nothing; later invocations run in new workers."""
        self._check_revision(config_updates)
        specification.check(config_updates)
        self._backend().layers_of(config_updates.get("Layers") or [])
        if "Runtime" in config_updates:
            specification.check_runtime(config_updates["Runtime"])
        if "Role" in config_updates:
            check_role(config_updates["Role"], self.account_id, self.partition, self.function_arn)
        dead_letters, asked = self.dead_letter_config, config_updates.get("LoggingConfig") or {}
        if "TargetArn" in (config_updates.get("DeadLetterConfig") or {}):
            dead_letters = _dead_letter_config(config_updates)
            self.check_dead_letters(config_updates.get("Role", self.role), dead_letters)
        logging = logging_config.changed(self.logging_config, asked)
        if "EphemeralStorage" in config_updates:
            self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
        self.dead_letter_config, self.logging_config = dead_letters, logging
        if "Environment" in config_updates:
            variables = config_updates["Environment"].get("Variables", {})
            config_updates = {**config_updates, "Environment": {"Variables": variables}}
            self.has_environment = True
        self._changed()
        return _in_progress(super().update_configuration(config_updates))

    def check_dead_letters(self, role_arn: str, config: dict[str, str] | None = None) -> None:
        """Refuse dead letters that the role may not send."""
        arn = (self.dead_letter_config if config is None else config).get("TargetArn", "")
        access = self._backend().cloud.access
        if refusal := dead_letters_refusal(access, role_arn, self.function_name, arn):
            raise InvalidParameterValueException(refusal)

    def update_function_code(self, updated_spec: dict[str, Any]) -> dict[str, Any]:
        """Take the code; later invocations run it, in new workers. A dry run takes nothing."""
        self._check_revision(updated_spec)
        if updated_spec.get("DryRun"):
            self._set_function_code(updated_spec)
            return self.get_configuration()
        return _in_progress(super().update_function_code(updated_spec))

    def _set_function_code(self, updated_spec: dict[str, Any]) -> None:
        """Take the code if it can be unpacked; keep the old code otherwise."""
        package.check_upload(updated_spec.get("ZipFile", ""))
        if not updated_spec.get("ZipFile"):
            check_object(updated_spec, self.account_id, self.partition)
        before = dict(self.__dict__)
        super()._set_function_code(updated_spec)
        try:
            package.check(getattr(self, "code_bytes", b""))
        except package.InvalidPackage as error:
            self.__dict__ = before
            raise InvalidParameterValueException(str(error)) from None
        if "function_arn" in before and not updated_spec.get("DryRun"):
            self.architectures = updated_spec.get("Architectures", self.architectures)
            self._changed()

    def _get_layers_data(self, arns: list[str]) -> list[dict[str, Any]]:
        """Take the layers, which the function keeps when they are deleted."""
        versions = self._backend().layers_of(arns)
        self.layer_zips = tuple(version.code_bytes for version in versions)
        return [{"Arn": each.arn, "CodeSize": each.code_size} for each in versions]

    def invoke(self, body: str, request_headers: Any, response_headers: Any) -> bytes:
        """An invocation by another of moto's services, which never waits: an Event."""
        payload = body.encode() if isinstance(body, str) else bytes(body or b"")
        self._backend().cloud.functions.accept(self.function_arn, payload)
        return b""

    def _check_revision(self, asked: dict[str, Any]) -> None:
        check_revision(asked.get("RevisionId"), self.get_configuration()["RevisionId"])

    def _changed(self) -> None:
        self.last_modified = _now()
        self._backend().cloud.functions.fleet.drop(self.function_arn)

    def _backend(self) -> Any:
        return lambda_backends[self.account_id][self.region]


def _now() -> str:
    """The time as Lambda writes it: 2026-11-23T03:41:30.123+0000."""
    return f"{datetime.now(UTC).isoformat(timespec='milliseconds')[:-6]}+0000"


def _reasons(what: str) -> dict[str, str]:
    """Why a state passes on, in Lambda's words; updates have the same as creations (recorded)."""
    return {
        f"{what}Reason": "The function is being created.",
        f"{what}ReasonCode": "Creating",
    }


def _in_progress(configuration: dict[str, Any]) -> dict[str, Any]:
    """The answer to an update, which is complete at the next look."""
    updating = {"LastUpdateStatus": "InProgress", **_reasons("LastUpdateStatus")}
    return _with_revision(configuration | updating)


def _with_revision(configuration: dict[str, Any]) -> dict[str, Any]:
    """A revision id that is another one whenever anything else is."""
    text = json.dumps(configuration, sort_keys=True, default=str)
    return configuration | {"RevisionId": str(uuid.uuid5(uuid.NAMESPACE_URL, text))}


def _dead_letter_config(spec: dict[str, Any]) -> dict[str, str]:
    config = {key: value for key, value in spec.get("DeadLetterConfig", {}).items() if value}
    check_target(config.get("TargetArn", ""), DEAD_LETTER_TARGETS)
    return config
