"""The names by which callers may mean a function: a name, a partial ARN or an ARN.

Each may end in a qualifier: a version, an alias or `$LATEST`.
Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from labkit.cloud.constraints import violation
from labkit.cloud.function_names import ACCOUNT, NAME, PATTERN, QUALIFIER, REGION
from labkit.cloud.functions.errors import (
    Invalid,
    InvalidParameterValue,
    OtherAccount,
    OtherRegion,
)

LATEST = "$LATEST"
LONGEST, LONGEST_TEXT = 64, 140  # a name; an ARN
UNQUALIFIED = (
    "This operation is permitted on Lambda functions only. Aliases and versions do not support "
    "this operation. Please specify either a function name or an unqualified function ARN."
)


@dataclass(frozen=True)
class FunctionName:
    """Which function is meant; `qualifier` is None when the caller gave none."""

    account_id: str
    region: str
    name: str
    qualifier: str | None = None

    @property
    def arn(self) -> str:
        """The ARN with the qualifier, as the function sees it in `invoked_function_arn`."""
        qualifier = f":{self.qualifier}" if self.qualifier else ""
        return self.unqualified_arn + qualifier

    @property
    def qualified_arn(self) -> str:
        """The ARN with the qualifier, which is `$LATEST` when the caller gave none."""
        return f"{self.unqualified_arn}:{self.qualifier or LATEST}"

    @property
    def unqualified_arn(self) -> str:
        """The ARN of the function itself."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}"


def parse(text: str, *, qualifier: str | None, account_id: str, region: str) -> FunctionName:
    """Read a function's name; account and region are those of the caller unless it names others.

    >>> parse("orders:live", qualifier=None, account_id="123456789012", region="us-east-1").arn
    'arn:aws:lambda:us-east-1:123456789012:function:orders:live'
    """
    match = re.fullmatch(PATTERN, text)
    if match is None:
        raise Invalid(_no_name(text, PATTERN))
    own_region, own_account, name, own_qualifier = (
        match[REGION] and match[REGION].rstrip(":"),
        match[ACCOUNT] and match[ACCOUNT].rstrip(":"),
        match[NAME],
        match[QUALIFIER],
    )
    if own_qualifier and qualifier and own_qualifier != qualifier:
        raise InvalidParameterValue(
            "The derived qualifier from the function name does not match the specified qualifier."
        )
    return FunctionName(
        own_account or account_id, own_region or region, name, own_qualifier or qualifier
    )


def of_new(text: str, *, account_id: str, region: str) -> str:
    """The plain name of a function to be made; it may be given as an ARN of the caller's own.

    >>> of_new("123456789012:function:orders", account_id="123456789012", region="us-east-1")
    'orders'
    """
    if len(text) > LONGEST_TEXT:
        raise Invalid(_too_long(text, LONGEST_TEXT))
    name = parse(text, qualifier=None, account_id=account_id, region=region)
    check_region(name, region)
    if name.account_id != account_id:
        raise OtherAccount()
    if len(name.name) > LONGEST:
        raise InvalidParameterValue(_too_long(name.name, LONGEST))
    if name.qualifier:
        raise InvalidParameterValue(UNQUALIFIED)
    if "." in name.name:
        raise Invalid(_no_name(text, PATTERN.replace(r"\.", "")))
    return name.name


def check_region(name: FunctionName, region: str) -> None:
    """Refuse a function of another region than the one that was asked."""
    if name.region != region:
        raise OtherRegion(name.region, region)


def _no_name(text: str, pattern: str) -> str:
    rule = f"Member must satisfy regular expression pattern: {pattern}"
    return violation("functionName", text, rule)


def _too_long(text: str, most: int) -> str:
    return violation("functionName", text, f"Member must have length less than or equal to {most}")
