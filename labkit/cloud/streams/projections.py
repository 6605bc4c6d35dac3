"""Parts of an item: what a ProjectionExpression, an index or an update names of it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.dynamodb import responses
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from labkit.cloud.streams.expressions import paths_of
from labkit.cloud.streams.paths import Path

Tree = dict[str | int, "Tree"]


def projected(item: Item, paths: Iterable[Path]) -> Item:
    """An item with what is at the paths, and nothing else."""
    tree: Tree = {}
    for path in paths:
        node = tree
        for step in path:
            node = node.setdefault(step, {})
    return Item(item.hash_key, item.range_key, _members(item.attrs, tree))


def inside(value: Any, step: str | int) -> Any:
    """The map or list that has what a step leads to; None when it leads nowhere."""
    if isinstance(value, DynamoType):
        return value.value if value.type == ("L" if isinstance(step, int) else "M") else None
    return value


def found(attributes: Mapping[str, DynamoType], path: Iterable[str | int]) -> Any:
    """What is at a path; None for nothing."""
    value: Any = attributes
    for step in path:
        within = inside(value, step)
        value = dict(enumerate(within) if isinstance(within, list) else within or {}).get(step)
    return value


def _members(values: Mapping[str | int, DynamoType], tree: Tree) -> dict[Any, DynamoType]:
    """The parts of the members of a map, or of a list by their places, in the order of these."""
    parts = {step: _part(values[step], below) for step, below in tree.items() if step in values}
    return {step: part for step, part in parts.items() if part is not None}


def _part(value: DynamoType, tree: Tree) -> DynamoType | None:
    if not tree:
        return value
    if value.type == "M" and (named := _members(value.value, tree)):
        return DynamoType({"M": named})
    if value.type == "L" and (placed := _members(dict(enumerate(value.value)), tree)):
        return DynamoType({"L": [placed[place] for place in sorted(placed)]})
    return None


class Projection:
    """A ProjectionExpression as moto's handlers have it read."""

    def __init__(self, expression: str | None, names: Mapping[str, str] | None) -> None:
        self._expression, self._names = expression, names or {}
        self.expr_attr_names_found = list(self._names)  # which of them are used is checked before

    def parse(self) -> list[Path]:
        """The paths that it has."""
        return paths_of(self._expression, self._names) if self._expression else []


def install() -> None:
    """Make moto's handlers and items use these."""
    responses.ProjectionExpressionParser = Projection  # type: ignore[misc, assignment]
    Item.project = projected  # type: ignore[method-assign, assignment]
