"""How a function's events are handled: retries, age and destinations.

Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json,
TestLambdaEventInvokeConfig;
https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.awslambda.exceptions import (
    InvalidParameterValueException,
    UnknownEventConfig,
    UnknownFunctionException,
)
from moto.awslambda.models import EventInvokeConfig, LambdaBackend, LambdaFunction
from moto.core.utils import iso_8601_datetime_with_nanoseconds

from labkit.cloud.functions import naming
from labkit.cloud.functions.checks import check_target
from labkit.cloud.functions.destinations import DESTINATIONS, destination_refusal
from labkit.cloud.functions.errors import Refused, ResourceNotFound

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

#: What AWS may tell of the end of an event, or nobody.
SERVICES = ("", "sqs", "sns", "lambda", "events", "s3")
SETTINGS = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")


class EventConfigMixin(LambdaBackend):
    """The part of the Lambda backend that keeps how events are handled."""

    cloud: Cloud

    def put_function_event_invoke_config(
        self, function_name: str, config: dict[str, Any]
    ) -> dict[str, Any]:
        """Replace how events of a function are handled, or those of the version or alias named."""
        if all(config.get(name) is None for name in SETTINGS):
            raise InvalidParameterValueException(
                "You must specify at least one of error handling or destination setting."
            )
        function, arn = self._existing(function_name), self._named(function_name).qualified_arn
        asked = config.get("DestinationConfig", {})
        destinations = {side: asked.get(side, {}) for side in ("OnSuccess", "OnFailure")}
        config = {**config, "DestinationConfig": destinations}
        made = EventInvokeConfig(arn, iso_8601_datetime_with_nanoseconds(), config)
        if any(_service(side) not in SERVICES for side in destinations.values()):
            raise InvalidParameterValueException(
                f"The provided destination config {_shown(destinations)} is invalid."
            )
        for side in destinations.values():
            self._check_destination(function, side.get("Destination", ""))
        function.event_configs[arn] = made
        return made.response()

    def update_function_event_invoke_config(
        self, function_name: str, config: dict[str, Any]
    ) -> dict[str, Any]:
        """Change what `config` names and keep the rest."""
        self._existing(function_name)
        before = self._configured(function_name).config
        return self.put_function_event_invoke_config(function_name, {**before, **config})

    def get_function_event_invoke_config(self, function_name: str) -> dict[str, Any]:
        """How events are handled, if that was ever said."""
        return self._configured(function_name).response()

    def delete_function_event_invoke_config(self, function_name: str) -> None:
        """Handle events by default again."""
        self._forget(self._configured(function_name).arn)

    def delete_alias(self, name: str, function_name: str) -> None:
        """Delete an alias, and how its events are handled."""
        super().delete_alias(name, function_name)
        self._forget(f"{self._named(function_name).unqualified_arn}:{name}")

    def delete_function(self, function_name: str, qualifier: str | None = None) -> None:
        """Delete a function or a version, and how its events are handled."""
        if qualifier:
            self._forget(f"{self._named(function_name).unqualified_arn}:{qualifier}")
        super().delete_function(function_name, qualifier)

    def list_function_event_invoke_configs(self, function_name: str) -> dict[str, Any]:
        """The configurations of a function, its versions and its aliases."""
        configured = self._existing(self._named(function_name).name).event_configs
        return {"FunctionEventInvokeConfigs": [each.response() for each in configured.values()]}

    def _existing(self, function_name: str) -> Any:
        try:
            return self.get_function(function_name)
        except UnknownFunctionException:
            raise ResourceNotFound("The function doesn't exist.") from None

    def _configured(self, function_name: str) -> EventInvokeConfig:
        arn = self._named(function_name).qualified_arn
        try:
            latest: Any = self.get_function(self._named(function_name).name)
            return latest.event_configs[arn]
        except (UnknownFunctionException, KeyError):
            raise UnknownEventConfig(arn) from None

    def _forget(self, arn: str) -> None:
        latest: Any = self.get_function(self._named(arn).name)
        latest.event_configs.pop(arn, None)

    def _named(self, text: str, qualifier: str | None = None) -> naming.FunctionName:
        return naming.parse(
            text, qualifier=qualifier, account_id=self.account_id, region=self.region_name
        )

    def _check_destination(self, function: LambdaFunction, arn: str) -> None:
        if not arn:
            return
        check_target(arn, DESTINATIONS)
        if arn.split(":")[2] == "lambda":
            try:
                target = self.cloud.functions.catalogue.find(self._named(arn))
            except Refused:
                raise InvalidParameterValueException(
                    f"The destination ARN {arn} is invalid."
                ) from None
            if target.function_name == function.function_name:
                raise InvalidParameterValueException(
                    "You can't specify the function as a destination for itself."
                )
        access, name = self.cloud.access, function.function_name
        if refusal := destination_refusal(access, function.role, name, arn):
            raise InvalidParameterValueException(refusal)


def _service(side: dict[str, str]) -> str:
    return (side.get("Destination") or "::").split(":")[2]


def _shown(destinations: dict[str, dict[str, str]]) -> str:
    """As Java shows them."""
    shown = [
        f"o{name[1:]}={name}(destination={side['Destination']})"
        if (side := destinations[name])
        else f"o{name[1:]}=null"
        for name in ("OnSuccess", "OnFailure")
    ]
    return f"DestinationConfig({', '.join(shown)})"
