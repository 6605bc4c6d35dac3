"""Attribute values as DynamoDB keeps them: numbers without zeros that say nothing, true sets.

Every value of a request is read once, wherever its operation's model has one. What DynamoDB says of
a wrong one stands in dynalite's tests, which were run against it (architect/dynalite,
test/updateItem.js).
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

import base64
import re
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from botocore.model import Shape
from moto.dynamodb.exceptions import MockValidationException

MOST_DIGITS = 38
LARGEST_EXPONENT, SMALLEST_EXPONENT = 125, -130
EXACT = Context(prec=1000)
AS_KEPT = re.compile(r"0|-?(0|[1-9]\d{0,18})(\.\d{0,17}[1-9])?")  # which most are already
INVALID = "One or more parameter values were invalid: "
NO_NUMBER = "The parameter cannot be converted to a numeric value"
OUT_OF_RANGE = "Number {}. Attempting to store a number with magnitude {} than supported range"
OVERFLOW, UNDERFLOW = ("overflow", "larger"), ("underflow", "smaller")
ONE_TYPE = "must contain exactly one of the supported datatypes"
EMPTY_SETS = {
    "SS": "An string set  may not be empty",
    "NS": "An number set  may not be empty",
    "BS": "Binary sets should not be empty",
}


def kept(shape: Shape, given: Any) -> Any:
    """Parameters of a shape, with each attribute value in them as it is kept.

    Raises:
        MockValidationException: for a value that is none, in DynamoDB's words.
    """
    if shape.name == "AttributeValue":
        return keep(given)
    match shape.type_name:
        case "structure":
            return {name: kept(shape.members[name], member) for name, member in given.items()}
        case "map":
            return {name: kept(shape.value, member) for name, member in given.items()}
        case "list":
            return [kept(shape.member, member) for member in given]
        case _:
            return given


def keep(value: dict[str, Any]) -> dict[str, Any]:
    """The value that is kept for a given one.

    >>> keep({"M": {"total": {"N": "09.50"}, "lines": {"L": [{"N": "1E3"}]}}})
    {'M': {'total': {'N': '9.5'}, 'lines': {'L': [{'N': '1000'}]}}}
    """
    if not value:
        raise MockValidationException(f"Supplied AttributeValue is empty, {ONE_TYPE}")
    if len(value) > 1:
        raise MockValidationException(
            f"Supplied AttributeValue has more than one datatypes set, {ONE_TYPE}"
        )
    ((kind, content),) = value.items()
    match kind:
        case "N":
            content = number(content)
        case "NS" | "SS" | "BS":
            content = _set(kind, content)
        case "M":
            content = {name: keep(member) for name, member in content.items()}
        case "L":
            content = [keep(member) for member in content]
        case "NULL" if not content:
            raise MockValidationException(
                f"{INVALID}Null attribute value types must have the value of true"
            )
    return {kind: content}


def number(text: str) -> str:
    """A number without leading and trailing zeros.

    >>> number("-0.50"), number("2E-3"), number("-0")
    ('-0.5', '0.002', '0')
    """
    if text != "-0" and AS_KEPT.fullmatch(text):
        return text
    try:
        given = Decimal(text)
    except InvalidOperation:
        given = Decimal("NaN")
    if not given.is_finite() or text != text.strip():
        raise MockValidationException(f"{NO_NUMBER}: {text}" if text else NO_NUMBER)
    if not given:
        return "0"
    given = given.normalize(EXACT)
    if given.adjusted() > LARGEST_EXPONENT:
        raise MockValidationException(OUT_OF_RANGE.format(*OVERFLOW))
    if given.adjusted() < SMALLEST_EXPONENT:
        raise MockValidationException(OUT_OF_RANGE.format(*UNDERFLOW))
    if len(given.as_tuple().digits) > MOST_DIGITS:
        raise MockValidationException(
            f"Attempting to store more than {MOST_DIGITS} significant digits in a Number"
        )
    return f"{given:f}"


def total(one: str, other: str) -> str:
    """The sum of two numbers; one that would need more digits is said to overflow.

    >>> total("1.5", "-0.50")
    '1'
    """
    result = EXACT.add(Decimal(one), Decimal(other)).normalize(EXACT)
    if len(result.as_tuple().digits) > MOST_DIGITS:
        raise MockValidationException(OUT_OF_RANGE.format(*OVERFLOW))
    return number(str(result))


def _set(kind: str, members: list[Any]) -> list[Any]:
    """The members of a set, of which there is one at least, and none twice."""
    if not members:
        raise MockValidationException(INVALID + EMPTY_SETS[kind])
    if kind == "NS":
        members = [number(member) for member in members]
    if len(set(members)) < len(members):
        if kind == "NS":
            raise MockValidationException("Input collection contains duplicates")
        binary = kind == "BS"
        texts = [base64.b64encode(each).decode() for each in members] if binary else members
        tail = "of type BS contains duplicates." if binary else " contains duplicates."
        raise MockValidationException(f"{INVALID}Input collection [{', '.join(texts)}]{tail}")
    return members
