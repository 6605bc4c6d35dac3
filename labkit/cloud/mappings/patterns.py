"""The grammar of a filter pattern: parsed and checked as a whole, before any record is seen.

The rules are those of EventBridge's own compiler
(https://github.com/aws/event-ruler, https://docs.aws.amazon.com/eventbridge/latest/userguide/
eb-event-patterns.html): a field holds an object (nested) or a non-empty array of alternatives,
and an alternative is a plain value or an object with one operator.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

Pattern = dict[str, Any]

#: Lower and upper bounds of `numeric`, as its signs.
_LOWER, _UPPER = (">", ">="), ("<", "<=")


class InvalidPattern(ValueError):
    """A filter pattern that AWS refuses; it does not say why."""


def parse(text: str) -> Pattern:
    """The pattern in a filter's JSON text; `InvalidPattern` when AWS would refuse it.

    >>> parse('{"body": {"country": ["Norway", {"prefix": "Sw"}]}}')
    {'body': {'country': ['Norway', {'prefix': 'Sw'}]}}
    """
    try:
        pattern = json.loads(text, parse_constant=_refuse_constant)
        if _is_object(pattern):
            return pattern
    except (ValueError, RecursionError) as error:
        raise InvalidPattern(f"not JSON: {error}") from None
    raise InvalidPattern("not of the grammar")


def is_number(value: Any) -> bool:
    """Whether `value` is a JSON number (a bool is not)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _is_object(pattern: Any) -> bool:
    """Fields, each with an object of fields or with alternatives; those of `$or` are objects."""
    return (
        isinstance(pattern, dict)
        and bool(pattern)
        and all(
            _are_all(_is_object if field == "$or" else _is_rule, wanted)
            or (field != "$or" and _is_object(wanted))
            for field, wanted in pattern.items()
        )
    )


def _are_all(check: Callable[[Any], bool], values: Any) -> bool:
    return isinstance(values, list) and bool(values) and all(map(check, values))


def _is_rule(rule: Any) -> bool:
    """A plain value, or an object with one operator."""
    if not isinstance(rule, dict):
        return not isinstance(rule, list)
    [(name, operand)] = rule.items() if len(rule) == 1 else [("", None)]
    return name in _OPERANDS and _OPERANDS[name](operand)


def _is_string(operand: Any) -> bool:
    return isinstance(operand, str)


def _is_affix(operand: Any) -> bool:
    if isinstance(operand, dict):
        return list(operand) == ["equals-ignore-case"] and _is_string(*operand.values())
    return _is_string(operand)


def _is_wildcard(operand: Any) -> bool:
    """No two stars in a row, and a backslash escapes only a star or a backslash."""
    return isinstance(operand, str) and bool(
        re.fullmatch(r"(?:\*(?!\*)|\\[*\\]|[^*\\])*", operand, re.DOTALL)
    )


def _is_network(operand: Any) -> bool:
    try:
        ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False
    return isinstance(operand, str)


def _is_comparison(operand: Any) -> bool:
    """`["=", n]`, one bound, or a lower bound followed by a higher upper one."""
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        return False
    signs, bounds = operand[::2], operand[1::2]
    if not all(is_number(bound) for bound in bounds):
        return False
    if len(signs) == 1:
        return signs[0] in ("=", *_LOWER, *_UPPER)
    return signs[0] in _LOWER and signs[1] in _UPPER and bounds[0] < bounds[1]


def _is_exclusion(operand: Any) -> bool:
    if isinstance(operand, dict):
        [(name, values)] = operand.items() if len(operand) == 1 else [("", None)]
        wanted = values if isinstance(values, list) and values else [values]
        check = {"prefix": _is_string, "suffix": _is_string, "equals-ignore-case": _is_string}
        check["wildcard"] = _is_wildcard
        return name in check and all(check[name](value) for value in wanted)
    values = operand if isinstance(operand, list) and operand else [operand]
    return all(isinstance(value, str) or is_number(value) for value in values)


_OPERANDS: dict[str, Callable[[Any], bool]] = {
    "exists": lambda operand: isinstance(operand, bool),
    "anything-but": _is_exclusion,
    "numeric": _is_comparison,
    "prefix": _is_affix,
    "suffix": _is_affix,
    "equals-ignore-case": _is_string,
    "wildcard": _is_wildcard,
    "cidr": _is_network,
}
