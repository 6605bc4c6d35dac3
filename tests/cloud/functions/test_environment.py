"""The variables of a function's process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labkit.cloud.functions.configuration import Configuration, Credentials, Setup
from labkit.cloud.functions.environment import environment, refusal


def variables(**options: object) -> dict[str, str]:
    configuration = Configuration(
        account_id="123456789012",
        region="eu-west-1",
        name="orders",
        version="$LATEST",
        runtime="python3.13",
        handler="app.handler",
        role="role",
        **options,  # type: ignore[arg-type]
    )
    setup = Setup(
        configuration,
        Credentials("ASIA", "secret", "token", 0.0),
        endpoint_url="http://127.0.0.1:4566",
        task_root=Path("/code"),
        layers=(),
        folder=Path("/worker"),
        cloud_folder=Path("/cloud"),
    )
    stream = "2026/11/23/[$LATEST]00"
    return environment(setup, runtime_api="127.0.0.1:9001", log_stream=stream)


@pytest.mark.fidelity(
    "Lambda",
    "A function has all environment variables that AWS documents.",
    source="Lambda guide: configuration-envvars",
)
def test_it_has_what_aws_documents() -> None:
    """All variables of the execution environment, and the endpoint of this cloud."""
    assert variables() == {
        "_HANDLER": "app.handler",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": "orders",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/orders",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/23/[$LATEST]00",
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
        "AWS_ACCESS_KEY_ID": "ASIA",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "LAMBDA_TASK_ROOT": "/code",
        "LAMBDA_RUNTIME_DIR": variables()["LAMBDA_RUNTIME_DIR"],
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": variables()["PATH"],
        "HOME": "/worker/tmp",
        "TMPDIR": "/worker/tmp",
    }


@pytest.mark.fidelity(
    "Lambda",
    "Nothing of the machine's own environment gets into a function.",
    source="Lambda guide: configuration-envvars",
)
def test_nothing_of_the_clouds_own_environment_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the reader's keys nor a proxy reach a function."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    monkeypatch.setenv("AWS_PROFILE", "mine")
    assert not {"HTTPS_PROXY", "AWS_PROFILE"} & variables().keys()


@pytest.mark.fidelity(
    "Lambda",
    "A function may set TZ and the like, but no reserved variable.",
    source="Lambda guide: configuration-envvars",
)
def test_a_functions_own_variables_win_where_aws_lets_them() -> None:
    """A function may set its time zone, but not who it is."""
    chosen = variables(variables={"TZ": "Asia/Tokyo", "TABLE": "Orders"})
    assert chosen["TZ"] == "Asia/Tokyo"
    assert chosen["TABLE"] == "Orders"


def test_json_logs_are_switched_on_by_two_variables() -> None:
    """The runtime client learns the log format and level from its environment."""
    chosen = variables(logging={"LogFormat": "JSON", "LogGroup": "/shop"})
    assert chosen["AWS_LAMBDA_LOG_FORMAT"] == "JSON"
    assert chosen["AWS_LAMBDA_LOG_LEVEL"] == "INFO"
    assert chosen["AWS_LAMBDA_LOG_GROUP_NAME"] == "/shop"


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({"AWS_REGION": "x"}, "Reserved keys used in this request: AWS_REGION"),
        ({"LONG": "x" * 4086}, "exceeded the 4KB limit"),
        ({"LONG": "é" * 2043}, "exceeded the 4KB limit"),
        ({"A=B": "x"}, "Map keys must satisfy constraint"),
        ({"9": "x"}, "Map keys must satisfy constraint"),
        ({"NUL": "a\0b"}, "environment.variables"),
        ({"LONE": "\ud800"}, "environment.variables"),
        ({"NUMBER": 7}, "environment.variables"),
    ],
)
@pytest.mark.fidelity(
    "Lambda",
    "Reserved names and more than 4 KB of variables are refused.",
    source="Lambda API: Environment",
)
def test_what_aws_does_not_take_is_refused(chosen: dict[str, Any], reason: str) -> None:
    """Reserved names, more than 4 KB, and what no process can have."""
    assert reason in (refusal(chosen) or "")


def test_ordinary_variables_are_fine() -> None:
    """Everything else goes through."""
    assert refusal({"TABLE": "Orders", "PATH": "/bin"}) is None
    assert refusal({"LONG": "x" * 4085}) is None, "4,096 bytes as JSON"
