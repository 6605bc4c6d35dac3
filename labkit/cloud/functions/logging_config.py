"""Where and how a function logs: only JSON has levels.

Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json, TestLoggingConfig;
https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html
"""

from __future__ import annotations

from collections.abc import Mapping

from moto.awslambda.exceptions import InvalidParameterValueException, ValidationException
from moto.core.utils import get_service_model

from labkit.cloud.constraints import one_of

MEMBERS = get_service_model("lambda").shape_for("LoggingConfig").members
LEVELS = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}


def first(function_name: str, asked: Mapping[str, str]) -> dict[str, str]:
    """The logging configuration of a new function.

    >>> first("orders", {})
    {'LogFormat': 'Text', 'LogGroup': '/aws/lambda/orders'}
    """
    return changed({"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function_name}"}, asked)


def changed(present: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    """What is left of a configuration, and what is asked for; with a level where there is one."""
    asked = {name: asked[name] for name in MEMBERS if name in asked}
    for name, value in asked.items():
        allowed = MEMBERS[name].enum
        if allowed and value not in allowed:
            at = f"loggingConfig.{name[0].lower()}{name[1:]}"
            raise ValidationException(value, at, one_of(allowed))
    config = {**present, **asked}
    if config["LogFormat"] == "JSON":
        return {**LEVELS, **config}
    if asked.keys() & LEVELS:
        # https://github.com/aws/aws-cdk/pull/28045
        raise InvalidParameterValueException(
            'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your '
            'request or change the LogFormat to "Json" and try again.'
        )
    return {name: value for name, value in config.items() if name not in LEVELS}
