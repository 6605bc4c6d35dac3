"""The ways to name a function."""

from __future__ import annotations

import pytest

from labkit.cloud.functions.errors import InvalidParameterValue
from labkit.cloud.functions.naming import FunctionName, parse

ARN = "arn:aws:lambda:eu-west-1:210987654321:function:orders"


def read(text: str, qualifier: str | None = None) -> FunctionName:
    return parse(text, qualifier=qualifier, account_id="123456789012", region="us-east-1")


def test_a_name_is_of_the_callers_account_and_region() -> None:
    """A bare name means the caller's own function."""
    assert read("orders") == FunctionName("123456789012", "us-east-1", "orders")


@pytest.mark.parametrize("text", ["210987654321:function:orders", ARN])
@pytest.mark.fidelity(
    "Lambda", "A function is named by name, partial ARN or ARN.", source="Lambda API: Invoke"
)
def test_an_arn_names_its_account(text: str) -> None:
    """A partial ARN names an account, a whole one a region too."""
    assert read(text).account_id == "210987654321"
    assert read(text).name == "orders"


@pytest.mark.parametrize(
    ("text", "qualifier"), [("orders:live", None), (f"{ARN}:live", None), ("orders", "live")]
)
def test_the_qualifier_stands_in_the_name_or_beside_it(text: str, qualifier: str | None) -> None:
    """Both places mean the same."""
    assert read(text, qualifier).qualifier == "live"


@pytest.mark.fidelity(
    "Lambda",
    "`invoked_function_arn` is the ARN that the caller used.",
    source="Lambda guide: python-context",
)
def test_the_arn_that_a_function_sees_has_the_qualifier() -> None:
    """`invoked_function_arn` is the ARN that the caller used."""
    assert read(f"{ARN}:$LATEST").arn == f"{ARN}:$LATEST"
    assert read(f"{ARN}:$LATEST").unqualified_arn == ARN


def test_two_different_qualifiers_are_refused() -> None:
    """A caller cannot mean two versions at once."""
    with pytest.raises(InvalidParameterValue, match="does not match the specified qualifier"):
        read("orders:live", "1")


@pytest.mark.parametrize(
    "text", ["", "a b", "arn:aws:sqs:us-east-1:123456789012:orders", "x" * 9 + "/"]
)
def test_what_is_no_name_is_refused(text: str) -> None:
    """AWS shows the pattern that a name must have."""
    with pytest.raises(InvalidParameterValue, match="failed to satisfy constraint"):
        read(text)
