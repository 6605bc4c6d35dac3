"""Attribute values as DynamoDB keeps them: numbers without zeros that say nothing, true sets.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from moto.dynamodb.exceptions import MockValidationException

MOST_DIGITS = 38
LARGEST_EXPONENT, SMALLEST_EXPONENT = 125, -130
EXACT = Context(prec=1000)
AS_KEPT = re.compile(r"0|-?(0|[1-9]\d{0,18})(\.\d{0,17}[1-9])?")  # which most are already
SETS = ("SS", "NS", "BS")


def keep(value: Any) -> Any:
    """The value that is kept for a given one, or for each in a map of them.

    Raises:
        MockValidationException: for a number that is none, or out of range, and for a set that has
            something twice.

    >>> keep({"total": {"N": "09.50"}, "lines": {"L": [{"N": "1E3"}]}})
    {'total': {'N': '9.5'}, 'lines': {'L': [{'N': '1000'}]}}
    """
    if isinstance(value, list):
        return [keep(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {kind: keep(inner) for kind, inner in value.items()}
    if isinstance(kept.get("N"), str):
        kept["N"] = number(kept["N"])
    if _is_texts(kept.get("NS")):
        kept["NS"] = [number(each) for each in kept["NS"]]
    for kind in SETS:
        if _is_texts(kept.get(kind)) and len(set(kept[kind])) < len(kept[kind]):
            raise MockValidationException(
                "One or more parameter values were invalid: Input collection "
                f"[{', '.join(map(str, kept[kind]))}] contains duplicates."
            )
    return kept


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
    if not given.is_finite():
        raise MockValidationException(
            f"The parameter cannot be converted to a numeric value: {text}"
        )
    if not given:
        return "0"
    given = given.normalize(EXACT)
    if len(given.as_tuple().digits) > MOST_DIGITS:
        raise MockValidationException(
            f"Attempting to store more than {MOST_DIGITS} significant digits in a Number"
        )
    for wrong, what in (
        (given.adjusted() > LARGEST_EXPONENT, ("overflow", "larger")),
        (given.adjusted() < SMALLEST_EXPONENT, ("underflow", "smaller")),
    ):
        if wrong:
            raise MockValidationException(
                f"Number {what[0]}. Attempting to store a number with magnitude {what[1]} than "
                "supported range"
            )
    return f"{given:f}"


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str | bytes) for each in value)
