"""What is refused: a text of another form, a role that Lambda cannot take, a target not told of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, ValidationException
from moto.awslambda.models import lambda_backends
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from labkit.cloud.access.principals import LAMBDA
from labkit.cloud.functions.errors import RoleNotAssumed


def check_pattern(at: str, value: str, pattern: str) -> None:
    """Refuse a text that is not of a pattern."""
    if not re.fullmatch(pattern, value):
        rule = f"Member must satisfy regular expression pattern: {pattern}"
        raise ValidationException(value, at, rule)


def check_role(role_arn: str, account_id: str, partition: str, function_arn: str) -> None:
    """Refuse a role that does not exist or does not trust Lambda to take it for the function."""
    try:
        iam_backends[account_id][partition].get_role_by_arn(role_arn)
    except NotFoundException:
        raise InvalidParameterValueException(RoleNotAssumed.reason) from None
    access = lambda_backends[account_id][function_arn.split(":")[3]].cloud.access
    if access.trust_denial(role_arn, LAMBDA, source_arn=function_arn):
        raise InvalidParameterValueException(RoleNotAssumed.reason)


def check_object(code: Mapping[str, Any], account_id: str, partition: str) -> None:
    """Refuse code that is nowhere: in no request, and no object of a bucket."""
    if not (code.get("S3Bucket") and code.get("S3Key")):
        raise InvalidParameterValueException("Please provide a source for function code.")
    try:
        found = s3_backends[account_id][partition].get_object(code["S3Bucket"], code["S3Key"])
        fault = None if found else ("NoSuchKey", "The specified key does not exist.")
    except MissingBucket:
        fault = ("NoSuchBucket", "The specified bucket does not exist")
    if fault is not None:
        code_of_s3, message = fault
        raise InvalidParameterValueException(
            f"Error occurred while GetObject. S3 Error Code: {code_of_s3}. "
            f"S3 Error Message: {message}"
        )


def check_target(arn: str, services: tuple[str, ...]) -> None:
    """Refuse a target that would never be told."""
    service = arn.split(":")[2] if arn.count(":") >= 5 else arn
    if arn and (service not in services or arn.endswith(".fifo")):
        raise InvalidParameterValueException(
            f"The local cloud sends no events to {arn}, only to {', '.join(services)}. "
            "The fidelity table in the documentation lists what it does."
        )
