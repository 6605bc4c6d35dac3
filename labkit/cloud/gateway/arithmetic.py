"""Velocity's operators: Java's arithmetic and comparison, and null where Java has no answer."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from labkit.cloud.gateway import budget, java


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        numbers = (int, float)
        if not (isinstance(left, numbers) and isinstance(right, numbers)):
            return None
        try:
            result = compute(left, right)
        except (ZeroDivisionError, OverflowError):
            return None
        if isinstance(result, int) and result.bit_length() > budget.LARGEST_NUMBER_BITS:
            raise budget.TooMuchWork("A number grew too large.")
        return result

    return apply


def _comparison(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        try:
            return compare(left, right)
        except TypeError:
            return False

    return apply


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str) or isinstance(right, str):
        joined = java.to_text(left) + java.to_text(right)
        budget.spend(characters=len(joined))
        return joined
    return _arithmetic(operator.add)(left, right)


def _divide(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return -(-left // right) if (left < 0) != (right < 0) else left // right
    return left / right


def _equal(left: Any, right: Any) -> bool:
    numbers = (int, float)
    if type(left) is type(right) or (isinstance(left, numbers) and isinstance(right, numbers)):
        return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)
    if left is None or right is None:
        return False
    return java.to_text(left) == java.to_text(right)


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _plus,
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(_divide),
    "%": _arithmetic(lambda left, right: left - right * _divide(left, right)),
    **dict.fromkeys(("==", "eq"), _equal),
    **dict.fromkeys(("!=", "ne"), lambda left, right: not _equal(left, right)),
    **dict.fromkeys(("<", "lt"), _comparison(operator.lt)),
    **dict.fromkeys(("<=", "le"), _comparison(operator.le)),
    **dict.fromkeys((">", "gt"), _comparison(operator.gt)),
    **dict.fromkeys((">=", "ge"), _comparison(operator.ge)),
}
