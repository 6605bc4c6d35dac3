"""A statement in PartiQL, read as the item or the expressions that say the same.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from labkit.cloud.access.partiql import TOKEN
from labkit.cloud.streams.partiql_values import END, Literals, refusal

# As TOKEN, with numbers that have a point and operators of two characters as one.
PIECE = re.compile(rf"-?\d+\.\d+|<>|<=|>=|<<|>>|{TOKEN.pattern}")
NAME = re.compile(r'"[^"]+"|[A-Za-z_][\w-]*')
AS_WRITTEN = {"<>", "<=", ">=", *"=<>(),+-", "AND", "OR", "NOT", "BETWEEN", "IN"}
FUNCTIONS = {
    *("ATTRIBUTE_TYPE", "BEGINS_WITH", "CONTAINS", "SIZE"),
    *("LIST_APPEND", "IF_NOT_EXISTS", "SET_ADD", "SET_DELETE"),
}
# What is set to a set with more or fewer members: an ADD or a DELETE of an UpdateExpression.
OF_SETS = re.compile(r"(\S+) = set_(add|delete) \( \S+ , (:v\d+) \)")
# The words that each kind of statement is divided by.
CLAUSES = {
    "SELECT": ("SELECT", "FROM", "WHERE", "ORDER"),
    "INSERT": ("INSERT", "VALUE"),
    "UPDATE": ("UPDATE", "SET", "REMOVE", "WHERE", "RETURNING"),
    "DELETE": ("DELETE", "FROM", "WHERE", "RETURNING"),
}


class Statement:
    """A statement by its clauses; reading one gathers what stands for names and values in it."""

    def __init__(self, text: str, parameters: Sequence[dict[str, Any]]) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, dict[str, Any]] = {}
        self.equal: dict[str, dict[str, Any]] = {}  # what must equal a value in all that is meant
        self._literals = Literals(parameters)
        pieces = PIECE.findall(text)
        self.exists = [piece.upper() for piece in pieces[:2]] == ["EXISTS", "("]
        if self.exists:  # a transaction's condition
            pieces = pieces[2:-1]
        words = CLAUSES.get(pieces[0].upper(), ()) if pieces else ()
        self._clauses: list[tuple[str, list[str]]] = []
        for piece in pieces:
            if piece.upper() in words:
                self._clauses.append((piece.upper(), []))
            elif self._clauses:
                self._clauses[-1][1].append(piece)

    def clauses(self, word: str) -> list[list[str]]:
        """The pieces of each clause that begins with a word."""
        return [pieces for begun, pieces in self._clauses if begun == word]

    def clause(self, word: str) -> list[str]:
        """The pieces of the one clause that begins with a word, of which there are some."""
        found = self.clauses(word)
        if len(found) != 1 or not found[0]:
            raise refusal(f"A statement without one {word}")
        return found[0]

    def item(self) -> dict[str, Any]:
        """What an INSERT inserts."""
        pieces = self.clause("VALUE")
        value, at = self._literals.read(pieces, 0)
        if value is None or at < len(pieces) or "M" not in value:
            raise refusal(" ".join(pieces))
        members: dict[str, Any] = value["M"]
        return members

    def update(self) -> str:
        """The UpdateExpression of an UPDATE's clauses."""
        sections: dict[str, list[str]] = {"SET": [], "REMOVE": [], "ADD": [], "DELETE": []}
        for word in ("SET", "REMOVE"):
            for text in map(self._text, self.clauses(word)):
                of_set = OF_SETS.fullmatch(text)
                section = of_set[2].upper() if of_set else word
                sections[section].append(f"{of_set[1]} {of_set[3]}" if of_set else text)
        return " ".join(f"{word} {', '.join(texts)}" for word, texts in sections.items() if texts)

    def condition(self) -> str | None:
        """The condition expression of a WHERE.

        >>> Statement("SELECT * FROM t WHERE total IN [1,?]", [{"N": "2"}]).condition()
        '#n0 IN ( :v0 , :v1 )'
        """
        if not self.clauses("WHERE"):
            return None
        text = self._text(self.clause("WHERE"))
        if {"OR", "NOT"} & set(text.split()):
            self.equal.clear()
        return text

    def returning(self) -> tuple[str, str] | None:
        """Which of a change's attributes are asked for, ALL or MODIFIED, and of which side."""
        if not self.clauses("RETURNING"):
            return None
        match [piece.upper() for piece in self.clause("RETURNING")]:
            case [("ALL" | "MODIFIED") as which, ("OLD" | "NEW") as side, "*"]:
                return which, side
            case unknown:
                raise refusal(f"RETURNING {' '.join(unknown)}")

    def columns(self) -> list[list[str]] | None:
        """The paths that a SELECT names; None for `*`."""
        pieces = self.clause("SELECT")
        if pieces == ["*"]:
            return None
        columns = [
            column.split(".") for column in " ".join(pieces).replace(" . ", ".").split(" , ")
        ]
        if not all(NAME.fullmatch(name) for column in columns for name in column):
            raise refusal(" ".join(pieces))
        return [[name.strip('"') for name in column] for column in columns]

    def _text(self, pieces: Sequence[str]) -> str:
        """Pieces as an expression writes them."""
        text: list[str] = []
        at = 0
        while at < len(pieces):
            piece, word = pieces[at], pieces[at].upper()
            following = pieces[at + 1] if at + 1 < len(pieces) else END
            if piece == "[" and text[-1:] == ["IN"]:
                piece, pieces = "(", [*pieces[:at], "(", *_closed(pieces[at + 1 :])]
            if word in AS_WRITTEN or piece == "(":
                text.append(word if piece != "(" else piece)
                at += 1
            elif word in FUNCTIONS and following == "(":
                text.append(piece.lower())
                at += 1
            elif (read := self._literals.read(pieces, at))[0] is not None:
                value, at = read
                if text[-1:] == ["="] and text[-2:][0] in self.names:
                    self.equal[self.names[text[-2]]] = value
                text.append(self._stand_in(":v", value, self.values))
            elif NAME.fullmatch(piece) and following != "(":
                path, at = self._path(pieces, at)
                test, at = self._test(pieces, at, path)
                text.append(test)
            else:
                raise refusal(piece)
        return " ".join(text)

    def _path(self, pieces: Sequence[str], at: int) -> tuple[str, int]:
        """An attribute, or what is within it: `info.lines[0]`."""
        path = self._name(pieces[at])
        at += 1
        while at + 1 < len(pieces):
            if pieces[at] == "." and NAME.fullmatch(pieces[at + 1]):
                path += f".{self._name(pieces[at + 1])}"
                at += 2
            elif pieces[at] == "[" and pieces[at + 1].isdigit():
                path += f"[{pieces[at + 1]}]"
                at += 3
            else:
                break
        return path, at

    def _test(self, pieces: Sequence[str], at: int, path: str) -> tuple[str, int]:
        """The path itself, or whether it IS (NOT) MISSING or NULL."""
        words = [piece.upper() for piece in pieces[at : at + 3]]
        if words[:1] != ["IS"]:
            return path, at
        negated = words[1:2] == ["NOT"]
        match words[1 + negated : 2 + negated]:
            case ["MISSING"]:
                test = f"attribute_exists({path})" if negated else f"attribute_not_exists({path})"
            case ["NULL"]:
                kind = self._stand_in(":v", {"S": "NULL"}, self.values)
                test = f"{'NOT ' * negated}attribute_type({path}, {kind})"
            case _:
                raise refusal(" ".join(words))
        return test, at + 2 + negated

    def _name(self, name: str) -> str:
        return self._stand_in("#n", name.strip('"'), self.names)

    @staticmethod
    def _stand_in(sign: str, what: Any, known: dict[str, Any]) -> str:
        key = f"{sign}{len(known)}"
        known[key] = what
        return key


def _closed(pieces: Sequence[str]) -> Iterator[str]:
    """The pieces after the `[` of an IN, with a parenthesis at its end."""
    end = pieces.index("]") if "]" in pieces else len(pieces)
    yield from pieces[:end]
    yield ")"
    yield from pieces[end + 1 :]
