"""What a function may be called, run on and log, in the words that AWS was recorded to use."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from labkit.cloud.functions import package
from labkit.cloud.functions.errors import RequestEntityTooLarge
from tests.cloud.functions.control import FUNCTION, RECORDING, make, refusal

INVALID = (400, "InvalidParameterValueException")
LONG = "a" * 65
SCOPE = "x/20261123/us-east-1/lambda/aws4_request"
SIGNED = {"Authorization": f"AWS4-HMAC-SHA256 Credential={SCOPE}"}


def test_null_says_nothing(lambda_: Any, cloud: str) -> None:
    """Neither at the top nor within; what a structure does not have is passed over."""
    name = make(lambda_, "nulls", Timeout=7)["FunctionName"]
    configuration = f"{cloud}/2015-03-31/functions/{name}/configuration"
    events = f"{cloud}/2019-09-25/functions/{name}/event-invoke-config"
    for url, document in (
        (configuration, {"Timeout": None, "MemorySize": None, "Environment": None}),
        (configuration, {"Environment": {"Variables": None}, "LoggingConfig": {"Any": 1}}),
        (events, {"MaximumRetryAttempts": 1, "DestinationConfig": {"Any": 1}}),
    ):
        request = urllib.request.Request(url, json.dumps(document).encode(), SIGNED, method="PUT")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
    assert lambda_.get_function_configuration(FunctionName=name)["Timeout"] == 7


@pytest.mark.fidelity(
    "Lambda",
    "A function is made by its name, partial ARN or ARN, of the caller's own region and account.",
    source=RECORDING,
)
def test_names_of_new_functions(lambda_: Any) -> None:
    """What could not be reached by its name is not made."""
    for asked, name in ((f"{FUNCTION}whole", "whole"), ("123456789012:function:part", "part")):
        made = make(lambda_, asked)
        assert (made["FunctionName"], made["FunctionArn"]) == (name, FUNCTION + name)
        assert made["LoggingConfig"]["LogGroup"] == f"/aws/lambda/{name}"
    failed = "at 'functionName' failed to satisfy constraint: Member must"
    assert refusal(make, lambda_, LONG) == (
        *INVALID,
        f"1 validation error detected: Value '{LONG}' {failed} have length less than or equal to "
        "64",
    )
    code, message = refusal(make, lambda_, FUNCTION + "a" * 100)[1:]
    assert code == "ValidationException"
    assert message.endswith(f"{failed} have length less than or equal to 140")
    for invalid in ("invalid:function:name", "dotted.name"):
        code, message = refusal(make, lambda_, invalid)[1:]
        assert code == "ValidationException"
        assert f"Value '{invalid}' {failed} satisfy regular expression pattern: " in message
    elsewhere = f"{FUNCTION}x".replace("us-east-1", "ap-southeast-1")
    assert refusal(make, lambda_, elsewhere) == (
        404,
        "ResourceNotFoundException",
        "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')",
    )
    theirs = f"{FUNCTION}x".replace("123456789012", "111122223333")
    assert refusal(make, lambda_, theirs)[:2] == (403, "AccessDeniedException")
    assert refusal(make, lambda_, "orders:live")[:2] == INVALID


@pytest.mark.fidelity(
    "Lambda",
    "Levels of logging come with JSON, at first INFO, and go with it.",
    source="report: aws/aws-cdk/pull/28045",
)
def test_levels_of_logging(lambda_: Any) -> None:
    """Text has none, and they are refused there."""
    name = make(lambda_, "logging")["FunctionName"]

    def configured(**asked: str) -> dict[str, str]:
        answer = lambda_.update_function_configuration(FunctionName=name, LoggingConfig=asked)
        config: dict[str, str] = answer["LoggingConfig"]
        return config

    text = {"LogFormat": "Text", "LogGroup": "/aws/lambda/logging"}
    levels = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
    assert configured(LogFormat="JSON") == {**text, **levels, "LogFormat": "JSON"}
    detailed = {**levels, "ApplicationLogLevel": "DEBUG", "LogFormat": "JSON"}
    assert configured(ApplicationLogLevel="DEBUG") == {**text, **detailed}
    assert configured(LogFormat="Text") == text
    assert refusal(configured, ApplicationLogLevel="DEBUG") == (
        *INVALID,
        'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your '
        'request or change the LogFormat to "Json" and try again.',
    )
    assert refusal(configured, LogFormat="XML") == (
        400,
        "ValidationException",
        "1 validation error detected: Value 'XML' at 'loggingConfig.logFormat' failed to satisfy "
        "constraint: Member must satisfy enum value set: [JSON, Text]",
    )


@pytest.mark.fidelity(
    "Lambda",
    "A runtime that Lambda does not know, or no longer makes functions for, is refused.",
    source=RECORDING,
)
def test_runtimes_that_there_are_not(lambda_: Any) -> None:
    """For new functions and for changes of others."""
    name = make(lambda_, "running")["FunctionName"]
    for runtime in ("PYTHON3.9", "python3.99"):
        for call, asked in (
            (make, (lambda_, "unmade")),
            (lambda_.update_function_configuration, ()),
        ):
            named = {} if asked else {"FunctionName": name}
            code, message = refusal(call, *asked, Runtime=runtime, **named)[1:]
            assert code == INVALID[1]
            assert message.startswith(
                f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy "
                "enum value set: ["
            )
    assert refusal(make, lambda_, "unmade", Runtime="python3.7") == (
        *INVALID,
        "The runtime parameter of python3.7 is no longer supported for creating or updating AWS "
        "Lambda functions. We recommend you use the new runtime (python3.13) while creating or "
        "updating functions.",
    )


@pytest.mark.fidelity(
    "Lambda", "A zip file of more than 50 MB does not come with its request.", source=RECORDING
)
def test_a_zip_file_has_a_largest_size() -> None:
    """Fifty megabytes, counted without the padding of their Base64."""
    package.check_upload("AAAA" * (52_428_798 // 3) + "AAA=")
    with pytest.raises(RequestEntityTooLarge, match="Zipped size must be smaller than 52428800 "):
        package.check_upload("AAAA" * (52_428_801 // 3))
