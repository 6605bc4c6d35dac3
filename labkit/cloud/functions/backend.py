"""moto's Lambda backend, as far as functions run.

moto keeps the records of functions, versions and aliases; this module takes its place where moto
would start Docker, fire a mapping itself, or forget what a running function needs.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import (
    EventInvokeConfig,
    LambdaAlias,
    LambdaBackend,
    LambdaFunction,
    LayerVersion,
)
from moto.awslambda.utils import make_function_arn
from moto.core.utils import iso_8601_datetime_with_nanoseconds

from labkit.cloud.functions import package
from labkit.cloud.functions.destinations import DESTINATIONS, destination_refusal
from labkit.cloud.functions.lab_function import LabFunction, check_role, check_target

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class FunctionsMixin(LambdaBackend):
    """The part of the Lambda backend that creates, changes and invokes functions."""

    cloud: Cloud

    def create_function(self, spec: dict[str, Any]) -> LambdaFunction:
        """Create a function; Lambda can assume its role, and send dead letters with it."""
        function = LabFunction(self.account_id, spec, self.region_name, "$LATEST")
        self._lambdas.put_function(function)
        try:
            check_role(function.role, self.account_id, self.partition, function.function_arn)
            function.check_dead_letters(function.role)
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

    def create_alias(
        self,
        name: str,
        function_name: str,
        function_version: str,
        description: str,
        routing_config: str,
    ) -> LambdaAlias:
        """Create an alias of a version that there is."""
        self.get_function(function_name, str(function_version))
        return super().create_alias(
            name, function_name, function_version, description, routing_config
        )

    def publish_layer_version(self, spec: dict[str, Any]) -> LayerVersion:
        """Publish a layer's version; its zip file must be one that functions can unpack."""
        if spec.get("LayerName") and spec.get("Content"):  # moto refuses all others
            layer = LayerVersion(spec, account_id=self.account_id, region=self.region_name)
            try:
                package.check(layer.code_bytes)
            except package.InvalidPackage as error:
                raise InvalidParameterValueException(str(error)) from None
        return super().publish_layer_version(spec)

    def put_function_event_invoke_config(
        self, function_name: str, config: dict[str, Any]
    ) -> dict[str, Any]:
        """Replace how events are handled; moto would keep the first configuration for ever."""
        function = self.get_function(function_name)
        for side in (config.get("DestinationConfig") or {}).values():
            arn = side.get("Destination", "")
            if not arn.startswith("arn:"):  # moto refuses all others
                continue
            check_target(arn, DESTINATIONS)
            access, name = self.cloud.access, function.function_name
            if refusal := destination_refusal(access, function.role, name, arn):
                raise InvalidParameterValueException(refusal)
        arn = f"{function.function_arn.removesuffix(':$LATEST')}:$LATEST"
        made = EventInvokeConfig(arn, iso_8601_datetime_with_nanoseconds(), config)
        function.event_invoke_config = [made]
        return made.response()

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
