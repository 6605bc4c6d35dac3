"""moto's Lambda functions, made to run.

moto keeps the records of functions, versions and aliases; this module takes its place where moto
would start Docker, fire a mapping itself, or leave out what a running function needs.

It reaches into `LambdaFunction._set_function_code`, `.update_configuration`, `.invoke` and
`LambdaStorage.put_function`; `tests/cloud/functions/test_backend.py` fails when one of them moves.
"""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from moto.awslambda.exceptions import InvalidParameterValueException, ValidationException
from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from moto.awslambda.utils import make_function_arn
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends

from labkit.cloud.functions import environment, package
from labkit.cloud.functions.destinations import DEAD_LETTER_TARGETS, DESTINATIONS
from labkit.cloud.functions.role import trusts

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

ROLE_REFUSED = "The role defined for the function cannot be assumed by Lambda."
RUNTIME = re.compile(r"python3\.\d+$")
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LONGEST_TIMEOUT = 900
LARGEST_MEMORY = 10_240


class LabFunction(LambdaFunction):
    """A function that runs in the lab's workers."""

    def __init__(self, account_id: str, spec: dict[str, Any], region: str, version: str) -> None:
        self._check(spec)
        if spec.get("PackageType", "Zip") != "Zip" or not RUNTIME.match(spec.get("Runtime", "")):
            raise InvalidParameterValueException(_not_python(spec))
        if not spec.get("Handler"):
            raise InvalidParameterValueException(
                "Runtime and Handler are mandatory parameters for functions created with "
                "deployment packages."
            )
        self.logging_config = {
            "LogFormat": "Text",
            "LogGroup": f"/aws/lambda/{spec['FunctionName']}",
            **spec.get("LoggingConfig", {}),
        }
        self.dead_letter_config = _dead_letter_config(spec)
        super().__init__(account_id, spec, region, version)

    def __deepcopy__(self, memo: dict[int, Any]) -> LabFunction:
        """A shallow copy: moto copies functions to list them, and with them all logs there are."""
        return copy.copy(self)

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:
        """What AWS reports, with the logging configuration that moto leaves out."""
        configuration = super().get_configuration(on_create)
        configuration["LoggingConfig"] = dict(self.logging_config)
        if self.dead_letter_config:
            configuration["DeadLetterConfig"] = dict(self.dead_letter_config)
        return configuration

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        """Take the change; later invocations run in new workers."""
        self._check(config_updates)
        if "Runtime" in config_updates and not RUNTIME.match(config_updates["Runtime"]):
            raise InvalidParameterValueException(_not_python(config_updates))
        if "Role" in config_updates:
            check_role(config_updates["Role"], self.account_id, self.partition)
        if "Environment" in config_updates:
            variables = config_updates["Environment"].get("Variables", {})
            config_updates = {**config_updates, "Environment": {"Variables": variables}}
        if "EphemeralStorage" in config_updates:
            self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
        if "DeadLetterConfig" in config_updates:
            self.dead_letter_config = _dead_letter_config(config_updates)
        if "LoggingConfig" in config_updates:
            self.logging_config = {**self.logging_config, **config_updates["LoggingConfig"]}
        self._changed()
        return super().update_configuration(config_updates)

    def _set_function_code(self, updated_spec: dict[str, Any]) -> None:
        """Take the code if it can be unpacked; keep the old code otherwise."""
        before = dict(self.__dict__)
        super()._set_function_code(updated_spec)
        try:
            package.check(getattr(self, "code_bytes", b""))
        except package.InvalidPackage as error:
            self.__dict__ = before
            raise InvalidParameterValueException(str(error)) from None
        if "function_arn" in before:
            self._changed()

    def invoke(self, body: str, request_headers: Any, response_headers: Any) -> bytes:
        """An invocation by another of moto's services, which never waits: an Event."""
        backend = lambda_backends[self.account_id][self.region]
        return backend.invoke(self.function_arn, None, body, request_headers, response_headers)

    @staticmethod
    def _check(spec: dict[str, Any]) -> None:
        for name, limit in (("Timeout", LONGEST_TIMEOUT), ("MemorySize", LARGEST_MEMORY)):
            if spec.get(name, 1) > limit:
                raise ValidationException(
                    str(spec[name]),
                    name[0].lower() + name[1:],
                    f"Member must have value less than or equal to {limit}",
                )
        variables = spec.get("Environment", {}).get("Variables", {})
        if refusal := environment.refusal(variables):
            raise InvalidParameterValueException(refusal)

    def _changed(self) -> None:
        backend = lambda_backends[self.account_id][self.region]
        backend.cloud.functions.drop(self.function_arn)


class FunctionsMixin(LambdaBackend):
    """The part of the Lambda backend that creates, changes and invokes functions."""

    cloud: Cloud

    def create_function(self, spec: dict[str, Any]) -> LambdaFunction:
        """Create a function; its role must be one that Lambda can assume."""
        function = LabFunction(self.account_id, spec, self.region_name, "$LATEST")
        self._lambdas.put_function(function)
        try:
            check_role(function.role, self.account_id, self.partition)
        except InvalidParameterValueException:
            self._lambdas.del_function(function.function_name)
            raise
        if spec.get("Publish"):
            published = copy.copy(function)
            published.version = self.publish_version(function.function_name).version
            return published
        return function

    def delete_function(self, function_name: str, qualifier: str | None = None) -> None:
        """Delete a function or a version, and end its workers."""
        name = self.get_function(function_name, qualifier).function_name
        super().delete_function(function_name, qualifier)
        self.cloud.functions.drop(make_function_arn(self.region_name, self.account_id, name))

    def put_function_event_invoke_config(
        self, function_name: str, config: dict[str, Any]
    ) -> dict[str, Any]:
        """Replace how events are handled; moto would keep the first configuration for ever."""
        for side in (config.get("DestinationConfig") or {}).values():
            _check_target(side.get("Destination", ""), DESTINATIONS)
        answer = super().put_function_event_invoke_config(function_name, config)
        function = self.get_function(function_name)
        function.event_invoke_config = function.event_invoke_config[-1:]
        return answer

    def update_function_event_invoke_config(
        self, function_name: str, config: dict[str, Any]
    ) -> dict[str, Any]:
        """Change what `config` names and keep the rest."""
        before = self.get_function(function_name).event_invoke_config
        kept = before[0].config if before else {}
        return self.put_function_event_invoke_config(function_name, {**kept, **config})

    def invoke(
        self,
        function_name: str,
        qualifier: str | None,
        body: Any,
        headers: Any,
        response_headers: Any,
    ) -> bytes:
        """Invoke for another of moto's services, as an Event."""
        function = self.get_function(function_name, qualifier)
        payload = body.encode() if isinstance(body, str) else bytes(body or b"")
        self.cloud.functions.accept(function.function_arn, payload)
        response_headers["x-amz-executed-version"] = str(function.version)
        return b""

    def send_sqs_batch(self, function_arn: str, messages: Any, queue_arn: str) -> bool:
        """Never: the lab's own mappings poll. False keeps moto from deleting the messages."""
        return False

    def send_kinesis_message(self, *args: Any, **kwargs: Any) -> None:
        """Never: moto must not fire a mapping."""

    def send_sns_message(self, *args: Any, **kwargs: Any) -> None:
        """Never: the lab's own notifications deliver."""

    def send_dynamodb_items(self, function_arn: str, items: list[Any], source: str) -> bytes:
        """Never: the lab's own mappings poll."""
        return b""


def check_role(role_arn: str, account_id: str, partition: str) -> None:
    """Refuse a role that does not exist or does not trust Lambda."""
    try:
        role = iam_backends[account_id][partition].get_role_by_arn(role_arn)
    except NotFoundException:
        raise InvalidParameterValueException(ROLE_REFUSED) from None
    try:
        document = json.loads(role.assume_role_policy_document)
    except (TypeError, ValueError):
        document = {}
    if not trusts(document, "lambda.amazonaws.com"):
        raise InvalidParameterValueException(ROLE_REFUSED)


def _dead_letter_config(spec: dict[str, Any]) -> dict[str, str]:
    config = {key: value for key, value in spec.get("DeadLetterConfig", {}).items() if value}
    _check_target(config.get("TargetArn", ""), DEAD_LETTER_TARGETS)
    return config


def _check_target(arn: str, services: tuple[str, ...]) -> None:
    """Refuse a target that would never be told."""
    service = arn.split(":")[2] if arn.count(":") >= 5 else arn
    if arn and (service not in services or arn.endswith(".fifo")):
        raise InvalidParameterValueException(
            f"The local cloud sends no events to {arn}, only to {', '.join(services)}. "
            "The fidelity table in the documentation lists what it does."
        )


def _not_python(spec: dict[str, Any]) -> str:
    asked = spec.get("Runtime") or f"PackageType {spec.get('PackageType', 'Zip')}"
    return (
        f"The local cloud runs zip files with a python3.x runtime, not {asked}. "
        "The fidelity table in the documentation lists what it runs."
    )
