"""What AWS offers and the local cloud refuses, so that nothing is ignored silently.

moto takes many parameters and forgets them. Those in the table of `refused` are refused here before
moto sees them, with a message that names the fidelity table; a parameter that is empty, or has the
value that it would have anyway, passes. `tests/cloud/test_refusals.py` goes through every parameter
of the lab's services: each is in that table, refused by its data plane, or shown to work. Policies
that cannot be read are refused at the same place (`access/policy_setters.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.apigateway.exceptions import BadRequestException
from moto.apigatewayv2.exceptions import BadRequestException as BadHttpApi
from moto.awslambda.exceptions import InvalidParameterValueException
from moto.cloudwatch.exceptions import InvalidParameterValue as InvalidMetricParameter
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.exceptions import MockValidationException
from moto.iam.exceptions import ValidationError
from moto.logs.exceptions import InvalidParameterException as InvalidLogParameter
from moto.sns.exceptions import InvalidParameterValue as InvalidSnsParameter
from moto.sqs.exceptions import InvalidParameterValue as InvalidSqsParameter
from moto.sts.exceptions import STSValidationError

from labkit.cloud.access import policy_setters
from labkit.cloud.refused import REFUSED

_answer = BaseResponse.call_action

MESSAGE = "{} is not in the local cloud: {}. The fidelity table, docs/fidelity.md, says what is."

Parameters = Mapping[str, Any]

ERRORS: Mapping[str, Callable[[str], Exception]] = {
    "apigateway": BadRequestException,
    "apigatewayv2": BadHttpApi,
    "cloudwatch": InvalidMetricParameter,
    "dynamodb": MockValidationException,
    "dynamodbstreams": MockValidationException,
    "iam": ValidationError,
    "lambda": InvalidParameterValueException,
    "logs": lambda message: InvalidLogParameter(msg=message),
    "sns": lambda message: InvalidSnsParameter(f"Invalid parameter: {message}"),
    "sqs": InvalidSqsParameter,
    "sts": STSValidationError,
}


def refusal(service: str, operation: str, parameters: Parameters) -> str | None:
    """Why the local cloud refuses a call, or None when it does not.

    >>> refusal("lambda", "CreateFunction", {"TracingConfig": {"Mode": "Active"}}).split(". ")[0]
    'TracingConfig.Mode is not in the local cloud: there is no X-Ray'
    """
    for parameter, refused in REFUSED[service].get(operation, {}).items():
        if not parameter:
            return MESSAGE.format(operation, refused.why)
        if any(map(refused.holds_for, _values(parameters, parameter))):
            return MESSAGE.format(parameter, refused.why)
    return None


def check(service: str, operation: str, parameters: Parameters) -> None:
    """Refuse a call as `refusal` says, in the service's own form."""
    problem = refusal(service, operation, parameters)
    if problem is not None:
        raise ERRORS[service](problem)


def error(service: str, what: str, why: str) -> Exception:
    """The service's error for what only its data plane can see that it does not do."""
    return ERRORS[service](MESSAGE.format(what, why))


def install() -> None:
    """Let every response class of moto's refuse before it answers."""
    BaseResponse.call_action = _call_action  # type: ignore[method-assign]


def _call_action(self: BaseResponse) -> Any:
    service = self.boto3_service_name
    if service in REFUSED:
        operation = self._get_action()
        problem = _error(service, operation, self)
        if problem is not None:
            setattr(self, camelcase_to_underscores(operation), _raiser(problem))
    return _answer(self)


def _error(service: str, operation: str, response: BaseResponse) -> Exception | None:
    if operation in REFUSED[service]:
        problem = refusal(service, operation, _parameters(response))
        if problem is not None:
            return ERRORS[service](problem)
    if (service, operation) in policy_setters.SETTERS:
        return policy_setters.error_of(service, operation, _parameters(response))
    return None


def _raiser(problem: Exception) -> Callable[[], None]:
    # In the place of the operation's method, so that moto writes the error in the protocol of the
    # request.
    def raise_error() -> None:
        raise problem

    return raise_error


def _parameters(response: BaseResponse) -> Parameters:
    if response.automated_parameter_parsing:
        parameters = response.params
    else:
        queried = {name: values[0] for name, values in response.querystring.items() if values}
        parameters = {**queried, **_json_object(response.body)}
    if "AttributeName" in parameters:  # Set...Attributes of SNS set one at a time
        attribute = {parameters["AttributeName"]: parameters.get("AttributeValue")}
        return {**parameters, "Attributes": attribute}
    return {**parameters, **_patched(parameters.get("patchOperations"))}


def _patched(operations: Any) -> Parameters:
    """What patch operations set, by the names that a creating call has for it."""
    patched: dict[str, list[Any]] = {}
    for operation in operations if isinstance(operations, list) else ():
        if isinstance(operation, dict) and operation.get("op") != "remove":
            name, *part = str(operation.get("path")).removeprefix("/").split("/")[:2]
            value = operation.get("value", True)
            value = False if value == "false" else value
            patched.setdefault(name, []).append({part[0]: value} if part else value)
    return patched


def _json_object(body: Any) -> dict[str, Any]:
    try:
        document = json.loads(body or "{}")
    except (ValueError, RecursionError, TypeError):
        return {}  # the operation itself says what is wrong with it
    return document if isinstance(document, dict) else {}


def _values(parameters: Any, path: str) -> list[Any]:
    name, _, rest = path.partition(".")
    if isinstance(parameters, list):
        return [value for member in parameters for value in _values(member, path)]
    if not isinstance(parameters, Mapping) or name not in parameters:
        return []
    value = parameters[name]
    if rest:
        return _values(value, rest)
    return value if isinstance(value, list) and value else [value]
