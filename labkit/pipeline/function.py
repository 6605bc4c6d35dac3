"""A Lambda function with its log group: made, brought up to date, removed.

Both functions of the pipeline are deployed this way; `writer` and `notifier` say what differs.
"""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from typing import Any

from labkit.errors import StageMissing
from labkit.functions import HANDLER, package
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import role_arn

RUNTIME = "python3.13"
TIMEOUT = 5  # seconds; a batch of ten orders takes well under one
MEMORY = (
    256  # MB; the processor's share grows with it, so a cold start takes half as long as at 128
)
LOGS_KEPT = 14  # days; without a number CloudWatch keeps, and bills, them for ever


def deploy(
    lab: Lab,
    name: str,
    *,
    source: str,
    role: str,
    environment: dict[str, str],
    timeout: int = TIMEOUT,
) -> str:
    """Make the function `name`, or bring its code and settings up to date; return its ARN.

    `source` names the folder in labkit/functions/. Raises `StageMissing` without the role.
    """
    functions = lab.client("lambda")
    if unless_absent(lab.client("iam").get_role, RoleName=role) is None:
        raise StageMissing(
            f"Role '{role}' does not exist yet. Run notebook 01, or identity.build(lab)."
        )
    _build_log_group(lab, name)
    code = package(source)
    settings: dict[str, Any] = {
        "Runtime": RUNTIME,
        "Handler": HANDLER,
        "Role": role_arn(lab, role),
        "Timeout": timeout,
        "MemorySize": MEMORY,
        "Environment": {"Variables": environment},
    }
    found = unless_absent(functions.get_function_configuration, FunctionName=name)
    if found is None:
        found = functions.create_function(FunctionName=name, Code={"ZipFile": code}, **settings)
        functions.get_waiter("function_active_v2").wait(FunctionName=name)
        return found["FunctionArn"]
    if found["CodeSha256"] != _sha256(code):
        functions.update_function_code(FunctionName=name, ZipFile=code)
        functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    if any(found.get(setting) != value for setting, value in settings.items()):
        functions.update_function_configuration(FunctionName=name, **settings)
        functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    return found["FunctionArn"]


def remove(lab: Lab, name: str) -> None:
    """Delete the function and its log group."""
    unless_absent(lab.client("lambda").delete_function, FunctionName=name)
    unless_absent(lab.client("logs").delete_log_group, logGroupName=log_group(name))


def log_group(name: str) -> str:
    """The log group of a function, which Lambda fixes: `/aws/lambda/NAME`."""
    return f"/aws/lambda/{name}"


def _build_log_group(lab: Lab, name: str) -> None:
    # Made here, so that the function needs no logs:CreateLogGroup.
    logs = lab.client("logs")
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=log_group(name))
    logs.put_retention_policy(logGroupName=log_group(name), retentionInDays=LOGS_KEPT)


def _sha256(code: bytes) -> str:
    # As Lambda gives it: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
    return base64.b64encode(hashlib.sha256(code).digest()).decode()
