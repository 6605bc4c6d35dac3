"""What a function is specified by, as far as AWS's limits and patterns go.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, ValidationException
from moto.core.utils import get_service_model

from labkit.cloud.constraints import one_of
from labkit.cloud.functions import environment
from labkit.cloud.functions.checks import check_pattern

HANDLER = re.compile(r"[^\s\0]{0,128}")
_MODEL = get_service_model("lambda")
ROLE = _MODEL.shape_for("RoleArn").metadata["pattern"]
ARCHITECTURES = ("x86_64", "arm64")
RETIRED = ("python2.7", "python3.6", "python3.7")
NEWEST = "python3.13"
LONGEST_TIMEOUT = 900
LARGEST_MEMORY = 10_240


def check_runtime(runtime: str) -> None:
    """Refuse what is no runtime of Lambda's, what is retired, and what is not Python.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """
    if runtime in RETIRED:
        raise InvalidParameterValueException(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating "
            f"AWS Lambda functions. We recommend you use the new runtime ({NEWEST}) while creating "
            "or updating functions."
        )
    runtimes = _MODEL.shape_for("Runtime").enum
    if runtime not in runtimes:
        raise InvalidParameterValueException(
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum "
            f"value set: [{', '.join(runtimes)}] or be a valid ARN"
        )
    if not runtime.startswith("python3."):
        raise not_run(runtime)


def not_run(asked: str) -> InvalidParameterValueException:
    """The error of a function that AWS would run."""
    return InvalidParameterValueException(
        f"The local cloud runs zip files with a python3.x runtime, not {asked}. "
        "The fidelity table in the documentation lists what it runs."
    )


def check(spec: Mapping[str, Any]) -> None:
    """Refuse what is out of AWS's limits, in a function to make or in a change of one."""
    for name, limit in (("Timeout", LONGEST_TIMEOUT), ("MemorySize", LARGEST_MEMORY)):
        if spec.get(name, 1) > limit:
            raise ValidationException(
                str(spec[name]),
                name[0].lower() + name[1:],
                f"Member must have value less than or equal to {limit}",
            )
    handler = spec.get("Handler") or ""
    if not HANDLER.fullmatch(handler):
        raise ValidationException(
            handler, "handler", "Member must satisfy regular expression pattern: [^\\s]+"
        )
    if (role := spec.get("Role")) is not None:
        check_pattern("role", role, ROLE)
    architectures = spec.get("Architectures") or ["x86_64"]
    if len(architectures) > 1 or architectures[0] not in ARCHITECTURES:
        raise ValidationException(
            f"[{', '.join(architectures)}]",
            "architectures",
            "Member must have length less than or equal to 1"
            if len(architectures) > 1
            else f"Member must satisfy constraint: [{one_of(ARCHITECTURES)}, "
            "Member must not be null]",
        )
    variables = spec.get("Environment", {}).get("Variables", {})
    if refusal := environment.refusal(variables):
        raise InvalidParameterValueException(refusal)
