"""CloudWatch's requests, checked against the API's model before anything is done with them.

AWS's SDKs do so before they send; curl does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.validate import ParamValidator
from moto.cloudwatch.exceptions import CloudWatchException, ValidationError
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model


class CheckedResponse(CloudWatchResponse):
    """moto's response class, called with well-formed parameters only."""

    _garbled: str | None = None

    def parse_parameters(self, request: Any) -> None:
        """Read the request's parameters; what cannot be read is refused when it is called."""
        try:
            super().parse_parameters(request)
        except (AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
            self._garbled = f"The request cannot be read: {error}"

    def call_action(self) -> TYPE_RESPONSE:
        """Answer, once the parameters are those of the operation's model."""
        try:
            if self._garbled is not None:
                raise ValidationError(self._garbled)
            if self._get_action():
                check_shape(self._get_action(), self._get_params())
        except CloudWatchException as error:
            return self.serialized(ActionResult(error))
        return super().call_action()


def check_shape(operation: str, asked: Mapping[str, Any]) -> None:
    """Refuse parameters that are not those of the API's model, which AWS's SDKs would not send."""
    model = get_service_model("cloudwatch").operation_model(operation)
    report = ParamValidator().validate(asked, model.input_shape)
    if report.has_errors():
        raise ValidationError(report.generate_report())
