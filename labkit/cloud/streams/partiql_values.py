"""Values that are written in a statement in PartiQL, or given for its question marks.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.data-types.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from moto.dynamodb.exceptions import MockValidationException

NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
CONSTANTS: dict[str, dict[str, Any]] = {
    "TRUE": {"BOOL": True},
    "FALSE": {"BOOL": False},
    "NULL": {"NULL": True},
}
END = ""  # what stands after the last piece


class Literals:
    """Reads values in their turn, each of the parameters once."""

    def __init__(self, parameters: Sequence[dict[str, Any]]) -> None:
        self._given = iter(parameters)

    def read(self, pieces: Sequence[str], at: int) -> tuple[Any, int]:
        """A value that is written, or given for its `?`, and what comes after; None for none."""
        piece = pieces[at] if at < len(pieces) else END
        if piece in ("[", "<<", "{"):
            return self._collection(pieces, at)
        if piece == "?":
            value = next(self._given, None)
            if value is None:
                raise MockValidationException(
                    "Number of parameters in request and statement don't match."
                )
        elif piece.startswith("'"):
            value = {"S": piece[1:-1].replace("''", "'")}
        elif NUMBER.fullmatch(piece):
            value = {"N": piece}
        else:
            value = CONSTANTS.get(piece.upper())
        return value, at + 1

    def _collection(self, pieces: Sequence[str], at: int) -> tuple[Any, int]:
        """A list, a set or a map."""
        opened, closing = pieces[at], {"[": "]", "<<": ">>", "{": "}"}[pieces[at]]
        members: list[Any] = []
        at += 1
        while pieces[at : at + 1] != [closing]:
            value, at = self.read(pieces, at)
            member = value
            if opened == "{" and value is not None:
                name, colon = value.get("S"), pieces[at : at + 1] == [":"]
                value, at = self.read(pieces, at + 1)
                member = (name, value) if colon and name is not None else None
            if member is None or value is None:
                raise refusal(" ".join(pieces))
            members.append(member)
            if pieces[at : at + 1] == [","]:
                at += 1
        if opened == "{":
            return {"M": dict(members)}, at + 1
        if opened == "[":
            return {"L": members}, at + 1
        kinds = {kind for member in members for kind in member}
        if len(kinds) != 1 or not kinds < {"S", "N", "B"}:
            raise refusal(" ".join(pieces))
        (kind,) = kinds
        return {f"{kind}S": [member[kind] for member in members]}, at + 1


def refusal(what: str) -> MockValidationException:
    """What is said to a statement that would be misread."""
    return MockValidationException(
        f"{what} is not in the local cloud: a statement in PartiQL cannot have it here. "
        "The fidelity table, docs/fidelity.md, says what is."
    )
