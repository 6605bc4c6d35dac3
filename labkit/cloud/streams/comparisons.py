"""Comparisons of what cannot be compared: the condition is not met, where moto falls over it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from moto.dynamodb import comparisons as moto
from moto.dynamodb.models.dynamo_type import Item

# What has an order: numbers, strings and bytes, each among themselves.
ORDERED = ((int, float, Decimal), (str,), (bytes,))


def in_order(*values: Any) -> bool:
    """Whether values are of one type that has an order.

    >>> in_order(1, Decimal("2.5")), in_order(1, "2"), in_order(1, None)
    (True, False, False)
    """
    return any(all(isinstance(each, types) for each in values) for types in ORDERED)


class Ordered:
    """A comparison of two operands that only values in order can meet."""

    lhs: Any
    rhs: Any

    def expr(self, item: Item | None) -> Any:
        """Whether an item meets it."""
        in_line = in_order(self.lhs.expr(item), self.rhs.expr(item))
        return in_line and super().expr(item)  # type: ignore[misc]


COMPARATORS = {
    sign: type(theirs.__name__, (Ordered, theirs), {})
    for sign, theirs in moto.COMPARATOR_CLASS.items()
    if sign in ("<", ">", "<=", ">=")
}


class Between(moto.FuncBetween):
    """`BETWEEN` of three operands."""

    def expr(self, item: Item | None) -> bool:
        """Whether an item meets it."""
        values = (each.expr(item) for each in (self.attr, self.start, self.end))
        return in_order(*values) and super().expr(item)


class Size(moto.FuncSize):
    """`size` of an attribute: nothing, of one that is not there or has no size."""

    def expr(self, item: Item | None) -> Any:
        """The size."""
        try:
            return super().expr(item)
        except ValueError:
            return None


def install() -> None:
    """Make moto's parser of expressions use these."""
    moto.COMPARATOR_CLASS.update(COMPARATORS)
    moto.FUNC_CLASS |= {"size": Size, "between": Between}
    moto.FuncBetween = Between  # type: ignore[misc]
