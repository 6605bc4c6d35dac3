"""The environment variables of a function, complete: nothing of the cloud's own gets in.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from labkit.cloud.functions.configuration import Setup

# Those that AWS sets and a function cannot choose.
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
LARGEST = 4096  # bytes of the variables together, as JSON
# https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
NAME = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+")

# Windows programs cannot open a socket without it.
NEEDED_BY_WINDOWS = ("SYSTEMROOT",)


def environment(setup: Setup, *, runtime_api: str, log_stream: str) -> dict[str, str]:
    """All variables of a worker."""
    configuration, credentials = setup.configuration, setup.credentials
    defaults = {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": os.pathsep.join([os.defpath, *(str(layer / "bin") for layer in setup.layers)]),
        "HOME": str(setup.scratch),
        "TMPDIR": str(setup.scratch),
        "AWS_ENDPOINT_URL": setup.endpoint_url,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    }
    defaults.update({name: os.environ[name] for name in NEEDED_BY_WINDOWS if name in os.environ})
    fixed = {
        "_HANDLER": configuration.handler,
        "AWS_REGION": configuration.region,
        "AWS_DEFAULT_REGION": configuration.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{configuration.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": configuration.name,
        "AWS_LAMBDA_FUNCTION_VERSION": configuration.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory_size),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": configuration.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "LAMBDA_TASK_ROOT": str(setup.task_root),
        "LAMBDA_RUNTIME_DIR": str(Path(__file__).resolve().parent),
    }
    if configuration.log_format == "JSON":
        fixed["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        fixed["AWS_LAMBDA_LOG_LEVEL"] = configuration.logging.get("ApplicationLogLevel", "INFO")
    return {**defaults, **configuration.variables, **fixed}


def refusal(variables: dict[str, str]) -> str | None:
    """Why AWS would not take these variables, or None."""
    if not all(NAME.fullmatch(name) and _is_text(value) for name, value in variables.items()):
        return (
            "1 validation error detected: Value at 'environment.variables' failed to satisfy "
            "constraint: Map keys must satisfy constraint: [Member must satisfy regular "
            f"expression pattern: {NAME.pattern}]"
        )
    prefix = (
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided "
    )
    reserved = sorted(RESERVED & variables.keys())
    if reserved:
        return (
            f"{prefix}contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > LARGEST:
        return f"{prefix}exceeded the 4KB limit. String measured: {measured}"
    return None


def _is_text(value: object) -> bool:
    """Whether a process can have this value in its environment."""
    try:
        return isinstance(value, str) and b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False
