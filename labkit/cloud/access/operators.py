"""Condition operators: how each is spelled, and how it compares a policy's value with a call's.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any

from labkit.cloud.access.patterns import matches, matches_arn

YEAR_OR_MONTH = re.compile(r"\d{4}(-\d\d)?")
Test = Callable[[str, str], bool]  # the policy's value, the call's value


@dataclass(frozen=True)
class Operator:
    """A condition operator as it is spelled in a policy, in its parts."""

    name: str
    test: Test
    negated: bool
    if_exists: bool
    quantifier: str  # "", "foranyvalue" or "forallvalues"
    wildcards: bool


def operator_of(name: str) -> Operator:
    """The operator with this name, in any case.

    >>> operator_of("ForAnyValue:StringNotLikeIfExists").negated
    True
    """
    text = name.lower()
    quantifier, _, text = text.rpartition(":")
    if quantifier not in ("", "foranyvalue", "forallvalues"):
        raise ValueError(f"There is no condition operator '{name}'.")
    if_exists = text.endswith("ifexists")
    text = text.removesuffix("ifexists")
    negated = text in NEGATIONS
    text = NEGATIONS.get(text, text)
    test = TESTS.get(text)
    if test is None or (text == "null" and if_exists):
        raise ValueError(f"There is no condition operator '{name}'.")
    wildcards = text.endswith("like") or text.startswith("arn")
    return Operator(text, test, negated, if_exists, quantifier, wildcards)


def texts(values: Any) -> tuple[str, ...]:
    """A condition's values as texts: JSON's true and 5 mean "true" and "5"."""
    several = values if isinstance(values, Sequence) and not isinstance(values, str) else [values]
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in several)


def are_values(operator_name: str, values: Any) -> bool:
    """Whether an operator can compare with these values; variables and unknown operators pass.

    >>> are_values("NumericLessThan", [5, "6"]), are_values("DateLessThan", "tomorrow")
    (True, False)
    """
    several = values if isinstance(values, list) else [values]
    if not all(isinstance(value, str | int | float) for value in several):
        return False
    name = operator_name.lower().rpartition(":")[2].removesuffix("ifexists")
    read = next((read for part, read in READERS.items() if part in name), str)
    try:
        for text in texts(several):
            if "${" not in text:
                read(text)
    except (ValueError, OverflowError):
        return False
    return True


def _comparing(compare: Callable[[Any, Any], bool], read: Callable[[str], Any]) -> Test:
    """How two values compare that have to be read before; what cannot be read is not alike."""

    def test(wanted: str, found: str) -> bool:
        try:
            return compare(read(found), read(wanted))
        except (ValueError, OverflowError):
            return False

    return test


def _instant(text: str) -> float:
    """Seconds since the epoch, from those or from ISO 8601, of which a year alone is one.

    https://www.w3.org/TR/NOTE-datetime
    """
    if YEAR_OR_MONTH.fullmatch(text):
        text = f"{text}-01-01"[: len("2020-01-01")]
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _address(wanted: str, found: str) -> bool:
    try:
        return ip_address(found) in ip_network(wanted, strict=False)
    except ValueError:
        return False


def _same_but_for_case(wanted: str, found: str) -> bool:
    return wanted.casefold() == found.casefold()


COMPARISONS = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}
TESTS: dict[str, Test] = {
    "stringequals": operator.eq,
    "stringequalsignorecase": _same_but_for_case,
    "stringlike": matches,
    "bool": _same_but_for_case,
    "binaryequals": _comparing(operator.eq, partial(base64.b64decode, validate=True)),
    "ipaddress": _address,
    "arnequals": matches_arn,
    "arnlike": matches_arn,
    "null": operator.eq,
    **{f"numeric{name}": _comparing(compare, float) for name, compare in COMPARISONS.items()},
    **{f"date{name}": _comparing(compare, _instant) for name, compare in COMPARISONS.items()},
}
# How the values of an operator are read, by a part of its name.
READERS: dict[str, Callable[[str], object]] = {
    "numeric": float,
    "date": _instant,
    "ipaddress": lambda text: ip_network(text, strict=False),
}
NEGATIONS = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}
