"""An UpdateExpression, read into the actions that it stands for, and what it may not mean.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
Texts and their order are those of dynalite's tests (architect/dynalite, test/updateItem.js).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.exceptions import (
    MockValidationException,
    TooManyClauses,
    UpdateHashRangeKeyException,
)
from moto.dynamodb.models.dynamo_type import DDBTypeConversion
from moto.dynamodb.models.table import Table

from labkit.cloud.streams.expression_tokens import Reader
from labkit.cloud.streams.paths import Path, check_apart, resolved
from labkit.cloud.streams.values import INVALID

MEMBER = "UpdateExpression"
SECTIONS = ("SET", "REMOVE", "ADD", "DELETE")
FUNCTIONS = {"if_not_exists": 2, "list_append": 2}
SETS = ("SS", "NS", "BS")
TAKES = {"ADD": ("N", *SETS), "DELETE": SETS}  # types of what is added, or taken out


@dataclass(frozen=True)
class Operand:
    """What is set: `kind` is "value", "path", a function or a sign, `of` what that is about."""

    kind: str
    of: tuple[Any, ...]


@dataclass(frozen=True)
class Action:
    """One change, of the attribute or the part of one at a path."""

    section: str
    path: Path
    operand: Operand | None = None


def read(
    expression: str, names: Mapping[str, str], values: Mapping[str, dict[str, Any]]
) -> list[Action]:
    """The actions of an expression.

    >>> read("REMOVE #n[1]", {"#n": "lines"}, {})
    [Action(section='REMOVE', path=('lines', 1), operand=None)]

    Raises:
        MockValidationException: in DynamoDB's words.
    """
    parser = Parser(expression, names, values)
    try:
        actions = parser.actions()
    except RecursionError:
        parser.refuse_parentheses()
    check_apart(MEMBER, [action.path for action in actions])
    return actions


def actions_of(
    update_expression: str | None,
    expression_attribute_names: Mapping[str, str] | None,
    expression_attribute_values: Mapping[str, dict[str, Any]] | None,
    attribute_updates: Mapping[str, dict[str, Any]] | None,
) -> list[Action]:
    """The actions of an update, by its expression or by AttributeUpdates."""
    if update_expression is not None:
        names, values = expression_attribute_names or {}, expression_attribute_values or {}
        return read(update_expression, names, values)
    return [_legacy(name, update) for name, update in (attribute_updates or {}).items()]


def check_keys(actions: Sequence[Action], table: Table) -> None:
    """Refuse a change of a key, or of a part of what an index has as its key."""
    for action in actions:
        name = str(action.path[0])
        if name in table.table_key_attrs:
            raise UpdateHashRangeKeyException(name)
        if name in table.attribute_keys and len(action.path) > 1:
            raise MockValidationException(
                "Key attributes must be scalars; list random access '[]' and map lookup '.' are "
                f"not allowed: IndexKey: {name}"
            )


class Parser(Reader):
    """Reads one UpdateExpression from its beginning to its end."""

    def __init__(
        self, expression: str, names: Mapping[str, str], values: Mapping[str, dict[str, Any]]
    ) -> None:
        super().__init__(MEMBER, expression, keywords=SECTIONS)
        self._names, self._values = names, values

    def actions(self) -> list[Action]:
        """The actions of all sections, each of which there is once at most."""
        found: list[Action] = []
        sections: list[str] = []
        while self._now.kind != "end":
            section = self._now.sign
            if section not in SECTIONS:
                self._fail()
            self._at += 1
            sections.append(section)
            found.append(self._action(section))
            while self._took(","):
                found.append(self._action(section))
        self._end()
        if twice := [section for section in sections if sections.count(section) > 1]:
            raise TooManyClauses(twice[0])
        return found

    def _action(self, section: str) -> Action:
        path = resolved(self._path(), self._names)
        if section == "REMOVE":
            return Action(section, path)
        if section == "SET":
            self._need("=")
            return Action(section, path, self._sum())
        if self._now.kind != "value":
            self._fail()
        operand = self._operand()
        if (kind := self._type(operand)) and kind not in TAKES[section]:
            self._problems.append(
                f"Incorrect operand type for operator or function; operator: {section}, "
                f"operand type: {DDBTypeConversion.get_human_type(kind)}"
            )
        return Action(section, path, operand)

    def _sum(self) -> Operand:
        left = self._term()
        sign = self._now.sign
        if sign not in ("+", "-"):
            return left
        self._at += 1
        operands = (left, self._term())
        self._check_types(sign, operands, "N")
        return Operand(sign, operands)

    def _term(self) -> Operand:
        if not self._took("("):
            return self._operand()
        inner = self._sum()
        self._need(")")
        return inner

    def _operand(self) -> Operand:
        if name := self._function_name():
            self._at += 2
            return self._call(name)
        if self._now.kind == "value":
            self._at += 1
            value = self._values.get(self._tokens[self._at - 1].text)
            return Operand("value", (value,))
        return Operand("path", resolved(self._path(), self._names))

    def _call(self, name: str) -> Operand:
        operands = [self._operand()]
        while self._took(","):
            operands.append(self._operand())
        self._need(")")
        self._check_operands(name, len(operands), FUNCTIONS)
        if name == "if_not_exists" and operands[0].kind != "path":
            self._no_path(name)
        if name == "list_append":
            if any(each.kind == name for each in operands):
                self._misused(name)
            self._check_types(name, operands, "L")
        return Operand(name, tuple(operands))

    def _check_types(self, what: str, operands: Sequence[Operand], wanted: str) -> None:
        for kind in map(self._type, operands):
            if kind not in ("", wanted):
                self._problems.append(
                    "Incorrect operand type for operator or function; operator or function: "
                    f"{what}, operand type: {kind}"
                )

    @staticmethod
    def _type(operand: Operand) -> str:
        """The type of a value; nothing of what is only known with the item."""
        return next(iter(operand.of[0] or ()), "") if operand.kind == "value" else ""


def _legacy(name: str, update: Mapping[str, Any]) -> Action:
    section, value = update.get("Action", "PUT"), update.get("Value")
    if value is None:
        if section != "DELETE":
            raise MockValidationException(
                f"{INVALID}Only DELETE action is allowed when no attribute value is specified"
            )
        return Action("REMOVE", (name,))
    operand, (kind,) = Operand("value", (value,)), value
    if section == "ADD" and kind == "L":
        known = Operand("if_not_exists", (Operand("path", (name,)), Operand("value", ({"L": []},))))
        return Action("SET", (name,), Operand("list_append", (known, operand)))
    if kind not in TAKES.get(section, (kind,)):
        how = "DELETE action with value" if section == "DELETE" else "ADD action"
        raise MockValidationException(f"{INVALID}{how} is not supported for the type {kind}")
    return Action("SET" if section == "PUT" else section, (name,), operand)
