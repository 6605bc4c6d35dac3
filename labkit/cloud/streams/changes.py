"""What an item becomes by the actions of an update: a new item, and the old one as it was.

Operands are those of the item as it was before; nothing is written unless all of it can be.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from moto.dynamodb.exceptions import (
    AttributeDoesNotExist,
    IncorrectDataType,
    InvalidUpdateExpressionInvalidDocumentPath,
)
from moto.dynamodb.models.dynamo_type import DynamoType

from labkit.cloud.streams.paths import Path
from labkit.cloud.streams.projections import found, inside
from labkit.cloud.streams.updates import Action, Operand
from labkit.cloud.streams.values import total

Attributes = Mapping[str, DynamoType]


def changed(before: Attributes, actions: Sequence[Action]) -> dict[str, DynamoType]:
    """The attributes after an update.

    Raises:
        MockValidationException: in DynamoDB's words, for an update that the item does not allow.
    """
    after = copy.deepcopy(dict(before))
    values = [_value(each.operand, before) if each.operand else None for each in actions]
    for action, value in sorted(zip(actions, values, strict=True), key=_turn):
        *way, last = action.path
        within = inside(found(after, way), last)
        if within is None:
            raise InvalidUpdateExpressionInvalidDocumentPath
        present = last in within if isinstance(within, dict) else last < len(within)
        new = _changed(within[last] if present else None, action.section, value)
        if new is not None:
            if isinstance(within, list) and not present:
                within.append(new)
            else:
                within[last] = new
        elif present:
            del within[last]
    return after


def _turn(change: tuple[Action, DynamoType | None]) -> tuple[bool, int]:
    """When an action's turn comes: so that the places in a list are those of the list as it was."""
    action, _ = change
    last = action.path[-1]
    place = last if isinstance(last, int) else 0
    removed = action.section == "REMOVE"
    return removed, -place if removed else place


def _value(operand: Operand, before: Attributes) -> DynamoType:
    match operand.kind:
        case "value":
            return DynamoType(operand.of[0])
        case "path":
            path: Path = operand.of
            if (value := found(before, path)) is None:
                raise AttributeDoesNotExist
            return copy.deepcopy(value)
        case "if_not_exists":
            known = found(before, operand.of[0].of)
            return _value(operand.of[1], before) if known is None else copy.deepcopy(known)
    one, other = (_value(each, before) for each in operand.of)
    if operand.kind == "list_append":
        return DynamoType({"L": _of("L", one) + _of("L", other)})
    return _sum(one, other, minus=operand.kind == "-")


def _of(kind: str, value: DynamoType) -> Any:
    if value.type != kind:
        raise IncorrectDataType
    return value.value


def _sum(one: DynamoType, other: DynamoType, *, minus: bool = False) -> DynamoType:
    added = _of("N", other)
    if minus:
        added = added[1:] if added.startswith("-") else f"-{added}"
    return DynamoType({"N": total(_of("N", one), added)})


def _changed(old: DynamoType | None, section: str, value: DynamoType | None) -> DynamoType | None:
    """What is at a path after an action; None for nothing."""
    if section in ("SET", "REMOVE") or value is None:
        return value
    if old is None:
        return value if section == "ADD" else None
    if value.type == "N":
        return _sum(old, value)
    members, given = _of(value.type, old), value.value
    if section == "ADD":
        left = members + [each for each in given if each not in members]
    else:
        left = [each for each in members if each not in given]
    return DynamoType({value.type: left}) if left else None
