"""Statements in PartiQL as moto's parser reads them: values as parameters, and blanks around `=`.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from labkit.cloud.access.partiql import TOKEN

VERBS = ("SELECT", "UPDATE", "DELETE")
COMPARISON = re.compile(r"<>|<=|>=|[=<>]")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
CONSTANTS: dict[str, dict[str, Any]] = {
    "TRUE": {"BOOL": True},
    "FALSE": {"BOOL": False},
    "NULL": {"NULL": True},
}
# As TOKEN, with numbers that have a point and operators of two characters as one.
PIECE = re.compile(rf"-?\d+\.\d+|<>|<=|>=|{TOKEN.pattern}")
OPENING, CLOSING = (".", "(", "["), (".", "(", "[", ",", ")", "]")
# Before a parenthesis that is a group's, and no function's.
CONNECTIVES = ("WHERE", "AND", "OR", "NOT")
# What an UPDATE sets or removes, where that is no whole attribute.
NESTED = re.compile(r"""\b(?:SET|REMOVE)\s+"?[\w-]+"?\s*[.\[]""", re.IGNORECASE)
PLAIN_NAME = re.compile(r'"([A-Za-z_]\w*)"')
RETURNING = re.compile(r"\s+RETURNING\s+(ALL|MODIFIED)\s+(OLD|NEW)\s+\*\s*$", re.IGNORECASE)


def parameterised(
    statement: str, parameters: Sequence[dict[str, Any]]
) -> tuple[str, list[dict[str, Any]]]:
    """The statement with each value that something is compared with, or set to, as a parameter.

    A DELETE becomes the SELECT of what it deletes: as its values the parser takes texts only.

    >>> parameterised("UPDATE Orders SET total=20 WHERE id='a'", [])
    ('UPDATE Orders SET total = ? WHERE id = ?', [{'N': '20'}, {'S': 'a'}])
    >>> parameterised("DELETE FROM Orders WHERE id=5", [])
    ('SELECT * FROM Orders WHERE id = ?', [{'N': '5'}])
    """
    pieces = PIECE.findall(statement)
    if not pieces or pieces[0].upper() not in VERBS:
        return statement, list(parameters)
    given, read, values = iter(parameters), list[str](), list[dict[str, Any]]()
    for before, piece in zip(["", *pieces], pieces, strict=False):
        value = value_of(piece, given) if piece == "?" or COMPARISON.fullmatch(before) else None
        if value is None:
            read.append(PLAIN_NAME.sub(r"\1", piece))
        else:
            values.append(value)
            read.append("?")
    if read[0].upper() == "DELETE":
        read[:1] = ["SELECT", "*"]
    text = read[0]
    for before, piece in pairwise(read):
        grouped = piece == "(" and before.upper() in CONNECTIVES
        joined = before in OPENING or (piece in CLOSING and not grouped)
        text += piece if joined else f" {piece}"
    return text, values


def returning(statement: str) -> tuple[str, tuple[str, str] | None]:
    """The statement without its `RETURNING`, and what that asks for.

    >>> returning("DELETE FROM Orders WHERE id=5 RETURNING ALL OLD *")
    ('DELETE FROM Orders WHERE id=5', ('ALL', 'OLD'))
    """
    found = RETURNING.search(statement)
    if found is None:
        return statement, None
    return statement[: found.start()], (found[1].upper(), found[2].upper())


def equalities(statement: str) -> set[str]:
    """The attributes that must equal something for a statement to apply.

    >>> equalities("UPDATE Orders SET total = ? WHERE id = ?")
    {'id'}
    """
    pieces = PIECE.findall(statement)
    words = [piece.upper() for piece in pieces]
    where = words.index("WHERE") if "WHERE" in words else len(words)
    return {before.strip('"') for before, piece in pairwise(pieces[where:]) if piece == "="}


def value_of(piece: str, given: Iterator[dict[str, Any]]) -> dict[str, Any] | None:
    """A value that is written in a statement, or given for its `?`; None for anything else."""
    if piece == "?":
        return next(given, None)
    if piece.startswith("'"):
        return {"S": piece[1:-1].replace("''", "'")}
    if NUMBER.fullmatch(piece):
        return {"N": piece}
    return CONSTANTS.get(piece.upper())
