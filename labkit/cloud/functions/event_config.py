"""How a function's events are handled: retries, age and destinations.

Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json,
TestLambdaEventInvokeConfig;
https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.awslambda.exceptions import (
    InvalidParameterValueException,
    LambdaClientError,
    UnknownEventConfig,
    UnknownFunctionException,
)
from moto.awslambda.models import EventInvokeConfig, LambdaBackend, LambdaFunction
from moto.awslambda.utils import make_function_arn
from moto.core.utils import iso_8601_datetime_with_nanoseconds

from labkit.cloud.functions import naming
from labkit.cloud.functions.aliases import LATEST
from labkit.cloud.functions.checks import check_target
from labkit.cloud.functions.destinations import DESTINATIONS, destination_refusal
from labkit.cloud.functions.errors import Refused
from labkit.cloud.refusals import MESSAGE

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

#: What AWS may tell of the end of an event, or nobody.
SERVICES = ("", "sqs", "sns", "lambda", "events", "s3")
SETTINGS = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")


class NoSuchFunction(LambdaClientError):
    """The function is missing, in the words of these calls."""

    code = 404

    def __init__(self) -> None:
        super().__init__("ResourceNotFoundException", "The function doesn't exist.")


class EventConfigMixin(LambdaBackend):
    """The part of the Lambda backend that keeps how events are handled."""

    cloud: Cloud

    def put_function_event_invoke_config(
        self, function_name: str, config: dict[str, Any]
    ) -> dict[str, Any]:
        """Replace how events are handled; moto would keep the first configuration for ever."""
        if all(config.get(name) is None for name in SETTINGS):
            raise InvalidParameterValueException(
                "You must specify at least one of error handling or destination setting."
            )
        function = self._existing(function_name)
        if self._named(function_name).qualifier not in (None, LATEST):
            raise InvalidParameterValueException(
                MESSAGE.format("Qualifier", "it holds for all versions of a function")
            )
        destinations = {"OnSuccess": {}, "OnFailure": {}, **(config.get("DestinationConfig") or {})}
        arn = make_function_arn(self.region_name, self.account_id, function.function_name)
        config = {**config, "DestinationConfig": destinations}
        made = EventInvokeConfig(f"{arn}:{LATEST}", iso_8601_datetime_with_nanoseconds(), config)
        if any(_service(side) not in SERVICES for side in destinations.values()):
            raise InvalidParameterValueException(
                f"The provided destination config {_shown(destinations)} is invalid."
            )
        for side in destinations.values():
            self._check_destination(function, side.get("Destination", ""))
        function.event_invoke_config = [made]
        return made.response()

    def update_function_event_invoke_config(
        self, function_name: str, config: dict[str, Any]
    ) -> dict[str, Any]:
        """Change what `config` names and keep the rest."""
        before = self._existing(function_name).event_invoke_config
        if not before:
            self._unconfigured(function_name)
        return self.put_function_event_invoke_config(function_name, {**before[0].config, **config})

    def get_function_event_invoke_config(self, function_name: str) -> dict[str, Any]:
        """How events are handled, if that was ever said."""
        try:
            configured = self.get_function(function_name).event_invoke_config
        except UnknownFunctionException:
            configured = []
        if not configured or self._named(function_name).qualifier not in (None, LATEST):
            self._unconfigured(function_name)
        return configured[0].response()

    def list_function_event_invoke_configs(self, function_name: str) -> dict[str, Any]:
        """The one configuration there may be."""
        configured = self._existing(function_name).event_invoke_config
        return {"FunctionEventInvokeConfigs": [each.response() for each in configured]}

    def _existing(self, function_name: str) -> LambdaFunction:
        try:
            return self.get_function(function_name)
        except UnknownFunctionException:
            raise NoSuchFunction() from None

    def _unconfigured(self, function_name: str) -> None:
        name = self._named(function_name)
        raise UnknownEventConfig(f"{name.unqualified_arn}:{name.qualifier or LATEST}")

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
