"""What a SELECT in PartiQL finds: its WHERE, read as the condition expression that says the same.

moto's reader of statements knows `=` and AND; of a function, IN or BETWEEN it makes no sense, and
answers with other items without a word. moto's conditions know all of them.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from labkit.cloud.streams.partiql import COMPARISON, PIECE, value_of

FUNCTIONS = {"ATTRIBUTE_TYPE", "BEGINS_WITH", "CONTAINS", "SIZE"}
CONNECTIVES = {"AND", "OR", "NOT", "BETWEEN", "IN"}
NAME = re.compile(r'"[^"]+"|[A-Za-z_][\w-]*')
END = ""  # what stands after the last piece


@dataclass
class Condition:
    """A condition expression, with the names and values that it has."""

    text: str = ""
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    def name(self, name: str) -> str:
        """What stands for a name."""
        return self._key("#n", name.strip('"'), self.names)

    def value(self, value: dict[str, Any]) -> str:
        """What stands for a value."""
        return self._key(":v", value, self.values)

    @staticmethod
    def _key(sign: str, what: Any, known: dict[str, Any]) -> str:
        key = f"{sign}{len(known)}"
        known[key] = what
        return key


def selected(
    statement: str, parameters: Sequence[dict[str, Any]], items: Sequence[Item]
) -> list[dict[str, Any]]:
    """What a SELECT answers with: the columns that it asks for, of the items that it is about."""
    pieces = PIECE.findall(statement)
    words = [piece.upper() for piece in pieces]
    source = words.index("FROM")
    columns = _columns(pieces[1:source])
    after = source + (4 if "." in pieces[source + 2 : source + 3] else 2)
    if after < len(words) and words[after] not in ("WHERE", "ORDER"):
        raise refusal(" ".join(pieces[source + 1 :]))
    order = words.index("ORDER") if "ORDER" in words else len(words)
    found = list(items)
    if "WHERE" in words:
        condition = read(pieces[words.index("WHERE") + 1 : order], iter(parameters))
        holds = get_filter_expression(condition.text, condition.names, condition.values)
        found = [item for item in items if holds.expr(item)]
    if order < len(words):
        found = _ordered(found, pieces[order + 2 :])
    rows = [item.to_json()["Attributes"] for item in found]
    if columns is None:
        return rows
    return [dict(filter(None, (_cell(row, path) for path in columns))) for row in rows]


def read(pieces: Sequence[str], given: Iterator[dict[str, Any]]) -> Condition:
    """A WHERE as a condition expression.

    >>> read(["total", "IN", "[", "1", ",", "?", "]"], iter([{"N": "2"}])).text
    '#n0 IN ( :v0 , :v1 )'
    """
    if not pieces:
        raise refusal("A WHERE without a condition")
    condition, at = Condition(), 0
    text: list[str] = []
    lists = 0
    while at < len(pieces):
        piece, word = pieces[at], pieces[at].upper()
        following = pieces[at + 1] if at + 1 < len(pieces) else END
        at += 1
        if (value := value_of(piece, given)) is not None:
            text.append(condition.value(value))
        elif word in CONNECTIVES or piece in ("(", ")", ",") or COMPARISON.fullmatch(piece):
            text.append(word)
        elif piece == "[" and text[-1:] == ["IN"]:
            text.append("(")
            lists += 1
        elif piece == "]" and lists:
            text.append(")")
            lists -= 1
        elif word in FUNCTIONS and following == "(":
            text.append(piece.lower())
        elif NAME.fullmatch(piece) and following != "(":
            path, at = _path(pieces, at - 1, condition)
            test, at = _test(pieces, at, path, condition)
            text.append(test)
        else:
            raise refusal(piece)
    condition.text = " ".join(text)
    return condition


def _path(pieces: Sequence[str], at: int, condition: Condition) -> tuple[str, int]:
    """An attribute, or what is within it: `info.lines[0]`."""
    path = condition.name(pieces[at])
    at += 1
    while at + 1 < len(pieces):
        if pieces[at] == "." and NAME.fullmatch(pieces[at + 1]):
            path += f".{condition.name(pieces[at + 1])}"
            at += 2
        elif pieces[at] == "[" and pieces[at + 1].isdigit():
            path += f"[{pieces[at + 1]}]"
            at += 3
        else:
            break
    return path, at


def _test(pieces: Sequence[str], at: int, path: str, condition: Condition) -> tuple[str, int]:
    """The path itself, or whether it IS (NOT) MISSING or NULL."""
    words = [piece.upper() for piece in pieces[at : at + 3]]
    if words[:1] != ["IS"]:
        return path, at
    negated = words[1:2] == ["NOT"]
    match words[1 + negated : 2 + negated]:
        case ["MISSING"]:
            test = f"attribute_exists({path})" if negated else f"attribute_not_exists({path})"
        case ["NULL"]:
            is_null = f"attribute_type({path}, {condition.value({'S': 'NULL'})})"
            test = f"NOT {is_null}" if negated else is_null
        case _:
            raise refusal(" ".join(words))
    return test, at + 2 + negated


def _columns(pieces: Sequence[str]) -> list[list[str]] | None:
    """The paths between SELECT and FROM; None for `*`."""
    if list(pieces) == ["*"]:
        return None
    columns: list[list[str]] = [[]]
    for piece, following in zip(pieces, [*pieces[1:], ","], strict=True):
        if NAME.fullmatch(piece) and following in (".", ","):
            columns[-1].append(piece.strip('"'))
        elif piece == ",":
            columns.append([])
        elif piece != ".":
            raise refusal(" ".join(pieces))
    return columns


def _cell(row: dict[str, Any], path: Sequence[str]) -> tuple[str, Any] | None:
    """What an item has at a path, by the last name of it; None where it has nothing."""
    value: Any = {"M": row}
    for name in path:
        value = value.get("M", {}).get(name)
        if value is None:
            return None
    return path[-1], value


def _ordered(items: list[Item], order: Sequence[str]) -> list[Item]:
    """Items as ORDER BY puts them, by one key."""
    key, *direction = order
    name = key.strip('"')
    if [each.upper() for each in direction] not in ([], ["ASC"], ["DESC"]):
        raise refusal(f"ORDER BY {' '.join(order)}")
    if any(name not in item.attrs for item in items):
        raise MockValidationException(
            f"Variable reference {name} in ORDER BY clause must be part of the primary key"
        )
    return sorted(
        items,
        key=lambda item: _comparable(item.attrs[name]),
        reverse=[each.upper() for each in direction] == ["DESC"],
    )


def _comparable(value: DynamoType) -> Any:
    return Decimal(value.value) if value.type == "N" else value.value


def refusal(what: str) -> MockValidationException:
    """What is said to a statement that would be misread."""
    return MockValidationException(
        f"{what} is not in the local cloud: a statement in PartiQL cannot have it here. "
        "The fidelity table, docs/fidelity.md, says what is."
    )
